// SPDX-License-Identifier: MIT
// RFC 6455, what it says that must be: a row each.
#include "zocalo/ws/engine.hpp"

#include <gmock/gmock.h>

#include <set>
#include <stdexcept>
#include <string>

#include "ws/transcript.hpp"

namespace {

namespace ws = zocalo::ws;
using ws::close_code;
using zocalo::tests::bytes;
using zocalo::tests::frame;
using zocalo::tests::hear;
using zocalo::tests::heard;
using zocalo::tests::masked;

struct row {
    const char* section;
    std::string frames;
    heard means;
};

/// What a client hears, in pieces of every size.
void expect_all(const row& each, ws::role own) {
    const std::size_t most = std::min<std::size_t>(each.frames.size() + 1, 300);
    for (std::size_t piece = 1; piece <= most; ++piece) {
        for (const bool into : {false, true}) {
            ws::engine engine(own);
            EXPECT_EQ(hear(engine, each.frames, piece, into), each.means)
                << each.section << ", by " << piece;
        }
    }
}

const row rows_of_clients[] = {
    {"5.7 unmasked text", bytes("81 05 48 65 6c 6c 6f"), {{"text:Hello"}}},
    {"5.7 in fragments", bytes("01 03 48 65 6c 80 02 6c 6f"), {{"text:Hello"}}},
    {"5.7 ping", bytes("89 05 48 65 6c 6c 6f"), {{"ping:Hello"}}},
    {"5.7 256 bytes",
     bytes("82 7e 0100") + std::string(256, 'a'),
     {{"binary:" + std::string(256, 'a')}}},
    {"5.7 65536 bytes",
     bytes("82 7f 0000000000010000") + std::string(65536, 'a'),
     {{"binary:" + std::string(65536, 'a')}}},
    {"5.1 a mask", masked(0x81, "Hello"), {{"error 1002"}}},
    {"5.1 an empty mask", bytes("81 80 00000000"), {{"error 1002"}}},
    {"5.2 RSV1", bytes("c1 00"), {{"error 1002"}}},
    {"5.2 RSV2", bytes("a1 00"), {{"error 1002"}}},
    {"5.2 RSV3", bytes("91 00"), {{"error 1002"}}},
    {"5.2 opcode 3", bytes("83 00"), {{"error 1002"}}},
    {"5.2 opcode 11", bytes("8b 00"), {{"error 1002"}}},
    {"5.4 nothing in fragments", bytes("01 00 00 00 80 00"), {{"text:"}}},
    {"5.4 binary in fragments", bytes("02 01 61 00 01 62 80 01 63"), {{"binary:abc"}}},
    {"5.4 control frames between",
     bytes("01 01 61 89 01 70 00 01 62 8a 00 80 01 63"),
     {{"ping:p", "pong:", "text:abc"}}},
    {"5.4 close between", bytes("01 01 61 88 00 80 00"), {{"close:1005 "}}},
    {"5.4 a message within a message", bytes("01 01 61 81 00"), {{"error 1002"}}},
    {"5.4 a binary within a text", bytes("01 01 61 02 00"), {{"error 1002"}}},
    {"5.4 a continuation of nothing", bytes("80 00"), {{"error 1002"}}},
    {"5.4 a continuation after the end", bytes("81 01 61 00 00"), {{"text:a", "error 1002"}}},
    {"5.5 a ping of 125 bytes",
     frame(0x89, std::string(125, 'p')),
     {{"ping:" + std::string(125, 'p')}}},
    {"5.5 a ping of 126 bytes", frame(0x89, std::string(126, 'p')), {{"error 1002"}}},
    {"5.5 a ping in fragments", bytes("09 00 80 00"), {{"error 1002"}}},
    {"5.5.1 nothing after close", bytes("88 00 81 01 61 ff ff"), {{"close:1005 "}}},
    {"5.5.1 a code and a reason", bytes("88 05 03e8 627965"), {{"close:1000 bye"}}},
    {"5.5.1 half a code", bytes("88 01 03"), {{"error 1002"}}},
    {"5.5.1 a reason that is no UTF-8", bytes("88 04 03e8 c328"), {{"error 1007"}}},
    {"5.5.1 half a character", bytes("88 03 03e8 c3"), {{"error 1007"}}},
    {"5.5.3 a pong that nobody has asked for", bytes("8a 01 61 81 00"), {{"pong:a", "text:"}}},
    {"5.6 text is UTF-8", bytes("81 02 c328"), {{"error 1007"}}},
    {"5.6 a character in two frames", bytes("01 01 c3 80 01 a9"), {{"text:\xC3\xA9"}}},
    {"5.6 a ping within a character",
     bytes("01 01 c3 89 00 80 01 a9"),
     {{"ping:", "text:\xC3\xA9"}}},
    {"5.6 half a character at the end", bytes("81 01 c3"), {{"error 1007"}}},
    {"5.6 half a character in the last frame", bytes("01 01 61 80 01 c3"), {{"error 1007"}}},
    {"5.6 two halves in two messages", bytes("81 01 c3 81 01 a9"), {{"error 1007"}}},
    {"5.6 a surrogate", bytes("81 03 eda080"), {{"error 1007"}}},
    {"5.6 binary may be anything", bytes("82 02 c328"), {{"binary:\xC3\x28"}}},
};

TEST(ws_engine, hears_servers_as_the_rfc_says) {
    for (const row& each : rows_of_clients)
        expect_all(each, ws::role::client);
}

const row rows_of_servers[] = {
    {"5.7 masked text", bytes("81 85 37fa213d 7f9f4d5158"), {{"text:Hello"}}},
    {"5.7 masked pong", bytes("8a 85 37fa213d 7f9f4d5158"), {{"pong:Hello"}}},
    {"5.1 no mask", bytes("81 05 48656c6c6f"), {{"error 1002"}}},
    {"5.1 a ping without a mask", bytes("89 00"), {{"error 1002"}}},
    {"5.3 each with its own",
     masked(0x01, "ab") + frame(0x80, "cd", ws::mask_key{}),
     {{"text:abcd"}}},
    {"5.5.1 close", masked(0x88, bytes("0fa0") + "why"), {{"close:4000 why"}}},
};

TEST(ws_engine, hears_clients_as_the_rfc_says) {
    for (const row& each : rows_of_servers)
        expect_all(each, ws::role::server);
}

/// A wrong byte is told at once, not at the end of the frame or message.
TEST(ws_engine, sees_wrong_text_early) {
    ws::engine client(ws::role::client);
    EXPECT_EQ(hear(client, bytes("01 7e 0400 61 ff")), heard{{"error 1007"}});
}

TEST(ws_engine, hears_nothing_after_an_error) {
    ws::engine client(ws::role::client);
    EXPECT_EQ(hear(client, bytes("83 00")), heard{{"error 1002"}});
    EXPECT_EQ(hear(client, bytes("81 00")), heard{});
}

TEST(ws_engine, knows_the_codes_that_may_be_sent) {
    for (unsigned code = 0; code <= 0xFFFF; ++code) {
        const bool is_good = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                             (code >= 3000 && code < 5000);
        const std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
        ws::engine client(ws::role::client);
        const heard got = hear(client, frame(0x88, payload));
        const std::string said = is_good ? "close:" + std::to_string(code) + " " : "error 1002";
        ASSERT_EQ(got, heard{{said}}) << code;
        ws::engine sends(ws::role::server);
        std::string wire;
        const ws::close_reason why{.code = static_cast<close_code>(code)};
        if (is_good) {
            sends.send_close(why, wire);
            ASSERT_EQ(wire, frame(0x88, payload)) << code;
        } else if (code != 1005) {
            ASSERT_THROW(sends.send_close(why, wire), std::invalid_argument) << code;
            ASSERT_TRUE(wire.empty());
        }
    }
}

// --- Limits

TEST(ws_engine, has_limits) {
    const ws::limits small{.message = 10, .frame = 8, .frames = 3};
    const std::string piece = bytes("00 01 61");
    const row rows[] = {
        {"as many bytes", bytes("02 08 6161616161616161 80 02 6161"), {{"binary:aaaaaaaaaa"}}},
        {"one more", bytes("02 08 6161616161616161 80 03"), {{"error 1009"}}},
        {"a long frame", bytes("82 09"), {{"error 1009"}}},
        {"a frame as long as can be", bytes("82 7f 7fffffffffffffff"), {{"error 1009"}}},
        {"as many frames", bytes("02 00") + piece + bytes("80 00"), {{"binary:a"}}},
        {"one more frame", bytes("02 00") + piece + piece + bytes("00 00"), {{"error 1009"}}},
        {"the next message has its own",
         bytes("82 08 6161616161616161 82 08 6161616161616161"),
         {{"binary:aaaaaaaa", "binary:aaaaaaaa"}}},
    };
    for (const row& each : rows) {
        ws::engine client(ws::role::client, small);
        EXPECT_EQ(hear(client, each.frames), each.means) << each.section;
    }
}

// --- Sending

TEST(ws_engine, sends_what_the_rfc_shows) {
    ws::engine server(ws::role::server);
    std::string wire;
    server.send({.data = "Hello"}, wire);
    EXPECT_EQ(wire, bytes("81 05 48 65 6c 6c 6f"));
    wire.clear();
    server.begin(ws::kind::text);
    server.send_piece("Hel", false, wire);
    server.send_ping("x", wire);
    server.send_piece("lo", true, wire);
    EXPECT_EQ(wire, bytes("01 03 48 65 6c 89 01 78 80 02 6c 6f"));
    wire.clear();
    server.send_close({.code = close_code::normal, .text = "bye"}, wire);
    EXPECT_EQ(wire, bytes("88 05 03e8 627965"));
    EXPECT_TRUE(server.has_sent_close());
}

TEST(ws_engine, masks_each_frame_of_a_client_differently) {
    ws::engine client(ws::role::client);
    std::set<std::string> keys;
    std::string all;
    for (int i = 0; i < 1000; ++i) {
        std::string wire;
        client.send({.data = "Hello"}, wire);
        EXPECT_EQ(wire.substr(0, 2), bytes("81 85"));
        keys.insert(wire.substr(2, 4));
        all += wire;
    }
    EXPECT_GT(keys.size(), 990U);
    ws::engine server(ws::role::server);
    EXPECT_EQ(hear(server, all), heard{std::vector<std::string>(1000, "text:Hello")});
}

TEST(ws_engine, sends_nothing_out_of_turn) {
    ws::engine server(ws::role::server);
    std::string wire;
    EXPECT_THROW(server.send_piece("a", true, wire), std::logic_error);
    server.begin(ws::kind::text);
    EXPECT_TRUE(server.is_sending_message());
    EXPECT_THROW(server.begin(ws::kind::text), std::logic_error);
    EXPECT_THROW(server.send({.data = "a"}, wire), std::logic_error);
    EXPECT_THROW(server.send_ping(std::string(126, 'a'), wire), std::invalid_argument);
    const ws::close_reason long_one{.code = close_code::normal, .text = std::string(124, 'a')};
    EXPECT_THROW(server.send_close(long_one, wire), std::invalid_argument);
    EXPECT_THROW(server.send_close({.text = "why"}, wire), std::invalid_argument);
    const ws::close_reason wrong{.code = close_code::normal, .text = "\xFF"};
    EXPECT_THROW(server.send_close(wrong, wire), std::invalid_argument);
    EXPECT_TRUE(wire.empty());
    server.forget_compressed();  // nothing is, so nothing is forgotten
    server.send_close({}, wire);
    EXPECT_EQ(wire, bytes("88 00"));
    EXPECT_THROW(server.send_piece("a", true, wire), std::logic_error);
    EXPECT_THROW(server.send_pong("", wire), std::logic_error);
    EXPECT_THROW(server.begin(ws::kind::text), std::logic_error);
    EXPECT_THROW(server.send_close({}, wire), std::logic_error);
    EXPECT_EQ(wire, bytes("88 00"));
}

TEST(ws_engine, sends_the_same_in_place) {
    const std::string large(70'000, 'x');
    for (const auto kind : {ws::kind::text, ws::kind::binary}) {
        for (const std::string& data : {std::string(), std::string("Hello"), large}) {
            for (const auto& agreed :
                 {std::optional<ws::deflate_agreement>(), std::optional(ws::deflate_agreement{})}) {
                ws::engine copying(ws::role::server, {}, agreed);
                ws::engine server(ws::role::server, {}, agreed);
                std::string expected;
                copying.send({.data = data, .kind = kind}, expected);
                std::string head;
                ws::message what{.data = data, .kind = kind};
                server.send_in_place(what, head);
                EXPECT_EQ(head + what.data, expected);
            }
            ws::engine client(ws::role::client);
            ws::engine server(ws::role::server);
            std::string head;
            ws::message what{.data = data, .kind = kind};
            client.send_in_place(what, head);
            EXPECT_FALSE(client.is_sending_message());
            const char* const name = kind == ws::kind::text ? "text:" : "binary:";
            EXPECT_EQ(hear(server, head + what.data), heard{{name + data}});
        }
    }
    ws::engine server(ws::role::server);
    std::string head;
    ws::message wrong{.data = "\xC3"};
    EXPECT_THROW(server.send_in_place(wrong, head), std::invalid_argument);
    EXPECT_TRUE(head.empty());
}

TEST(ws_engine, sends_no_text_that_is_none) {
    ws::engine server(ws::role::server);
    std::string wire;
    EXPECT_THROW(server.send({.data = "\xC3"}, wire), std::invalid_argument);
    server.send({.data = "\xC3", .kind = ws::kind::binary}, wire);
    EXPECT_EQ(wire, bytes("82 01 c3"));
    wire.clear();
    server.begin(ws::kind::text);
    server.send_piece("\xC3", false, wire);
    EXPECT_THROW(server.send_piece("a", false, wire), std::invalid_argument);
    EXPECT_THROW(server.send_piece("", true, wire), std::invalid_argument);
    EXPECT_EQ(wire, bytes("01 01 c3"));
    server.send_piece("\xA9", true, wire);
    EXPECT_EQ(wire, bytes("01 01 c3 80 01 a9"));
}

}  // namespace
