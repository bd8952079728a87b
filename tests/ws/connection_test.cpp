// SPDX-License-Identifier: MIT
// One end against bytes that are written and read by hand.
#include "zocalo/ws/connection.hpp"

#include <gmock/gmock.h>

#include <string>

#include "io/worlds.hpp"
#include "support/streams.hpp"
#include "ws/transcript.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

namespace io = zocalo::io;
namespace ws = zocalo::ws;
using namespace std::chrono_literals;
using zocalo::tests::bytes;
using zocalo::tests::frame;
using zocalo::tests::masked;

/// What a connection hears until its end: messages, and how it ended.
io::task<> listen(ws::connection& peer, std::string& heard) {
    for (;;) {
        io::task<std::optional<ws::message>> next = peer.receive();
        const std::optional<ws::message> got = co_await std::move(next);
        if (!got) break;
        heard += got->data + ";";
    }
    heard += "closed " + std::to_string(number(peer.peer_reason()->code));
}

/// How a connection ended: nothing, or what was thrown.
io::task<> end_of(ws::connection& peer, io::task<> dialogue, std::string& why) {
    try {
        io::task<> running = peer.run(std::move(dialogue));
        co_await std::move(running);
    } catch (const zocalo::net::stopped&) {
        throw;
    } catch (const ws::bad_message& wrong) {
        why = "bad message " + std::to_string(number(wrong.answer()));
    } catch (const std::system_error& error) {
        why = error.code().message();
    }
    const_cast<io::stream&>(peer.stream()).close();
}

io::task<> say(io::stream& to, std::string what) {
    co_await to.write(what);
    co_await to.finish();
}

io::task<> read_all_into(io::stream& from, std::string& all) {
    io::task<std::string> reading = zocalo::tests::read_all(from);
    all = co_await std::move(reading);
}

struct outcome {
    std::string heard;
    std::string answered;
    std::string why;
};

io::task<> say_and_hear(io::stream& here, ws::connection& peer, std::string what, outcome& got) {
    co_await io::all(end_of(peer, listen(peer, got.heard), got.why), say(here, std::move(what)),
                     read_all_into(here, got.answered));
}

class ws_connection : public zocalo::tests::in_every_world {
 protected:
    /// What a server does with these bytes, behind which the stream ends.
    outcome hear(const std::string& text, const ws::connection_options& options = {}) {
        outcome got;
        auto [here, there] = io::memory_pair(1 << 20);
        ws::connection peer(std::move(there), {.role = ws::role::server}, options);
        run(say_and_hear(here, peer, text, got));
        return got;
    }
};

TEST_P(ws_connection, answers_pings_and_the_close_frame) {
    const outcome got = hear(masked(0x89, "a") + masked(0x81, "hello") +
                             masked(0x88, bytes("0bb8") + "bye") + masked(0x81, "ignored"));
    EXPECT_EQ(got.heard, "hello;closed 3000");
    EXPECT_EQ(got.why, "");
    EXPECT_THAT(got.answered, testing::EndsWith(frame(0x88, bytes("0bb8"))));
}

TEST_P(ws_connection, tells_the_peer_what_it_has_done_wrong) {
    const struct {
        std::string text;
        unsigned code;
    } rows[] = {
        {frame(0x81, "hello"), 1002}, {masked(0x83, ""), 1002},
        {masked(0x81, "\xFF"), 1007}, {masked(0x82, "too long for that"), 1009},
        {masked(0x88, "\x03"), 1002},
    };
    ws::connection_options options;
    options.limits.message = 10;
    for (const auto& each : rows) {
        const outcome got = hear(masked(0x81, "first") + each.text, options);
        EXPECT_EQ(got.heard, "first;");
        EXPECT_EQ(got.why, "bad message " + std::to_string(each.code));
        ASSERT_GE(got.answered.size(), 4U);
        EXPECT_EQ(static_cast<unsigned char>(got.answered[0]), 0x88U);
        const std::string code{static_cast<char>(each.code >> 8),
                               static_cast<char>(each.code & 0xFF)};
        EXPECT_EQ(got.answered.substr(2, 2), code);
    }
}

