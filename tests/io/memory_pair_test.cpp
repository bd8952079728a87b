// SPDX-License-Identifier: MIT
#include "zocalo/io/memory_pair.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

#include "io/worlds.hpp"
#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/guest_loop.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
using zocalo::tests::read_all;
using zocalo::tests::write_and_finish;

class memory_pairs : public zocalo::tests::in_every_world {};

io::task<> echo(io::stream peer) {
    std::string came = co_await read_all(peer);
    co_await write_and_finish(peer, std::move(came));
}

io::task<std::string> there_and_back(std::string what, std::size_t capacity) {
    auto [one, other] = io::memory_pair(capacity);
    auto [nothing, none, back] =
        co_await io::all(echo(std::move(other)), write_and_finish(one, what), read_all(one));
    co_return back;
}

TEST_P(memory_pairs, carry_bytes_and_ends_there_and_back) {
    for (const std::size_t capacity : {1U, 7U, 65536U}) {
        const std::string text(capacity * 100 + 3, 'x');
        EXPECT_TRUE(run(there_and_back(text, capacity)) == text);
    }
    EXPECT_EQ(run(there_and_back("", 10)), "");
}

io::task<> write_into_full_one() {
    auto [one, other] = io::memory_pair(10);
    const std::array<zocalo::const_buffer, 3> pieces{"01234", "", "56789x"};
    try {
        co_await io::timeout(2ms, one.write(pieces));
        ADD_FAILURE() << "there was no room";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
    EXPECT_EQ((co_await other.read()).text(), "0123456789");
    co_await one.write("y");
    char room[10];
    EXPECT_EQ(co_await other.read_some(room), 1U);
    EXPECT_EQ(room[0], 'y');
}

TEST_P(memory_pairs, hold_so_much_and_no_more) {
    run(write_into_full_one());
}

io::task<> cancelled_before(io::scope& in, io::stream& one) {
    in.cancel();
    EXPECT_THROW(co_await one.write("x"), zocalo::net::stopped);
    EXPECT_THROW(co_await one.read(), zocalo::net::stopped);
}

io::task<> cancel_everything() {
    auto [one, other] = io::memory_pair(10);
    {
        io::scope scope;
        co_await scope.run(cancelled_before(scope, one));
    }
}

io::task<> cancel_with_helper() {
    auto [one, other] = io::memory_pair(11);
    co_await io::any(read_all(one), io::sleep(1ms));
    co_await other.write("still there");
    EXPECT_EQ((co_await one.read()).text(), "still there");
}

TEST_P(memory_pairs, lose_nothing_by_a_cancellation) {
    run(cancel_everything());
    run(cancel_with_helper());
}

io::task<> close_an_end() {
    auto [one, other] = io::memory_pair(10);
    co_await one.write("last");
    one.close();
    EXPECT_EQ(co_await read_all(other), "last");
    try {
        co_await other.write("x");
        ADD_FAILURE() << "nobody will read it";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::broken_pipe) << error.what();
    }
}

io::task<> close_soon(io::stream& one) {
    co_await io::sleep(1ms);
    one.close();
}

io::task<> close_under_writer() {
    auto [one, other] = io::memory_pair(10);
    EXPECT_THROW(co_await io::all(write_and_finish(other, std::string(20, 'x')), close_soon(one)),
                 std::system_error);
}

TEST_P(memory_pairs, closing_is_seen_by_the_other_end) {
    run(close_an_end());
    run(close_under_writer());
}

io::task<> read_twice() {
    auto [one, other] = io::memory_pair();
    try {
        co_await io::all(read_all(one), read_all(one));
        ADD_FAILURE() << "two at once";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::device_or_resource_busy) << error.what();
    }
}

TEST_P(memory_pairs, have_one_reader) {
    run(read_twice());
}

TEST(memory_pair, blocks_without_a_loop) {
    auto [one, other] = io::memory_pair();
    one.write("ping").get();
    EXPECT_EQ(other.read().get().text(), "ping");
    EXPECT_EQ(one.peer_endpoint().size(), 0U);
    EXPECT_THROW((void)io::memory_pair(0), std::invalid_argument);
}

io::task<> shout(io::stream line) {
    std::string heard(3, ' ');
    while (co_await line.read_exactly(zocalo::mutable_buffer(heard)) == heard.size())
        co_await line.write(heard + "!");
    co_await line.finish();
}

TEST(memory_by_hand, moves_bytes_step_by_step) {
    auto [line, far] = io::memory_by_hand(4);
    io::guest_loop tasks;
    tasks.spawn(shout(std::move(line)));
    tasks.run_ready();
    EXPECT_EQ(far.take(), "");
    EXPECT_EQ(far.feed("abcdef"), 4U);  // no more room
    EXPECT_EQ(far.feed("ef"), 0U);
    tasks.run_ready();
    EXPECT_EQ(far.pending(), 4U);
    EXPECT_EQ(far.feed("ef"), 2U);
    tasks.run_ready();
    EXPECT_EQ(far.take(), "abc!");
    tasks.run_ready();
    EXPECT_EQ(far.take(), "def!");
    EXPECT_FALSE(far.at_end());
    far.finish();
    EXPECT_EQ(far.feed("g"), 0U);
    tasks.run_ready();
    EXPECT_TRUE(far.at_end());
    tasks.run_ready();
    EXPECT_EQ(tasks.size(), 0U);
}

TEST(memory_by_hand, ends_are_seen_on_both_sides) {
    auto [line, far] = io::memory_by_hand();
    line.close();
    EXPECT_TRUE(far.at_end());
    EXPECT_EQ(far.feed("x"), 0U);
    auto [other, gone] = io::memory_by_hand();
    {
        const io::memory_port destroyed = std::move(gone);
    }
    std::string room(1, ' ');
    EXPECT_EQ(other.read_some(zocalo::mutable_buffer(room)).get(), 0U);
    EXPECT_THROW(other.write("x").get(), std::system_error);
    EXPECT_THROW((void)io::memory_by_hand(0), std::invalid_argument);
}

ZOCALO_IN_EVERY_WORLD(memory_pairs);

}  // namespace
