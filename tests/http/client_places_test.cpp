// SPDX-License-Identifier: MIT
// Requests that wait for a stream of a connection, and for a place to make another one.
#include <gtest/gtest.h>

#include <string>

#include "serve/dialogue.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

io::task<> answer_much_later(http::exchange& asked) {
    co_await io::sleep(30s);
    asked.reply("late");
}

io::task<> answer_in_a_second(http::exchange& asked) {
    co_await io::sleep(1s);
    asked.reply("soon");
}

void answer(http::exchange& asked) {
    asked.reply("now");
}

/// Asks in so long; how long that took then.
io::task<std::chrono::nanoseconds> ask(http::client& asks, std::chrono::milliseconds in,
                                       std::string url) {
    co_await io::sleep(in);
    const io::time_point began = co_await io::now();
    io::task<http::response> asking = asks.get(std::move(url));
    const http::response got = co_await std::move(asking);
    EXPECT_TRUE(got.is_success());
    const io::time_point ended = co_await io::now();
    co_return ended - began;
}

io::task<> wait_for_either(std::string one, std::string other) {
    http::client_options options;
    options.versions = http::versions::http_2;
    options.connections = 2;
    options.streams = 1;
    http::client asks(options);
    auto all = io::all(ask(asks, 0ms, one + "/later"), ask(asks, 0ms, other + "/second"),
                       ask(asks, 100ms, one + "/now"));
    const auto took = co_await std::move(all);
    EXPECT_GE(std::get<0>(took), 30s);
    EXPECT_LT(std::get<2>(took), 2s);
    asks.close_resting();
}

TEST(client_places, that_become_free_are_for_those_who_wait_for_a_stream) {
    http::site site;
    site.routes.get("/later", answer_much_later);
    site.routes.get("/second", answer_in_a_second);
    site.routes.get("/now", answer);
    serve::server one(site.handler());
    serve::server other(site.handler());
    sim::world world(1);
    const auto with_both = [&](serve::server&, net::endpoint first) {
        return zocalo::tests::with_server(other, [first](serve::server&, net::endpoint second) {
            return wait_for_either("http://" + first.to_string(), "http://" + second.to_string());
        });
    };
    world.host("here").run(zocalo::tests::with_server(one, with_both));
}

}  // namespace
