// SPDX-License-Identifier: MIT
#include "zocalo/serve/serve_one.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <system_error>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

io::task<std::string> talk(io::stream& client, std::string says) {
    io::task<> writing = zocalo::tests::write_and_finish(client, std::move(says));
    co_await std::move(writing);
    io::task<std::string> reading = zocalo::tests::read_all(client);
    co_return co_await std::move(reading);
}

TEST(serve_one, talks_with_the_client_that_it_is_given) {
    auto [here, there] = io::memory_pair();
    serve::peer who;
    who.address = net::endpoint::parse("192.0.2.1:4711");
    std::string seen;
    const auto handler = [&seen](serve::connection& client) {
        seen = client.peer().to_string() + " " + std::to_string(client.number());
        return zocalo::tests::echo(client);
    };
    io::loop loop;
    const auto heard =
        loop.run(io::all(serve::serve_one(handler, std::move(here), who), talk(there, "hello")));
    EXPECT_EQ(std::get<1>(heard), "hello");
    EXPECT_EQ(seen, "192.0.2.1:4711 1");
}

TEST(serve_one, tells_what_the_handler_has_thrown) {
    auto [here, there] = io::memory_pair();
    const auto handler = [](serve::connection&) -> io::task<> {
        throw std::runtime_error("no");
        co_return;
    };
    EXPECT_THROW(serve::serve_one(handler, std::move(here), {}).get(), std::runtime_error);
}

TEST(serve_one, ends_who_says_nothing_for_too_long) {
    sim::world world{1};
    auto [here, there] = io::memory_pair();
    serve::limits within;
    within.idle = 5s;
    try {
        world.host("here").run(serve::serve_one(zocalo::tests::echo, std::move(here), {}, within));
        ADD_FAILURE() << "it went on";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
        EXPECT_NE(std::string(error.what()).find("idle"), std::string::npos) << error.what();
    }
}

TEST(serve_one, ends_when_it_is_cancelled) {
    sim::world world{1};
    auto [here, there] = io::memory_pair();
    auto limited = io::timeout(1s, serve::serve_one(zocalo::tests::echo, std::move(here), {}));
    try {
        world.host("here").run(std::move(limited));
        ADD_FAILURE() << "it went on";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
        EXPECT_EQ(std::string(error.what()).find("idle"), std::string::npos) << error.what();
    }
}

}  // namespace
