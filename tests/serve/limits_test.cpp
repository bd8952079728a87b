// SPDX-License-Identifier: MIT
#include "zocalo/serve/limits.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/sim/world.hpp"

// Limits in time, in the simulated network: minutes take no time there, and the moments are exact.

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;
using namespace zocalo::tests;

/// How a connection went: how long it lasted, and what the server said about its end.
struct ending {
    std::chrono::nanoseconds after{0};
    std::string reason;
    serve::counters counted;
};

using client_script = io::task<> (*)(io::stream& server);

io::task<> follow(net::endpoint where, client_script script) {
    io::stream peer = co_await io::connect(where);
    try {
        co_await script(peer);
        co_await has_ended(peer);
    } catch (const std::system_error&) {
        // The server has ended it under the script's hands.
    }
}

ending play(serve::handler talk, const serve::limits& limits, client_script script) {
    sim::world world(1);
    ending result;
    const auto keep = [&](const serve::connection&, std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::system_error& what) {
            EXPECT_EQ(what.code(), std::errc::timed_out);
            result.reason = what.what();
        }
    };
    const auto look = [&](const serve::connection&) { result.after = world.elapsed(); };
    serve::server server(std::move(talk),
                         {.limits = limits, .hooks = {.failed = keep, .ended = look}});
    world.host("here").run(with_server(
        server, [&](serve::server&, net::endpoint where) { return follow(where, script); }));
    result.counted = server.counters();
    return result;
}

io::task<> say_nothing(io::stream& /*server*/) {
    co_return;
}

/// A byte every second, for ever.
io::task<> drip(io::stream& server) {
    for (;;) {
        co_await server.write("x");
        co_await io::sleep(1s);
    }
}

io::task<> drip_for_a_minute(io::stream& server) {
    for (int second = 0; second < 60; ++second) {
        co_await server.write("x");
        co_await io::sleep(1s);
    }
    co_await server.finish();
}

/// 1,000 bytes a second.
io::task<> pour_for_a_minute(io::stream& server) {
    for (int second = 0; second < 60; ++second) {
        co_await server.write(std::string(1000, 'x'));
        co_await io::sleep(1s);
    }
    co_await server.finish();
}

io::task<> swallow(serve::connection& client) {
    for (;;) {
        const io::chunk got = co_await client.stream().read();
        if (got.empty()) co_return;
    }
}
io::task<> swallow_head(serve::connection& client) {
    client.enter(serve::phase::head);
    return swallow(client);
}
io::task<> swallow_body(serve::connection& client) {
    client.enter(serve::phase::body);
    return swallow(client);
}

void expect_about(std::chrono::nanoseconds is, std::chrono::nanoseconds wanted) {
    EXPECT_GE(is, wanted - 50ms);
    EXPECT_LE(is, wanted + 50ms);
}

TEST(limits, an_idle_connection_ends) {
    const ending how = play(swallow, {.idle = 60s}, say_nothing);
    expect_about(how.after, 60s);
    EXPECT_NE(how.reason.find("idle (limit 60 s)"), std::string::npos) << how.reason;
    EXPECT_NE(how.reason.find("serve 127.0.0.1:"), std::string::npos) << how.reason;
    EXPECT_EQ(how.counted.timed_out, 1);
    EXPECT_EQ(how.counted.failed, 0);
}

TEST(limits, a_byte_now_and_then_is_not_idle) {
    const ending how = play(swallow, {.idle = 5s}, drip_for_a_minute);
    EXPECT_EQ(how.reason, "");
    EXPECT_EQ(how.counted.handled, 1);
}

TEST(limits, a_head_has_to_be_there_in_time) {
    const ending how = play(swallow_head, {.idle = 5s, .head = 10s}, drip);
    expect_about(how.after, 10s);
    EXPECT_NE(how.reason.find("no whole request (limit 10 s)"), std::string::npos) << how.reason;
}

TEST(limits, a_body_has_to_move) {
    const ending how =
        play(swallow_body, {.idle = 60s, .bytes_per_second = 500, .grace = 10s}, drip);
    expect_about(how.after, 10s);
    EXPECT_NE(how.reason.find("slower than 500 bytes a second"), std::string::npos) << how.reason;
}

