// SPDX-License-Identifier: MIT
// What a server does not take for a request, and what ends a connection at once.
#include <gmock/gmock.h>

#include <string>

#include "http/http2_frames.hpp"
#include "http/http2_outcome.hpp"
#include "zocalo/http/http2_engine.hpp"

namespace {

using namespace zocalo::tests::http2;
namespace http = zocalo::http;

// --- F8: what HTTP/1.1 would refuse

TEST(http2_rules, nothing_gets_in_that_http_1_1_would_refuse) {
    const auto with = [](std::string_view name, std::string_view value) {
        return get_block() + block({{name, value}});
    };
    const auto request = [](std::string_view method, std::string_view path,
                            std::string_view authority, std::string_view scheme = "http") {
        return block(
            {{":method", method}, {":scheme", scheme}, {":path", path}, {":authority", authority}});
    };
    const std::string heads[] = {
        with("a b", "c"),
        with("a:", "c"),
        with("A", "c"),
        with("", "c"),
        with("a\r\nx", "c"),
        with("a", "c\r\nx: y"),
        with("a", "c\n"),
        with("a", std::string_view("c\0d", 3)),
        with("a", " c"),
        with("a", "c\t"),
        with("connection", "close"),
        with("keep-alive", "1"),
        with("proxy-connection", "close"),
        with("transfer-encoding", "chunked"),
        with("upgrade", "websocket"),
        with("te", "gzip"),
        with("host", "b"),
        with("content-length", "1, 1"),
        with("content-length", "+1"),
        with("content-length", "5"),  // and there is none
        with("expect", "miracles"),
        with(":path", "/b"),
        with(":what", "b"),
        with(":status", "200"),
        with("host", "a") + block({{"host", "a b"}}),
        request("G T", "/", "a"),
        request("GET\r\n", "/", "a"),
        request("", "/", "a"),
        request("GET", "", "a"),
        request("GET", "a", "a"),
        request("GET", "*", "a"),
        request("GET", "/ HTTP/1.1\r\nX: y", "a"),
        request("GET", "/a b", "a"),
        request("GET", "/#a", "a"),
        request("GET", "http://b/", "a"),
        request("GET", "/", "a b"),
        request("GET", "/", "a\r\nx: y"),
        request("GET", "/", "a@b"),
        request("GET", "/", "a:http"),
        request("GET", "/", ""),
        request("GET", "/", "a", "ftp"),
        request("GET", "/", "a", "http://b/?"),
        request("CONNECT", "/", "a:80"),
        block({{":method", "CONNECT"}, {":authority", "a"}}),
        block({{":method", "GET"}, {":scheme", "http"}, {":path", "/"}}),
        block({{":method", "GET"}, {":path", "/"}, {":authority", "a"}}),
        block({{":scheme", "http"}, {":path", "/"}, {":authority", "a"}}),
        block({{"a", "b"}}) + get_block(),
        get_block() + block({{":method", "POST"}}),
        std::string(),
        std::string("\xFF\xFF\xFF"),
    };
    for (const std::string& head : heads) {
        http::http2_server_engine engine;
        outcome seen;
        engine.receive(preface() + frame(headers, end_headers | end_stream, 1, head), start);
        note(engine, seen);
        EXPECT_FALSE(seen.has(kind::head)) << testing::PrintToString(head);
    }
    for (const std::string& good :
         {get_block(), with("host", "a"), with("te", "trailers"), request("OPTIONS", "*", "a"),
          block({{":method", "CONNECT"}, {":authority", "a:80"}})}) {
        http::http2_server_engine engine;
        outcome seen;
        engine.receive(preface() + frame(headers, end_headers | end_stream, 1, good), start);
        note(engine, seen);
        EXPECT_TRUE(seen.has(kind::head)) << testing::PrintToString(good);
    }
}

TEST(http2_rules, trailers_are_held_to_the_same) {
    for (const auto& [name, value] :
         {http::field{"a", "b\r\nc"}, http::field{":path", "/"}, http::field{"upgrade", "x"}}) {
        http::http2_server_engine engine;
        outcome seen;
        engine.receive(preface() + frame(headers, end_headers, 1, get_block()) +
                           frame(data, 0, 1, "x") +
                           frame(headers, end_headers | end_stream, 1, block({{name, value}})),
                       start);
        note(engine, seen);
        EXPECT_FALSE(seen.has(kind::end)) << name;
        EXPECT_TRUE(seen.has(kind::reset)) << name;
    }
}

// --- Frames that break the connection

TEST(http2_rules, what_is_no_http_2_ends_the_connection) {
    const std::string open = preface() + frame(headers, end_headers, 1, get_block());
    const std::string all[] = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(ping, 0, 0, "12345678"),
        preface() + frame(headers, end_headers, 2, get_block()),
        preface() + frame(headers, end_headers, 0, get_block()),
        preface() + frame(data, 0, 0, "x"),
        preface() + frame(data, 0, 1, "x"),
        preface() + frame(continuation, end_headers, 1, get_block()),
        preface() + frame(headers, 0, 1, get_block()) + frame(ping, 0, 0, "12345678"),
        preface() + frame(push_promise, end_headers, 1, number(2, 4) + get_block()),
        preface() + frame(ping, 0, 0, "short"),
        preface() + frame(settings, 0, 0, "12345"),
        preface() + frame(settings, 0, 0, setting(5, 0)),
        preface() + frame(settings, 0, 0, setting(4, 0x80000000U)),
        preface() + frame(settings, 0, 1),
        preface() + frame(window_update, 0, 0, number(0, 4)),
        preface() + frame(window_update, 0, 0, number(0x7FFFFFFF, 4)),
        preface() + frame(rst_stream, 0, 1, number(0, 4)),
        preface() + frame(rst_stream, 0, 0, number(0, 4)),
        preface() + frame(data, 0, 1, std::string(20'000, 'x')),
        open + frame(headers, end_headers | 0x08, 3, "\xFF" + get_block()),  // padding
    };
    for (const std::string& each : all) {
        http::http2_server_engine engine;
        outcome seen;
        engine.receive(each, start);
        note(engine, seen);
        EXPECT_TRUE(seen.closed) << testing::PrintToString(each.substr(0, 100));
        EXPECT_TRUE(engine.is_over());
        engine.receive(preface(), start);  // means nothing any more
        note(engine, seen);
        EXPECT_EQ(seen.count(kind::closed), 1U);
    }
}

/// Whatever is cut off or comes in pieces means the same.
TEST(http2_rules, pieces_mean_the_same) {
    const std::string all = preface() + frame(headers, end_headers, 1, get_block()) +
                            frame(data, 0, 1, "abc") + frame(ping, 0, 0, "12345678") +
                            frame(data, end_stream, 1, "def") +
                            frame(settings, 0, 0, setting(5, 0));
    const auto play = [&](std::size_t piece) {
        http::http2_server_engine engine;
        outcome seen;
        for (std::size_t at = 0; at < all.size(); at += piece) {
            engine.receive(std::string_view(all).substr(at, piece), start);
            note(engine, seen);
        }
        return seen;
    };
    const outcome whole = play(all.size());
    for (const std::size_t piece : {1U, 2U, 7U, 24U, 100U}) {
        const outcome same = play(piece);
        ASSERT_EQ(same.events.size(), whole.events.size());
        for (std::size_t i = 0; i < same.events.size(); ++i)
            EXPECT_EQ(same.events[i].what, whole.events[i].what);
    }
}

}  // namespace
