// SPDX-License-Identifier: MIT
#include "zocalo/http/reverse_proxy.hpp"

#include <gmock/gmock.h>

#include "http/proxy_under_test.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using zocalo::const_buffer;
using zocalo::tests::ask_through;
using zocalo::tests::proxy_world;
using zocalo::tests::scripted_upstream;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

constexpr auto plain_request =
    "GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n";
constexpr auto plain_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// What an upstream hears of that request.
std::string heard_of(const std::string& request, http::reverse_proxy_options how = {}) {
    scripted_upstream upstream(plain_answer);
    proxy_world world({upstream.handler()}, std::move(how));
    EXPECT_THAT(ask_through(world, request), StartsWith("HTTP/1.1 200 OK\r\n"));
    return upstream.heard;
}
/// What a client hears of that response.
std::string answer_of(const std::string& response, const std::string& request = plain_request) {
    scripted_upstream upstream(response);
    proxy_world world({upstream.handler()});
    return ask_through(world, request);
}

TEST(reverse_proxy, passes_requests_on_and_says_for_whom) {
    const std::string heard = heard_of(plain_request);
    EXPECT_THAT(heard, StartsWith("GET /a?b=c HTTP/1.1\r\nHost: example.org\r\n"));
    EXPECT_THAT(heard, HasSubstr("X-Forwarded-For: 127.0.0.1\r\n"));
    EXPECT_THAT(heard, HasSubstr("X-Forwarded-Proto: http\r\n"));
    EXPECT_THAT(heard, HasSubstr("X-Forwarded-Host: example.org\r\n"));
    EXPECT_THAT(heard, HasSubstr("Forwarded: for=127.0.0.1;host=example.org;proto=http\r\n"));
    EXPECT_THAT(heard, ContainsRegex("Via: 1.1 zocalo-[0-9a-f]{12}\r\n"));
    EXPECT_THAT(heard, Not(HasSubstr("User-Agent")));
    EXPECT_THAT(heard, Not(HasSubstr("Accept")));
    EXPECT_THAT(heard, Not(HasSubstr("Connection")));
}

TEST(reverse_proxy, drops_what_is_for_one_connection_only) {
    const std::string heard = heard_of(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Mine, X-Forwarded-For\r\nX-Mine: 1\r\n"
        "Keep-Alive: timeout=5\r\nTE: gzip\r\nProxy-Authorization: Basic eDp5\r\n"
        "Proxy-Connection: close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nX-Other: "
        "2\r\n\r\n");
    for (const char* each :
         {"X-Mine", "Keep-Alive", "TE:", "Proxy-", "Upgrade", "HTTP2", "Connection"})
        EXPECT_THAT(heard, Not(HasSubstr(each)));
    EXPECT_THAT(heard, HasSubstr("X-Other: 2\r\n"));
    EXPECT_THAT(heard, HasSubstr("X-Forwarded-For: 127.0.0.1\r\n"));
}

TEST(reverse_proxy, believes_nobody_who_is_not_trusted) {
    const std::string lies =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: 192.0.2.1\r\n"
        "Forwarded: for=192.0.2.1\r\nX_Forwarded_For: 192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n"
        "X-Forwarded-Proto: https\r\n\r\n";
    const std::string heard = heard_of(lies);
    EXPECT_THAT(heard, Not(HasSubstr("192.0.2.1")));
    EXPECT_THAT(heard, HasSubstr("X-Forwarded-Proto: http\r\n"));

    http::reverse_proxy_options how;
    how.trusted = {net::network::parse("127.0.0.0/8")};
    const std::string believed = heard_of(lies, how);
    EXPECT_THAT(believed, HasSubstr("X-Forwarded-For: 192.0.2.1, 127.0.0.1\r\n"));
    EXPECT_THAT(believed, HasSubstr("Forwarded: for=192.0.2.1, for=127.0.0.1;"));
    EXPECT_THAT(believed, HasSubstr("X-Forwarded-Proto: https\r\n"));
}

