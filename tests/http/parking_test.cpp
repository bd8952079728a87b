// SPDX-License-Identifier: MIT
// Connections that rest for longer than their conversation is kept.
#include <gtest/gtest.h>

#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/server.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace zocalo::tests;

constexpr auto a_rest = 60ms;  // six times what it takes to be parked

class parked_requests : public in_every_world {
 protected:
    template <class Client>
    serve::counters play(Client client) {
        http::site site;
        site.routes.get("/", [](http::exchange& asked) { asked.reply("here"); });
        serve::server server(site.handler(), {.limits = {.park = 10ms}});
        run(with_server(server, client));
        return server.counters();
    }
};

/// What comes for a request, without its head.
io::task<std::string> get(io::stream& server) {
    co_await server.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    std::string answer;
    while (!answer.ends_with("here")) {
        const io::chunk more = co_await server.read();
        if (more.empty()) co_return "the end";
        answer += more.text();
    }
    co_return answer.substr(answer.find("\r\n\r\n") + 4);
}

TEST_P(parked_requests, are_answered_on_the_same_connection) {
    const serve::counters counted = play([](serve::server&, net::endpoint where) -> io::task<> {
        io::stream peer = co_await io::connect(where);
        for (int i = 0; i < 3; ++i) {
            co_await io::sleep(a_rest);
            const std::string one = co_await get(peer);
            const std::string other = co_await get(peer);
            EXPECT_EQ(one + other, "herehere");
        }
    });
    EXPECT_EQ(counted.accepted, 1);
    EXPECT_EQ(counted.handled, 1);
}

TEST_P(parked_requests, may_come_in_pieces) {
    play([](serve::server&, net::endpoint where) -> io::task<> {
        io::stream peer = co_await io::connect(where);
        co_await peer.write("GET / HT");
        co_await io::sleep(a_rest);
        co_await peer.write("TP/1.1\r\nHost: a\r\n\r\n");
        const io::chunk answer = co_await peer.read();
        EXPECT_TRUE(answer.text().starts_with("HTTP/1.1 200 OK\r\n")) << answer.text();
    });
}

/// Prior knowledge counts at the beginning of a connection (RFC 9113 §3.4).
TEST_P(parked_requests, do_not_change_to_http_2) {
    play([](serve::server&, net::endpoint where) -> io::task<> {
        io::stream peer = co_await io::connect(where);
        const std::string first = co_await get(peer);
        EXPECT_EQ(first, "here");
        co_await io::sleep(a_rest);
        co_await peer.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        const std::string answer = co_await read_all(peer);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 ")) << answer;
    });
}

TEST_P(parked_requests, may_begin_in_http_2) {
    play([](serve::server&, net::endpoint where) -> io::task<> {
        io::stream peer = co_await io::connect(where);
        co_await io::sleep(a_rest);
        co_await peer.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        const io::chunk answer = co_await peer.read();
        EXPECT_FALSE(answer.text().starts_with("HTTP/")) << answer.text();
    });
}

ZOCALO_IN_EVERY_WORLD(parked_requests);

}  // namespace