TEST(limits, a_body_that_moves_may_go_on) {
    const ending how =
        play(swallow_body, {.idle = 60s, .bytes_per_second = 500, .grace = 10s}, pour_for_a_minute);
    EXPECT_EQ(how.reason, "");
    EXPECT_EQ(how.counted.handled, 1);
    EXPECT_EQ(how.counted.bytes_received, 60'000);
}

TEST(limits, no_connection_lasts_for_ever) {
    const ending how = play(swallow, {.total = 30s}, drip);
    expect_about(how.after, 30s);
    EXPECT_NE(how.reason.find("connected for too long"), std::string::npos) << how.reason;
}

/// A handler that is busy with something else: that is not the peer's fault.
io::task<> think_long(serve::connection& client) {
    co_await io::sleep(10min);
    co_await client.stream().write("done");
}

TEST(limits, who_waits_for_the_handler_is_not_idle) {
    const ending how = play(think_long, {.idle = 5s, .head = 5s, .grace = 1s}, say_nothing);
    EXPECT_EQ(how.reason, "");
    expect_about(how.after, 10min);
}

io::task<> pour_out(serve::connection& client) {
    const std::string much(64 * 1024 * 1024, 'x');
    co_await client.stream().write(much);
}
io::task<> never_read(io::stream& /*server*/) {
    co_await io::sleep(5min);
}

TEST(limits, who_does_not_read_is_idle) {
    const ending how = play(pour_out, {.idle = 20s}, never_read);
    EXPECT_EQ(how.counted.timed_out, 1);
    EXPECT_NE(how.reason.find("idle"), std::string::npos) << how.reason;
}

/// What waits for such a peer is thrown away, and nobody keeps it: it hears a reset.
TEST(limits, who_does_not_read_is_reset) {
    static std::size_t got;
    static bool is_reset;
    got = 0;
    is_reset = false;
    (void)play(pour_out, {.idle = 20s}, [](io::stream& server) -> io::task<> {
        co_await io::sleep(5min);
        try {
            for (;;) {
                const io::chunk piece = co_await server.read();
                if (piece.empty()) co_return;
                got += piece.size();
            }
        } catch (const std::system_error& error) {
            is_reset = error.code() == std::errc::connection_reset;
        }
    });
    EXPECT_TRUE(is_reset);
    EXPECT_LE(got, 65536U);  // of the 128 KiB that were on the way
}

/// The peer neither closes nor reads after the last word.
io::task<> end_at_once(serve::connection& /*client*/) {
    co_return;
}

TEST(limits, lingering_has_an_end) {
    const ending how = play(end_at_once, {.linger = 2s}, [](io::stream& server) -> io::task<> {
        EXPECT_TRUE((co_await server.read()).empty());
        co_await io::sleep(1min);
    });
    EXPECT_EQ(how.counted.handled, 1);
    EXPECT_EQ(how.reason, "");
    expect_about(how.after, 2s);
}

// --- How many in a second

io::task<> note_when_served(net::endpoint where, const sim::world& world,
                            std::vector<std::chrono::nanoseconds>& moments) {
    io::stream peer = co_await io::connect(where);
    EXPECT_EQ(co_await ask(peer, "x"), "x");
    moments.push_back(world.elapsed());
}

TEST(limits, new_connections_come_at_a_rate) {
    sim::world world(1);
    std::vector<std::chrono::nanoseconds> moments;
    serve::server server(echo, {.limits = {.accept_rate = 2}});
    world.host("here").run(with_server(server, [&](serve::server&, net::endpoint where) {
        std::vector<io::task<>> crowd;
        for (int i = 0; i < 6; ++i)
            crowd.push_back(note_when_served(where, world, moments));
        return io::all(std::move(crowd));
    }));
    ASSERT_EQ(moments.size(), 6);
    expect_about(moments[1], 0s);  // a second's worth at once
    for (std::size_t i = 2; i < moments.size(); ++i)
        expect_about(moments[i], (i - 1) * 500ms);
    EXPECT_EQ(server.counters().handled, 6);
}

}  // namespace
