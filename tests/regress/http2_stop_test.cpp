// SPDX-License-Identifier: MIT
// A connection of HTTP/2 whose last response was on its way counted as one that rests: when its
// server stopped then, or wanted its place for another, the response was cut off.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <system_error>

#include "http/http2_caller.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;
using zocalo::tests::http2_caller;

io::task<> run_server(serve::server& one, net::endpoint where) {
    const net::endpoint listening = co_await one.listen(where);
    (void)listening;
    co_await one.run();
}

struct heard {
    std::size_t begun = 0;  ///< requests
    std::size_t whole = 0;  ///< answers
    bool has_goodbye = false;
    std::string error;
};

io::task<> ask(net::endpoint where, std::string target, std::size_t size, heard& told) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    const std::uint32_t first = caller.get(target);
    const std::uint32_t second = caller.get(target);
    try {
        co_await caller.wait_for_end();
    } catch (const std::system_error& error) {
        told.error = error.what();
    }
    for (const std::uint32_t each : {first, second}) {
        const zocalo::tests::http2_answer& got = caller.answers[each];
        told.whole += got.has_ended && got.content.size() == size ? 1 : 0;
    }
    told.has_goodbye = caller.engine.is_leaving();
}

/// The server stops so long after the beginning.
heard stop_after(std::chrono::nanoseconds when, std::string target, std::size_t size) {
    sim::world world(1);
    world.set_link({.latency = 2ms, .jitter = 0ms, .bandwidth = 200'000});
    sim::host& host = world.host("server");
    heard told;
    http::site site;
    site.routes.get("/at-once", [&](http::exchange& asked) {
        ++told.begun;
        asked.reply(std::string(size, 'x'));
    });
    site.routes.get("/late", [&](http::exchange& asked) -> io::task<> {
        ++told.begun;
        co_await io::sleep(5ms);
        asked.reply(std::string(size, 'x'));
    });
    serve::server server(site.handler());
    host.spawn(run_server(server, host.at(80)));
    world.after(when, [&] { server.stop(); });
    sim::host& client = world.host("client");
    client.spawn(ask(host.at(80), std::move(target), size, told));
    world.run();
    return told;
}

TEST(http2_stop, what_was_begun_is_answered_whenever_the_server_stops) {
    std::size_t answered = 0;
    for (const std::string target : {"/at-once", "/late"}) {
        for (const unsigned size : {100U, 50'000U, 200'000U}) {
            for (auto when = 5'100us; when < 2500ms; when += std::max(300us, when / 20)) {
                const heard told = stop_after(when, target, size);
                SCOPED_TRACE(target + ' ' + std::to_string(size) + ' ' +
                             std::to_string(when.count()));
                EXPECT_EQ(told.whole, told.begun);
                if (told.begun == 0) continue;
                EXPECT_TRUE(told.has_goodbye);
                EXPECT_EQ(told.error, "");
                answered += told.whole;
            }
        }
    }
    EXPECT_GT(answered, 100U);
}

}  // namespace
