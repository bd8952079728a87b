// SPDX-License-Identifier: MIT
#include "zocalo/sim/world.hpp"

#include <gtest/gtest.h>

#include <string>

#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;

io::task<> echo(io::stream peer) {
    for (;;) {
        const io::chunk got = co_await peer.read();
        if (got.empty()) break;
        co_await peer.write(zocalo::const_buffer(got.data(), got.size()));
    }
}

io::task<> accept_all(io::listener& from, io::scope& clients) {
    for (;;)
        clients.spawn(echo(co_await from.accept()));
}

io::task<> echo_server(std::uint16_t port) {
    io::listener listener = co_await io::listen(net::endpoint(net::address::any_v4(), port));
    io::scope clients;
    co_await clients.run(accept_all(listener, clients));
}

io::task<std::string> read_all(io::stream& from) {
    std::string all;
    for (;;) {
        const io::chunk part = co_await from.read();
        if (part.empty()) co_return all;
        all += part.text();
    }
}

io::task<> write_and_finish(io::stream& to, std::string what) {
    co_await to.write(what);
    co_await to.finish();
}

io::task<std::string> ask(net::endpoint where, std::string what) {
    io::stream server = co_await io::connect(where);
    auto [nothing, answer] = co_await io::all(write_and_finish(server, what), read_all(server));
    co_return answer;
}

io::task<std::chrono::nanoseconds> time_of(io::task<std::string> what) {
    const io::time_point before = co_await io::now();
    co_await std::move(what);
    co_return co_await io::now() - before;
}

TEST(world, hosts_talk) {
    sim::world world{1};
    sim::host& server = world.host("server");
    server.on_start([] { return echo_server(7); });
    EXPECT_EQ(world.host("client").run(ask(server.at(7), "hello")), "hello");
    EXPECT_EQ(server.address().to_string(), "10.0.0.1");
}

TEST(world, much_comes_whole_through_a_bad_link) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        sim::world world{seed, {.usual_link = sim::bad_link}};
        sim::host& server = world.host("server");
        server.on_start([] { return echo_server(7); });
        std::string much(200'000, '\0');
        world.random().fill(much);
        EXPECT_EQ(world.host("client").run(ask(server.at(7), much)), much) << "seed " << seed;
    }
}

TEST(world, takes_the_time_that_links_take) {
    sim::world world{1, {.usual_link = {.latency = 100ms, .jitter = 0ms}}};
    sim::host& server = world.host("server");
    server.on_start([] { return echo_server(7); });
    // There and back for the connection, and for the question.
    EXPECT_EQ(world.host("client").run(time_of(ask(server.at(7), "hello"))), 400ms);
}

TEST(world, a_day_passes_at_once) {
    sim::world world{1};
    world.host("sleeper").run([]() -> io::task<> { co_await io::sleep(24h); }());
    EXPECT_EQ(world.elapsed(), 24h);
}

std::string trace_of(std::uint64_t seed) {
    sim::world world{seed, {.usual_link = sim::bad_link}};
    sim::host& server = world.host("server");
    server.on_start([] { return echo_server(7); });
    world.host("client").run(ask(server.at(7), std::string(20'000, 'x')));
    return world.trace() + std::to_string(world.fingerprint());
}

TEST(world, seed_repeats_everything) {
    EXPECT_EQ(trace_of(5), trace_of(5));
    EXPECT_NE(trace_of(5), trace_of(6));
}

}  // namespace