TEST(reverse_proxy, maps_paths_and_escapes_what_uris_do_not_have) {
    scripted_upstream upstream(plain_answer);
    http::reverse_proxy_options how;
    how.prefix = "/app";
    how.keep_host = false;
    proxy_world world({upstream.handler()}, how);
    world.path = "/app";
    world.base = "/v1/";
    EXPECT_THAT(ask_through(world,
                            "GET /app/x%2fy?a|b=100% HTTP/1.1\r\nHost: a\r\n"
                            "Connection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(upstream.heard,
                StartsWith("GET /v1/x%2fy?a%7Cb=100%25 HTTP/1.1\r\nHost: 127.0.0.1:"));
}

TEST(reverse_proxy, refuses_what_no_proxy_should_pass_on) {
    struct refused {
        const char* first;
        const char* fields;
        const char* answer;
    };
    for (const refused& each : {
             refused{"GET /a/../b", "", "HTTP/1.1 400 "},
             refused{"GET /a/%2e%2E/b", "", "HTTP/1.1 400 "},
             refused{"GET /a/..%2fb", "", "HTTP/1.1 400 "},
             refused{"GET /a/..", "", "HTTP/1.1 400 "},
             refused{"TRACE /", "", "HTTP/1.1 405 "},
             refused{"GET /", "Via: 1.1 other, 1.1 me (x)\r\n", "HTTP/1.1 508 "},
             refused{"OPTIONS /", "Max-Forwards: 0\r\n", "HTTP/1.1 204 "},
         }) {
        scripted_upstream upstream(plain_answer);
        http::reverse_proxy_options how;
        how.name = "me";
        proxy_world world({upstream.handler()}, how);
        const std::string request = std::string(each.first) +
                                    " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + each.fields +
                                    "\r\n";
        EXPECT_THAT(ask_through(world, request), StartsWith(each.answer)) << request;
        EXPECT_EQ(upstream.connections, 0) << request;
    }
}

TEST(reverse_proxy, passes_responses_back_but_for_what_is_of_the_connection) {
    const std::string answer = answer_of(
        "HTTP/1.1 302 Elsewhere\r\nLocation: http://other/\r\nSet-Cookie: a=1\r\nSet-Cookie: "
        "b=2\r\n"
        "Connection: X-Mine, close\r\nX-Mine: 1\r\nKeep-Alive: x\r\nServer: up\r\n"
        "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        "3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 302 Elsewhere\r\n"));
    for (const char* each :
         {"Location: http://other/\r\n", "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n", "Server: up\r\n",
          "Content-Encoding: gzip\r\n", "Via: 1.1 zocalo-", "3\r\nabc\r\n",
          "0\r\nX-Sum: 7\r\n\r\n"})
        EXPECT_THAT(answer, HasSubstr(each));
    EXPECT_THAT(answer, Not(HasSubstr("X-Mine")));
    EXPECT_THAT(answer, Not(HasSubstr("Keep-Alive")));
}

TEST(reverse_proxy, passes_interim_responses_but_not_to_those_who_do_not_know_them) {
    const std::string early = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" +
                              std::string(plain_answer);
    EXPECT_THAT(
        answer_of(early),
        StartsWith(
            "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer_of(early, "GET / HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(reverse_proxy, breaks_off_what_an_upstream_breaks_off) {
    const std::string in_chunks =
        answer_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    EXPECT_THAT(in_chunks, HasSubstr("hello"));
    EXPECT_THAT(in_chunks, Not(HasSubstr("0\r\n\r\n")));
    const std::string sized = answer_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
    EXPECT_THAT(sized, HasSubstr("Content-Length: 10\r\n"));
    EXPECT_THAT(sized, testing::EndsWith("hello"));
}

TEST(reverse_proxy, answers_for_upstreams_that_cannot_be_understood) {
    for (const char* each :
         {"", "SSH-2.0-x\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
          "HTTP/1.1 999 Out Of Range\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1 200 OK\r\n X: a\r\n\r\n", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
          "HTTP/2 200 OK\r\n\r\n"})
        EXPECT_THAT(answer_of(each), StartsWith("HTTP/1.1 502 ")) << each;
}

/// RFC 9112 §5.2
TEST(reverse_proxy, joins_fields_that_go_on_in_the_next_line) {
    const std::string answer =
        answer_of("HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length:\r\n 2\r\n\r\nhi");
    EXPECT_THAT(answer, HasSubstr("\r\nX: a b\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 2\r\n"));
    EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nhi"));
}

TEST(reverse_proxy, tells_its_owner_why_and_nobody_else) {
    std::string reasons;
    scripted_upstream upstream("HTTP/1.1 999 Out Of Range\r\nContent-Length: 0\r\n\r\n");
    proxy_world world({upstream.handler()});
    world.site.failed = [&](const http::exchange&, const std::exception_ptr& error) {
        reasons += zocalo::tests::text_of(error);
    };
    EXPECT_THAT(ask_through(world, plain_request),
                testing::AllOf(StartsWith("HTTP/1.1 502 "), Not(HasSubstr("999"))));
    EXPECT_EQ(reasons, "the upstream's status 999");
}

TEST(reverse_proxy, leaves_content_out_where_there_is_none) {
    EXPECT_THAT(answer_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                          "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
                testing::AllOf(HasSubstr("Content-Length: 5\r\n"), testing::EndsWith("\r\n\r\n")));
    EXPECT_THAT(answer_of("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"),
                StartsWith("HTTP/1.1 204 "));
    EXPECT_THAT(answer_of("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n"),
                HasSubstr("ETag: \"x\"\r\n"));
}

TEST(reverse_proxy, tries_another_upstream_when_one_cannot_be_reached) {
    scripted_upstream upstream(plain_answer);
    http::reverse_proxy_options how;
    how.upstreams = {"http://127.0.0.1:1"};
    proxy_world world({upstream.handler()}, how);
    EXPECT_THAT(
        ask_through(
            world,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab"),
        testing::ContainsRegex("200 OK(.|\n)*200 OK"));
    EXPECT_EQ(upstream.connections, 2);
    const auto state = world.state();
    EXPECT_GE(state.at(0).failures, 1U);
    EXPECT_EQ(state.at(1).requests, 2U);
}

/// How many connections two upstreams get that end without an answer.
int attempts_of(const std::string& request) {
    scripted_upstream one("");
    scripted_upstream two("");
    proxy_world world({one.handler(), two.handler()});
    EXPECT_THAT(ask_through(world, request), StartsWith("HTTP/1.1 502 "));
    return one.connections + two.connections;
}

TEST(reverse_proxy, repeats_nothing_that_may_do_harm) {
    EXPECT_EQ(attempts_of(plain_request), 2);
    EXPECT_EQ(attempts_of("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 1);
    EXPECT_EQ(attempts_of(
                  "PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab"),
              1);
}

TEST(reverse_proxy, takes_an_upstream_out_that_fails) {
    scripted_upstream good(plain_answer);
    http::reverse_proxy_options how;
    how.upstreams = {"http://127.0.0.1:1"};
    how.failures = 2;
    proxy_world world({good.handler()}, how);
    std::string hears;
    world.run([&](net::endpoint where) -> io::task<> {
        for (int i = 0; i < 8; ++i) {
            io::task<> asking = zocalo::tests::ask_proxy(where, plain_request, hears);
            co_await std::move(asking);
            EXPECT_THAT(hears, StartsWith("HTTP/1.1 200 "));
        }
    });
    EXPECT_EQ(world.state().at(0).failures, 2U);
    EXPECT_TRUE(world.state().at(0).is_out);
    EXPECT_FALSE(world.state().at(1).is_out);
}

io::task<> checks_for(proxy_world& world, zocalo::timeout span) {
    auto first = io::any(world.check(), io::sleep(span));
    co_await std::move(first);
}

TEST(reverse_proxy, asks_nobody_whom_health_checks_have_taken_out) {
    scripted_upstream sick("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
    http::reverse_proxy_options how;
    how.health.interval = 10ms;
    proxy_world world({sick.handler()}, how);
    std::string hears;
    world.run([&](net::endpoint where) -> io::task<> {
        io::task<> checking = checks_for(world, 500ms);
        co_await std::move(checking);
        io::task<> asking = zocalo::tests::ask_proxy(where, plain_request, hears);
        co_await std::move(asking);
    });
    EXPECT_THAT(hears, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(sick.heard, HasSubstr("User-Agent: zocalo-health\r\n"));
    EXPECT_TRUE(world.state().at(0).is_out);
}

TEST(reverse_proxy, gives_up_on_slow_upstreams) {
    http::reverse_proxy_options how;
    how.stall = 50ms;
    const auto never = [](serve::connection& client) -> io::task<> {
        for (;;) {
            const io::chunk piece = co_await client.stream().read();
            if (piece.empty()) co_return;
        }
    };
    proxy_world world({never, never}, how);
    EXPECT_THAT(ask_through(world, plain_request), StartsWith("HTTP/1.1 504 "));
    EXPECT_EQ(world.state().at(0).requests + world.state().at(1).requests, 1U);
}

/// Counts what comes, and answers with the number.
void count_content(http::site& site) {
    site.routes.post("/{all...}", [](http::exchange& asked) -> io::task<> {
        std::size_t size = 0;
        for (;;) {
            io::task<const_buffer> reading = asked.read();
            const const_buffer piece = co_await std::move(reading);
            if (piece.empty()) break;
            size += piece.size();
        }
        asked.reply(std::to_string(size));
    });
}

TEST(reverse_proxy, passes_large_content_both_ways) {
    constexpr std::size_t large = std::size_t{5} << 20;
    http::site upstream;
    count_content(upstream);
    upstream.routes.get("/large", [&](http::exchange& asked) -> io::task<> {
        asked.begin();
        const std::string piece(10000, 'x');
        for (std::size_t sent = 0; sent < large; sent += piece.size()) {
            io::task<> writing = asked.write(piece);
            co_await std::move(writing);
        }
        asked.end();
    });
    proxy_world world({upstream.handler()});
    world.run([&](net::endpoint where) -> io::task<> {
        const std::string at = "http://" + where.to_string();
        http::client client;
        io::task<http::response> sending = client.post(at + "/", std::string(large, 'y'));
        const http::response counted = co_await std::move(sending);
        EXPECT_EQ(counted.content, std::to_string(large));
        io::task<http::response> getting = client.get(at + "/large");
        const http::response got = co_await std::move(getting);
        EXPECT_EQ(got.content.size(), (large / 10000 + 1) * 10000);
        EXPECT_EQ(client.resting(), 1U);
    });
}

TEST(reverse_proxy, asks_for_content_when_the_upstream_does) {
    const std::string expecting =
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n"
        "Content-Length: 3\r\n\r\n";
    EXPECT_THAT(
        answer_of("HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", expecting),
        StartsWith("HTTP/1.1 401 No\r\n"));
    http::site upstream;
    count_content(upstream);
    proxy_world world({upstream.handler()});
    EXPECT_THAT(ask_through(world, expecting + "abc"),
                testing::AllOf(StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"),
                               testing::EndsWith("\r\n\r\n3")));
}

TEST(reverse_proxy, becomes_a_line_after_an_upgrade) {
    const std::string request =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Key: x\r\n\r\nping";
    const std::string answer = answer_of(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Accept: y\r\n\r\npong",
        request);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
    EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Accept: y\r\n"));
    EXPECT_THAT(answer, HasSubstr("Upgrade: websocket\r\n"));
    EXPECT_THAT(answer, testing::EndsWith("\r\n\r\npong"));
}

TEST(reverse_proxy, refuses_options_that_make_no_sense) {
    const auto made_with = [](http::reverse_proxy_options how) { http::reverse_proxy one(how); };
    EXPECT_THROW(made_with({}), std::invalid_argument);
    for (const char* each :
         {"ftp://a/", "http://", "http://u:p@a/", "http://a/?b", "a:80", "http://a/../b"})
        EXPECT_THROW(made_with({.upstreams = {each}}), std::invalid_argument) << each;
    EXPECT_THROW(made_with({.upstreams = {"http://a/"}, .prefix = "app"}), std::invalid_argument);
    EXPECT_THROW(made_with({.upstreams = {"http://a/"}, .name = "a b"}), std::invalid_argument);
}

}  // namespace