TEST_P(ws_connection, is_lost_without_a_close_frame) {
    for (const std::string& text : {std::string(), masked(0x81, "a").substr(0, 3),
                                    masked(0x01, "half of it"), masked(0x81, "a")}) {
        const outcome got = hear(text);
        EXPECT_EQ(got.why, std::make_error_code(std::errc::connection_reset).message());
        EXPECT_EQ(got.heard, text == masked(0x81, "a") ? "a;" : "");
    }
}

/// A million pings and nobody who reads the pongs: one is under way, and one is remembered.
io::task<> flood(io::stream& here, ws::connection& peer, outcome& got) {
    std::string pings;
    for (int i = 0; i < 1000; ++i)
        pings += masked(0x89, std::string(100, 'p'));
    for (int i = 0; i < 20; ++i) {
        co_await here.write(pings);
        EXPECT_LE(peer.queued(), 200U);
    }
    const std::string last = masked(0x89, "last") + masked(0x88, bytes("03e8"));
    io::task<> saying = say(here, last);
    co_await std::move(saying);
    io::task<> reading = read_all_into(here, got.answered);
    co_await std::move(reading);
}
io::task<> be_flooded(io::stream& here, ws::connection& peer, outcome& got) {
    co_await io::all(end_of(peer, listen(peer, got.heard), got.why), flood(here, peer, got));
}

TEST_P(ws_connection, keeps_one_ping_of_a_flood) {
    outcome got;
    auto [here, there] = io::memory_pair(1000);
    ws::connection peer(std::move(there), {.role = ws::role::server});
    run(be_flooded(here, peer, got));
    EXPECT_EQ(got.heard, "closed 1000");
    EXPECT_LT(got.answered.size(), 20'000U);
    EXPECT_THAT(got.answered, testing::EndsWith(frame(0x88, bytes("03e8"))));
}

/// A peer that hears and says nothing.
io::task<> read_ping(io::stream& here, std::string& all) {
    io::task<> reading = read_all_into(here, all);
    co_await std::move(reading);
}
io::task<> wait_for_nothing(io::stream& here, ws::connection& peer, outcome& got) {
    co_await io::all(end_of(peer, listen(peer, got.heard), got.why), read_ping(here, got.answered));
}

TEST_P(ws_connection, gives_a_silent_peer_up) {
    outcome got;
    auto [here, there] = io::memory_pair();
    ws::connection_options options;
    options.ping_every = 20ms;
    options.pong_within = 20ms;
    ws::connection peer(std::move(there), {.role = ws::role::server}, options);
    run(wait_for_nothing(here, peer, got));
    EXPECT_EQ(got.why, std::make_error_code(std::errc::timed_out).message());
    EXPECT_EQ(got.answered, bytes("8900"));
}

/// A peer that never answers the close frame.
io::task<> close_only(ws::connection& peer) {
    io::task<> closing = peer.close();
    co_await std::move(closing);
    EXPECT_FALSE(peer.peer_reason());
}
io::task<> be_ignored(io::stream& here, ws::connection& peer, outcome& got) {
    co_await io::all(end_of(peer, close_only(peer), got.why), read_ping(here, got.answered));
}

TEST_P(ws_connection, does_not_wait_for_ever_for_a_goodbye) {
    outcome got;
    auto [here, there] = io::memory_pair();
    ws::connection_options options;
    options.close_within = 20ms;
    ws::connection peer(std::move(there), {.role = ws::role::server}, options);
    run(be_ignored(here, peer, got));
    EXPECT_EQ(got.answered, frame(0x88, bytes("03e8")));
    EXPECT_EQ(got.why, "");
}

ZOCALO_IN_EVERY_WORLD(ws_connection);

}  // namespace
