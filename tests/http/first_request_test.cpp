// SPDX-License-Identifier: MIT
// A client that was accepted when the server stops, and whose first request is on its way.
#include <gtest/gtest.h>

#include <string>

#include "serve/dialogue.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

constexpr auto way = 100ms;  // of each packet

/// Whether nobody talks with a client until it says something.
class first_request : public testing::TestWithParam<bool> {
 protected:
    /// What the client hears, and when that ends after the stop.
    struct outcome {
        std::string heard;
        io::time_point::duration took{};
        serve::counters counted;
    };

    /// Stops when the client was accepted, or so much later. It sends those texts, with so long
    /// between them.
    outcome play(std::vector<std::string> texts, io::time_point::duration pause = 0s,
                 io::time_point::duration stops_after = 0s, zocalo::timeout drain = 30s) {
        http::site site;
        site.routes.get("/", [](http::exchange& asked) { asked.reply("here"); });
        serve::handler handler = site.handler();
        handler.on_demand = handler.on_demand && GetParam();
        serve::server server(handler, {.limits = {.drain = drain}});
        sim::world world(1);
        sim::host& here = world.host("server");
        world.set_link({.latency = way, .jitter = 0s});
        outcome seen;
        here.on_start([&] { return serve_until(server, here.at(80), stops_after); });
        io::task<> asking = ask(here.at(80), std::move(texts), pause, seen);
        world.host("client").run(std::move(asking));
        seen.took = ended_ - stopped_;
        seen.counted = server.counters();
        EXPECT_EQ(seen.counted.active, 0);
        return seen;
    }

 private:
    io::task<> serve_until(serve::server& server, net::endpoint where,
                           io::time_point::duration later) {
        io::task<net::endpoint> listening = server.listen(where);
        (void)co_await std::move(listening);
        io::task<> running = server.run();
        io::task<> stopping = stop(server, later);
        auto both = io::all(std::move(running), std::move(stopping));
        co_await std::move(both);
        ended_ = co_await io::now();
    }
    io::task<> stop(serve::server& server, io::time_point::duration later) {
        while (server.counters().accepted == 0)
            co_await io::sleep(1ms);
        co_await io::sleep(later);
        stopped_ = co_await io::now();
        server.stop();
    }
    static io::task<> ask(net::endpoint where, std::vector<std::string> texts,
                          io::time_point::duration pause, outcome& seen) {
        io::stream peer = co_await io::connect(where);
        for (const std::string& each : texts) {
            co_await peer.write(each);
            co_await io::sleep(pause);
        }
        seen.heard = co_await zocalo::tests::read_all(peer);
        peer.close();
        co_await io::sleep(3s);  // until the server has ended, too
    }

    io::time_point stopped_{};
    io::time_point ended_{};
};

const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_P(first_request, is_answered_though_the_server_stops) {
    const outcome seen = play({request});
    EXPECT_TRUE(seen.heard.starts_with("HTTP/1.1 200 OK\r\n")) << seen.heard;
    EXPECT_NE(seen.heard.find("Connection: close\r\n"), std::string::npos) << seen.heard;
    EXPECT_TRUE(seen.heard.ends_with("here"));
    EXPECT_EQ(seen.counted.handled, 1);
    EXPECT_LT(seen.took, 1s);
}

TEST_P(first_request, may_come_in_pieces) {
    const outcome seen = play({request.substr(0, 5), request.substr(5)}, 700ms);
    EXPECT_TRUE(seen.heard.starts_with("HTTP/1.1 200 OK\r\n")) << seen.heard;
}

TEST_P(first_request, is_not_waited_for_longer_than_a_second) {
    const outcome seen = play({});
    EXPECT_EQ(seen.heard, "");
    EXPECT_EQ(seen.counted.handled, 1);
    EXPECT_EQ(seen.counted.cut_off, 0);
    EXPECT_GE(seen.took, 1s);
    EXPECT_LT(seen.took, 1s + 4 * way);
}

TEST_P(first_request, is_waited_for_within_half_of_the_time_that_a_stop_may_take) {
    const outcome seen = play({}, 0s, 0s, 400ms);
    EXPECT_EQ(seen.counted.handled, 1);
    EXPECT_EQ(seen.counted.cut_off, 0);
    EXPECT_LT(seen.took, 1s);
}

TEST_P(first_request, gives_no_time_to_a_second_one) {
    for (const auto rested : {500ms, 2000ms}) {
        const outcome seen = play({request}, 0s, rested);
        EXPECT_TRUE(seen.heard.ends_with("here"));
        EXPECT_EQ(seen.heard.find("Connection: close\r\n"), std::string::npos) << seen.heard;
        EXPECT_EQ(seen.counted.handled, 1);
        EXPECT_LT(seen.took, 4 * way);
    }
}

INSTANTIATE_TEST_SUITE_P(parked_or_not, first_request, testing::Bool());

}  // namespace
