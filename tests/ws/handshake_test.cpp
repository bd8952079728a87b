// SPDX-License-Identifier: MIT
#include "zocalo/ws/handshake.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace {

namespace http = zocalo::http;
namespace ws = zocalo::ws;
using testing::HasSubstr;

// RFC 6455 §1.3
constexpr const char* key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr const char* accepted = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

TEST(handshake, key_is_answered_as_the_rfc_shows) {
    EXPECT_EQ(ws::accept_key(key), accepted);
    EXPECT_EQ(ws::make_key().size(), 24U);
    EXPECT_NE(ws::make_key(), ws::make_key());
}

http::request_head request() {
    return {.method = http::method::get,
            .target = "/chat",
            .fields = {{"Host", "server.example.com"},
                       {"Upgrade", "websocket"},
                       {"Connection", "keep-alive, Upgrade"},
                       {"Sec-WebSocket-Key", key},
                       {"Sec-WebSocket-Version", "13"}}};
}

ws::verdict judge(const http::request_head& asked, const ws::terms& by = {}) {
    return ws::judge(asked, "server.example.com", by);
}

TEST(handshake, request_of_the_rfc_is_answered) {
    http::request_head asked = request();
    asked.fields.set("Origin", "http://server.example.com");
    asked.fields.set("Sec-WebSocket-Protocol", "chat, superchat");
    const ws::verdict got = judge(asked, {.subprotocols = {"other", "superchat", "chat"}});
    EXPECT_EQ(got.status, http::status::switching_protocols);
    EXPECT_EQ(got.fields.get("Upgrade"), "websocket");
    EXPECT_EQ(got.fields.get("Connection"), "Upgrade");
    EXPECT_EQ(got.fields.get("Sec-WebSocket-Accept"), accepted);
    EXPECT_EQ(got.fields.get("Sec-WebSocket-Protocol"), "superchat");
    EXPECT_EQ(got.agreed.subprotocol, "superchat");
    EXPECT_EQ(got.agreed.role, ws::role::server);
    EXPECT_FALSE(got.agreed.deflate);
}

struct change {
    const char* name;
    const char* value;  ///< null: the field is not there
    int status;
};

const change changes[] = {
    {"Upgrade", "WebSocket", 101},
    {"Upgrade", "h2c, websocket", 101},
    {"Upgrade", "websockets", 426},
    {"Upgrade", nullptr, 426},
    {"Connection", "upgrade", 101},
    {"Connection", "close", 426},
    {"Connection", nullptr, 426},
    {"Sec-WebSocket-Version", "12", 426},
    {"Sec-WebSocket-Version", "013", 426},
    {"Sec-WebSocket-Version", nullptr, 426},
    {"Sec-WebSocket-Key", "", 400},
    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j", 400},         // 15 bytes
    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ", 400},       // without padding
    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZWFi", 400},     // 18 bytes
    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ== ,a", 400},  //
    {"Sec-WebSocket-Key", nullptr, 400},                        //
    {"Sec-WebSocket-Protocol", "chat chat", 400},               //
    {"Sec-WebSocket-Protocol", "chat, chat", 400},              //
    {"Sec-WebSocket-Protocol", "nobody-speaks-this", 101},      //
    {"Sec-WebSocket-Extensions", "anything; goes", 101},        //
    {"Origin", "http://server.example.com", 101},               //
    {"Origin", "http://server.example.com:80", 101},            //
    {"Origin", "http://SERVER.example.com", 101},               //
    {"Origin", "https://server.example.com", 101},              // behind a proxy that ends TLS
    {"Origin", "https://server.example.com:8443", 403},         //
    {"Origin", "http://server.example.com.evil.example", 403},  //
    {"Origin", "http://evil.example", 403},                     //
    {"Origin", "http://server.example.com@evil.example", 403},  //
    {"Origin", "null", 403},                                    // sandboxed, file:, redirected
    {"Origin", "", 403},                                        //
    {"Origin", "server.example.com", 403},                      //
};

TEST(handshake, requests_are_judged) {
    for (const change& each : changes) {
        http::request_head asked = request();
        asked.fields.remove(each.name);
        if (each.value != nullptr) asked.fields.set(each.name, each.value);
        EXPECT_EQ(number(judge(asked).status), each.status)
            << each.name << ": " << (each.value != nullptr ? each.value : "none");
    }
}

TEST(handshake, other_requests_are_told_what_is_spoken) {
    http::request_head asked = request();
    asked.method = http::method::head;
    EXPECT_EQ(judge(asked).status, http::status::upgrade_required);
    asked = request();
    asked.version = http::version::http_1_0;
    const ws::verdict got = judge(asked);
    EXPECT_EQ(got.status, http::status::upgrade_required);
    EXPECT_EQ(got.fields.get("Upgrade"), "websocket");
    EXPECT_EQ(got.fields.get("Sec-WebSocket-Version"), "13");
}

TEST(handshake, two_of_what_is_one_are_refused) {
    for (const char* name : {"Sec-WebSocket-Key", "Sec-WebSocket-Version", "Origin"}) {
        http::request_head asked = request();
        asked.fields.set("Origin", "http://server.example.com");
        asked.fields.add(name, std::string(asked.fields.get(name)));
        EXPECT_NE(judge(asked).status, http::status::switching_protocols) << name;
    }
}

