// SPDX-License-Identifier: MIT
#include "zocalo/io/channel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/pipe.hpp"
#include "zocalo/io/signals.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;

class helpers : public zocalo::tests::in_every_world {};
class kernel_helpers : public zocalo::tests::in_every_world {};

io::task<> produce(io::channel<int>& into, int from, int to) {
    for (int i = from; i < to; ++i)
        EXPECT_TRUE(co_await into.send(i));
}

io::task<int> consume(io::channel<int>& from) {
    int sum = 0;
    while (const auto value = co_await from.receive()) {
        sum += *value;
        if (*value % 7 == 0) co_await io::sleep(0ns);
    }
    co_return sum;
}

io::task<> produce_and_close(io::channel<int>& into) {
    co_await io::all(produce(into, 0, 500), produce(into, 500, 1000));
    into.close();
}

io::task<int> through_a_channel(std::size_t capacity) {
    io::channel<int> channel(capacity);
    auto [nothing, one, other] =
        co_await io::all(produce_and_close(channel), consume(channel), consume(channel));
    EXPECT_FALSE(co_await channel.send(1)) << "it is closed";
    co_return one + other;
}

TEST_P(helpers, channel_loses_and_doubles_nothing) {
    for (const std::size_t capacity : {1U, 3U, 1000U}) {
        EXPECT_EQ(run(through_a_channel(capacity)), 999 * 1000 / 2) << capacity;
    }
}

io::task<int> receive_or_give_up(io::channel<int>& from) {
    auto first = co_await io::any(from.receive(), io::sleep(1ms));
    co_return first.index() == 0 ? *std::get<0>(first) : -1;
}

io::task<> give_up_then_receive() {
    io::channel<int> channel(1);
    EXPECT_EQ(co_await receive_or_give_up(channel), -1);
    EXPECT_TRUE(co_await channel.send(5));
    EXPECT_EQ(co_await receive_or_give_up(channel), 5);
}

TEST_P(helpers, cancelled_receive_takes_nothing) {
    run(give_up_then_receive());
}

TEST(channel, holds_at_least_one) {
    EXPECT_THROW(io::channel<int>(0), std::invalid_argument);
}

io::task<> work_in_turn(io::semaphore& slots, int& inside, int& most) {
    const auto mine = co_await slots.acquire();
    most = std::max(most, ++inside);
    co_await io::sleep(100us);
    --inside;
}

io::task<int> many_with(std::size_t permits) {
    io::semaphore slots(permits);
    int inside = 0;
    int most = 0;
    std::vector<io::task<>> all;
    for (int i = 0; i < 20; ++i)
        all.push_back(work_in_turn(slots, inside, most));
    co_await io::all(std::move(all));
    EXPECT_EQ(slots.available(), permits);
    co_return most;
}

TEST_P(helpers, semaphore_lets_so_many_in) {
    EXPECT_EQ(run(many_with(1)), 1);
    EXPECT_EQ(run(many_with(3)), 3);
}

io::task<> wait_then_count(io::event& when, int& count) {
    co_await when.wait();
    ++count;
}

io::task<> set_later(io::event& which) {
    co_await io::sleep(1ms);
    which.set();
}

io::task<int> wait_for_event() {
    io::event happened;
    int count = 0;
    co_await io::all(wait_then_count(happened, count), wait_then_count(happened, count),
                     set_later(happened));
    co_await wait_then_count(happened, count);
    co_return count;
}

TEST_P(helpers, event_lets_everybody_go_on) {
    EXPECT_EQ(run(wait_for_event()), 3);
}

int slow_square(int value) {
    std::this_thread::sleep_for(5ms);
    return value * value;
}

io::task<int> squares(int count) {
    std::vector<io::task<int>> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(io::spawn_blocking([i] { return slow_square(i); }));
    }
    int sum = 0;
    for (const int each : co_await io::all(std::move(all)))
        sum += each;
    co_return sum;
}

TEST_P(helpers, blocking_functions_run_side_by_side) {
    EXPECT_EQ(run(squares(50)), 49 * 50 * 99 / 6);
}

