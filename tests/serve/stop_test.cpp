// SPDX-License-Identifier: MIT
// How a server ends that has no place for those who wait.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/net/listen.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace zocalo::tests;

class stops : public in_every_world {
 protected:
    /// In less than the time that a test may take.
    template <class Client>
    void run_soon(serve::server& server, Client client) {
        run(io::timeout(10s, with_server(server, client)));
    }
};

/// One who is served, one whom the server has taken, and one in the kernel's queue.
struct crowd {
    io::stream served;
    io::stream held;
    io::stream queued;
};

io::task<crowd> gather(serve::server& server, net::endpoint where) {
    crowd all;
    all.served = co_await io::connect(where);
    EXPECT_EQ(co_await ask(all.served, "here"), "here");
    all.held = co_await io::connect(where);
    co_await all.held.write("held");
    while (server.counters().accepted < 2)
        co_await io::sleep(1ms);
    all.queued = co_await io::connect(where);
    co_await all.queued.write("queued");
    co_await io::sleep(5ms);
    EXPECT_EQ(server.counters().accepted, 2);
    EXPECT_EQ(server.counters().active, 1);
    co_return all;
}

io::task<> all_are_told(serve::server& server, net::endpoint where) {
    crowd all = co_await gather(server, where);
    server.stop();
    EXPECT_EQ(co_await read_all(all.held), goodbye(serve::ending::never_served));
    EXPECT_EQ(co_await read_all(all.queued), goodbye(serve::ending::never_served));
    EXPECT_TRUE(co_await has_ended(all.served));
}

TEST_P(stops, of_a_full_server_end_with_the_drain) {
    serve::server server(echo, saying({.connections = 1, .drain = 50ms}));
    run_soon(server, all_are_told);
    EXPECT_EQ(server.counters().accepted, 3);
    EXPECT_EQ(server.counters().cut_off, 1);
}

io::task<> all_end_now(serve::server& server, net::endpoint where) {
    crowd all = co_await gather(server, where);
    server.stop();
    co_await io::sleep(10ms);
    EXPECT_EQ(server.counters().active, 1);
    server.stop_now();
    EXPECT_TRUE(co_await has_ended(all.served));
    // Nobody waits for them to take the farewell.
    for (io::stream* each : {&all.held, &all.queued}) {
        try {
            const std::string told = co_await read_all(*each);
            EXPECT_TRUE(told.empty() || told == goodbye(serve::ending::never_served)) << told;
        } catch (const std::system_error&) {
            continue;
        }
    }
}

TEST_P(stops, of_a_full_server_can_be_hurried) {
    serve::server server(echo, saying({.connections = 1, .drain = 1h, .linger = 1h}));
    run_soon(server, all_end_now);
    EXPECT_EQ(server.counters().cut_off, 1);
}

io::task<std::string> answer_of(io::stream& server, std::size_t size) {
    std::string answer(size, '\0');
    const zocalo::mutable_buffer room(answer.data(), answer.size());
    answer.resize(co_await server.read_exactly(room));
    co_return answer;
}

/// Each one's leaving makes a place for the next.
io::task<> all_are_served(serve::server& server, net::endpoint where) {
    crowd all = co_await gather(server, where);
    server.stop();
    co_await io::sleep(5ms);
    EXPECT_EQ(co_await ask(all.served, "on"), "on");
    all.served.close();
    EXPECT_EQ(co_await answer_of(all.held, 4), "held");
    EXPECT_EQ(server.counters().active, 1);
    all.held.close();
    EXPECT_EQ(co_await answer_of(all.queued, 6), "queued");
}

TEST_P(stops, serve_who_was_there_when_there_is_a_place) {
    serve::server server(echo, saying({.connections = 1, .drain = 1h}));
    run_soon(server, all_are_served);
    EXPECT_EQ(server.counters().accepted, 3);
    EXPECT_EQ(server.counters().handled, 3);
    EXPECT_EQ(server.counters().cut_off, 0);
}

/// A loop that waits hears of it, whoever says it.
io::task<> another_thread_stops(serve::server& server, net::endpoint where) {
    io::stream peer = co_await io::connect(where);
    EXPECT_EQ(co_await ask(peer, "here"), "here");
    const std::jthread other([&server] {
        server.stop();
        server.stop_now();
        (void)server.counters();
    });
    EXPECT_TRUE(co_await has_ended(peer));
}

class stops_from_outside : public stops {};

TEST_P(stops_from_outside, reach_a_loop_that_waits) {
    serve::server server(echo, saying({.drain = 1h}));
    run_soon(server, another_thread_stops);
    EXPECT_EQ(server.counters().cut_off, 1);
}

TEST_P(stops_from_outside, before_the_run_end_it_at_once) {
    serve::server server(echo);
    std::jthread([&server] { server.stop(); }).join();
    server.add(io::listener(net::create_server(net::endpoint::parse("127.0.0.1:0"))));
    run(io::timeout(10s, server.run()));
    EXPECT_EQ(server.counters().accepted, 0);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(stops_from_outside);

ZOCALO_IN_EVERY_WORLD(stops);

}  // namespace