TEST(handshake, other_origins_are_let_in_by_name) {
    http::request_head asked = request();
    asked.fields.set("Origin", "https://friend.example");
    EXPECT_EQ(judge(asked, {.origins = {"https://friend.example"}}).status,
              http::status::switching_protocols);
    EXPECT_EQ(judge(asked, {.origins = {"http://friend.example"}}).status, http::status::forbidden);
    EXPECT_EQ(judge(asked, {.origins = {"*"}}).status, http::status::switching_protocols);
    asked.fields.set("Origin", "null");
    EXPECT_EQ(judge(asked, {.origins = {"null"}}).status, http::status::forbidden);
    asked.fields.set("Origin", "http://server.example.com");
    EXPECT_EQ(ws::judge(asked, "no host", {}).status, http::status::forbidden);
}

TEST(handshake, lists_of_subprotocols_are_lists) {
    std::string many = "p0";
    for (int i = 1; i < 65; ++i)
        many += ", p" + std::to_string(i);
    const std::string most = many.substr(0, many.rfind(','));
    for (const auto& [list, status] : {std::pair<std::string, int>{"a,, chat", 101},
                                       {"a b, chat", 400},
                                       {"chat, chat", 400},
                                       {most, 101},
                                       {many, 400}}) {
        http::request_head asked = request();
        asked.fields.set("Sec-WebSocket-Protocol", list);
        EXPECT_EQ(number(judge(asked, {.subprotocols = {"chat"}}).status), status) << list;
    }
}

TEST(handshake, compression_is_agreed_on_when_both_want_it) {
    http::request_head asked = request();
    asked.fields.set("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits");
    EXPECT_FALSE(judge(asked).fields.contains("Sec-WebSocket-Extensions"));
    ws::verdict got = judge(asked, {.deflate = ws::deflate_options{}});
    EXPECT_EQ(got.fields.get("Sec-WebSocket-Extensions"), "permessage-deflate");
    EXPECT_EQ(got.agreed.deflate, ws::deflate_agreement{});
    asked.fields.set("Sec-WebSocket-Extensions", "other");
    got = judge(asked, {.deflate = ws::deflate_options{}});
    EXPECT_EQ(got.status, http::status::switching_protocols);
    EXPECT_FALSE(got.fields.contains("Sec-WebSocket-Extensions"));
    asked.fields.set("Sec-WebSocket-Extensions", "a; b=\"");
    EXPECT_EQ(judge(asked, {.deflate = ws::deflate_options{}}).status, http::status::bad_request);
}

// --- Clients

http::fields response() {
    return {
        {"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accepted}};
}

TEST(handshake, response_is_read) {
    http::fields fields = response();
    EXPECT_EQ(ws::read_response(fields, key, {}).subprotocol, "");
    EXPECT_FALSE(ws::read_response(fields, key, {}).deflate);
    fields.set("Sec-WebSocket-Protocol", "b");
    fields.set("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=10");
    const ws::agreement got = ws::read_response(fields, key, {.subprotocols = {"a", "b"}});
    EXPECT_EQ(got.subprotocol, "b");
    EXPECT_EQ(got.deflate, ws::deflate_agreement{.peer_window = 10});
}

const change wrong_responses[] = {
    {"Upgrade", nullptr, 0},
    {"Upgrade", "h2c", 0},
    {"Upgrade", "websocket, h2c", 0},
    {"Connection", nullptr, 0},
    {"Connection", "close", 0},
    {"Sec-WebSocket-Accept", nullptr, 0},
    {"Sec-WebSocket-Accept", "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 0},
    {"Sec-WebSocket-Protocol", "c", 0},
    {"Sec-WebSocket-Protocol", "a, b", 0},
    {"Sec-WebSocket-Protocol", "", 0},
    {"Sec-WebSocket-Extensions", "x-other", 0},
    {"Sec-WebSocket-Extensions", "permessage-deflate; x", 0},
};

TEST(handshake, response_that_does_not_fit_is_refused) {
    for (const change& each : wrong_responses) {
        http::fields fields = response();
        fields.remove(each.name);
        if (each.value != nullptr) fields.set(each.name, each.value);
        EXPECT_THROW((void)ws::read_response(fields, key, {.subprotocols = {"a", "b"}}),
                     ws::bad_message)
            << each.name << ": " << (each.value != nullptr ? each.value : "none");
    }
}

TEST(handshake, request_says_what_is_wished) {
    http::fields fields;
    ws::add_request_fields(fields, key, {.subprotocols = {"a", "b"}});
    EXPECT_EQ(fields.get("Sec-WebSocket-Protocol"), "a, b");
    EXPECT_EQ(fields.get("Sec-WebSocket-Version"), "13");
    EXPECT_THAT(std::string(fields.get("Sec-WebSocket-Extensions")), HasSubstr("permessage-"));
    ws::add_request_fields(fields, key, {.deflate = std::nullopt});
    EXPECT_THROW(ws::add_request_fields(fields, key, {.subprotocols = {"a b"}}),
                 std::invalid_argument);
    EXPECT_THROW(ws::add_request_fields(fields, key, {.subprotocols = {"a", "a"}}),
                 std::invalid_argument);
}

}  // namespace