io::task<> throws_elsewhere() {
    co_await io::spawn_blocking([] { throw std::runtime_error("on the thread"); });
}

TEST_P(helpers, error_comes_back_from_the_thread) {
    EXPECT_THROW(run(throws_elsewhere()), std::runtime_error);
}

io::task<> take_long(std::atomic<bool>& begun, std::atomic<bool>& returned) {
    co_await io::spawn_blocking([&] {
        begun = true;
        std::this_thread::sleep_for(20ms);
        returned = true;
    });
}
io::task<> until(const std::atomic<bool>& flag) {
    while (!flag)
        co_await io::sleep(1ms);
}
io::task<> cancel_what_runs(std::atomic<bool>& begun, std::atomic<bool>& returned) {
    co_await io::any(take_long(begun, returned), until(begun));
}

TEST_P(helpers, cancellation_waits_for_a_function_that_runs) {
    if (!GetParam()) return;  // there a function takes no time
    std::atomic<bool> begun = false;
    std::atomic<bool> returned = false;
    run(cancel_what_runs(begun, returned));
    EXPECT_TRUE(returned);
}

io::task<> hold_a_thread(const std::atomic<bool>& until_this) {
    co_await io::spawn_blocking([&] {
        while (!until_this)
            std::this_thread::sleep_for(1ms);
    });
}
io::task<> give_up_then_release(std::atomic<bool>& release) {
    bool ran = false;
    EXPECT_THROW(co_await io::timeout(5ms, io::spawn_blocking([&] { ran = true; })),
                 std::system_error);
    EXPECT_FALSE(ran);
    release = true;
}
io::task<> wait_for_a_thread(std::atomic<bool>& release) {
    std::vector<io::task<>> all;
    for (int i = 0; i < 16; ++i)
        all.push_back(hold_a_thread(release));
    all.push_back(give_up_then_release(release));
    co_await io::all(std::move(all));
}

TEST_P(helpers, function_that_no_thread_has_begun_is_cancelled) {
    if (!GetParam()) return;
    std::atomic<bool> release = false;
    run(wait_for_a_thread(release));
}

io::task<int> next_signal(io::signals& from) {
    ::raise(SIGUSR1);
    const int first = co_await from.next();
    EXPECT_EQ(first, SIGUSR1);
    EXPECT_THROW(co_await io::timeout(1ms, from.next()), std::system_error);
    ::raise(SIGUSR2);
    co_return co_await from.next();
}

TEST_P(kernel_helpers, signal_is_something_to_wait_for) {
    io::signals signals{SIGUSR1, SIGUSR2};
    EXPECT_EQ(run(next_signal(signals)), SIGUSR2);
}

io::task<> fill_pipe(io::stream to, std::size_t size) {
    const std::string much(size, 'p');
    co_await to.write(much);
}

io::task<std::size_t> drain(io::stream& from) {
    std::size_t size = 0;
    for (;;) {
        const io::chunk part = co_await from.read();
        if (part.empty()) co_return size;
        size += part.size();
    }
}

io::task<std::size_t> through_a_pipe() {
    auto [out, in] = io::pipe();
    auto [nothing, size] = co_await io::all(fill_pipe(std::move(in), 1'000'000), drain(out));
    co_return size;
}

TEST_P(kernel_helpers, pipe_carries_more_than_it_holds) {
    EXPECT_EQ(run(through_a_pipe()), 1'000'000U);
}

io::task<> write_without_reader() {
    auto [out, in] = io::pipe();
    out.close();
    co_await in.write("nobody");
}

TEST_P(kernel_helpers, broken_pipe_is_an_error_and_no_signal) {
    try {
        run(write_without_reader());
        FAIL() << "wrote into a pipe without a reader";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::broken_pipe);
    }
}

ZOCALO_IN_EVERY_WORLD(helpers);
ZOCALO_ON_EVERY_KERNEL_BACKEND(kernel_helpers);

}  // namespace
