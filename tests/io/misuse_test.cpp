// SPDX-License-Identifier: MIT
// What a program must not do: it ends with a message that says what, or gets a logic_error, and
// hangs nowhere.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/channel.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

/// Each dies in a process of its own, which begins anew and not in the middle of this one.
class misuses : public zocalo::tests::in_every_world {
 protected:
    void SetUp() override {
        in_every_world::SetUp();
        GTEST_FLAG_SET(death_test_style, "threadsafe");
    }
};

io::task<> wait_for_ever() {
    co_await io::sleep(zocalo::timeout::none());
}

/// It lives longer than the task that runs it, and ends before its children do.
io::task<> leave_a_scope(std::optional<io::scope>& which) {
    which->spawn(wait_for_ever());
    which.reset();
    co_return;
}
io::task<> run_a_scope_that_goes() {
    std::optional<io::scope> scope(std::in_place);
    co_await scope->run(leave_a_scope(scope));
}

TEST_P(misuses, scope_that_is_left_with_children_is_named) {
    EXPECT_DEATH(run(run_a_scope_that_goes()), "an io::scope was destroyed while tasks run in it");
}

io::task<> read_once(io::stream& from) {
    co_await from.read();
}
io::task<> accept_once(io::listener& from) {
    co_await from.accept();
}
template <class Socket>
io::task<> close_under_it(Socket& which) {
    co_await io::sleep(1ms);
    which.close();
}
io::task<> close_a_stream_that_reads() {
    auto [one, other] = io::stream::pair();
    co_await io::all(read_once(one), close_under_it(one));
}
io::task<> close_a_listener_that_accepts() {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    co_await io::all(accept_once(listener), close_under_it(listener));
}

TEST_P(misuses, socket_that_is_closed_under_an_operation_is_named) {
    EXPECT_DEATH(run(close_a_stream_that_reads()), "destroyed while a task waits on it");
    EXPECT_DEATH(run(close_a_listener_that_accepts()), "destroyed while a task waits on it");
}

io::task<> receive_once(io::channel<int>& from) {
    co_await from.receive();
}
io::task<> destroy(std::optional<io::channel<int>>& which) {
    co_await io::sleep(1ms);
    which.reset();
}
io::task<> destroy_a_channel() {
    std::optional<io::channel<int>> channel(std::in_place, 1);
    co_await io::all(receive_once(*channel), destroy(channel));
}

TEST_P(misuses, channel_that_goes_while_somebody_waits_is_named) {
    EXPECT_DEATH(run(destroy_a_channel()), "a channel, mutex, semaphore or event was destroyed");
}

io::task<> never_awaited() {
    const io::task<> forgotten = wait_for_ever();
    co_return;
}

TEST_P(misuses, task_that_nobody_awaits_is_named) {
    EXPECT_DEATH(run(never_awaited()), "a task was destroyed that was never awaited");
}

io::task<int> give(int value) {
    co_return value;
}
io::task<> block_in_a_loop() {
    int got = 0;
    EXPECT_THROW(got = give(7).get(), std::logic_error);
    auto [one, other] = io::stream::pair();
    EXPECT_THROW((void)one.read().get(), std::logic_error);
    EXPECT_THROW(io::sleep(1ms).get(), std::logic_error);
    EXPECT_EQ(got, 0);
    co_await io::sleep(1ms);  // the loop goes on
}

TEST_P(misuses, blocking_call_in_a_loop_is_refused) {
    run(block_in_a_loop());
}

ZOCALO_IN_EVERY_WORLD(misuses);

}  // namespace
