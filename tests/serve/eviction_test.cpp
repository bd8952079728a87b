// SPDX-License-Identifier: MIT
// Servers that are full: who rests makes room for who comes.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/shield.hpp"
#include "zocalo/serve/server.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace zocalo::tests;

class full_servers : public in_every_world {};

io::task<> greet(net::endpoint where, std::string what) {
    io::stream peer = co_await io::connect(where);
    EXPECT_EQ(co_await ask(peer, what), what);
}

/// Requests of one byte; between two it rests.
io::task<> serve_bytes(serve::connection& client) {
    for (;;) {
        client.enter(serve::phase::resting);
        const io::chunk got = co_await client.stream().read();
        if (got.empty()) co_return;
        client.enter(serve::phase::open);
        co_await client.stream().write(got.text());
    }
}

io::task<> longest_resting_goes(serve::server& /*server*/, net::endpoint where) {
    io::stream one = co_await io::connect(where);
    EXPECT_EQ(co_await ask(one, "1"), "1");
    co_await io::sleep(5ms);
    io::stream two = co_await io::connect(where);
    EXPECT_EQ(co_await ask(two, "2"), "2");
    co_await greet(where, "3");
    EXPECT_TRUE(co_await has_ended(one));
    EXPECT_EQ(co_await ask(two, "4"), "4");
}

/// The same, but who is ended takes a while.
io::task<> serve_bytes_and_dawdle(serve::connection& client) {
    try {
        io::task<> serving = serve_bytes(client);
        co_await std::move(serving);
    } catch (const net::stopped&) {
    }
    co_await io::shield(1s, io::sleep(100ms));
}

io::task<> ask_until(const bool& is_enough, net::endpoint where) {
    io::stream busy = co_await io::connect(where);
    while (!is_enough)
        EXPECT_EQ(co_await ask(busy, "?"), "?");
}
io::task<> come_meanwhile(bool& has_come, net::endpoint where) {
    co_await io::sleep(10ms);
    co_await greet(where, "2");
    has_come = true;
}

io::task<> one_goes_for_one(serve::server& /*server*/, net::endpoint where) {
    std::vector<io::stream> resting(3);
    for (io::stream& each : resting) {
        each = co_await io::connect(where);
        EXPECT_EQ(co_await ask(each, "1"), "1");
    }
    bool has_come = false;
    co_await io::all(ask_until(has_come, where), come_meanwhile(has_come, where));
}

TEST_P(full_servers, end_one_who_rests_for_one_who_comes) {
    serve::server server(serve_bytes_and_dawdle, {.limits = {.connections = 4, .linger = 0s}});
    run(with_server(server, one_goes_for_one));
    EXPECT_EQ(server.counters().evicted, 1);
}

TEST_P(full_servers, end_who_rests_when_they_are_full) {
    serve::server server(serve_bytes, {.limits = {.connections = 2, .linger = 0s}});
    run(with_server(server, longest_resting_goes));
    EXPECT_EQ(server.counters().evicted, 1);
}

ZOCALO_IN_EVERY_WORLD(full_servers);

}  // namespace
