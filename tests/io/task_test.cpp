// SPDX-License-Identifier: MIT
#include "zocalo/io/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "zocalo/io/loop.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;

io::task<int> answer() {
    co_return 42;
}

io::task<int> twice(io::task<int> what) {
    co_return 2 * co_await std::move(what);
}

io::task<std::unique_ptr<int>> owned() {
    co_return std::make_unique<int>(7);
}

io::task<> fails() {
    throw std::runtime_error("on purpose");
    co_return;
}

TEST(task, value_comes_out_of_get) {
    EXPECT_EQ(answer().get(), 42);
}

TEST(task, awaits_another_task) {
    EXPECT_EQ(twice(answer()).get(), 84);
}

TEST(task, value_may_be_move_only) {
    EXPECT_EQ(*owned().get(), 7);
}

io::task<std::string> message_of_failure() {
    try {
        co_await fails();
    } catch (const std::runtime_error& error) {
        co_return error.what();
    }
    co_return "nothing was thrown";
}

TEST(task, exception_passes_through_co_await) {
    EXPECT_EQ(message_of_failure().get(), "on purpose");
    EXPECT_THROW(fails().get(), std::runtime_error);
}

io::task<long> many_awaits(long count) {
    long sum = 0;
    for (long i = 0; i < count; ++i)
        sum += co_await answer();
    co_return sum;
}

/// Each await completes at once; a symmetric transfer that is no tail call would need a gigabyte of
/// stack here.
TEST(task, ten_million_awaits_do_not_grow_the_stack) {
    constexpr long count = 10'000'000;
    EXPECT_EQ(many_awaits(count).get(), 42 * count);
}

io::task<int> many_waits(int count) {
    for (int i = 0; i < count; ++i)
        co_await io::sleep(0ns);
    co_return count;
}

TEST(task, many_real_waits_do_not_grow_the_stack) {
    EXPECT_EQ(many_waits(200'000).get(), 200'000);
    EXPECT_EQ(twice(many_waits(200'000)).get(), 400'000);
}

io::task<int> blocks_inside() {
    co_await io::sleep(0ns);
    co_return answer().get();
}

TEST(task, get_inside_of_a_loop_is_an_error) {
    EXPECT_THROW(blocks_inside().get(), std::logic_error);
    io::loop loop;
    EXPECT_THROW(loop.run(blocks_inside()), std::logic_error);
    EXPECT_EQ(answer().get(), 42) << "the loop has ended, so this is no longer one";
}

TEST(task_death_test, forgotten_task_is_told) {
    EXPECT_DEATH({ auto forgotten = answer(); }, "never awaited");
}

io::task<> forgets_and_fails() {
    auto forgotten = answer();
    throw std::runtime_error("before it was awaited");
    co_await std::move(forgotten);
}

TEST(task, exception_excuses_a_forgotten_task) {
    EXPECT_THROW(forgets_and_fails().get(), std::runtime_error);
}

TEST(task, may_be_discarded) {
    auto unwanted = answer();
    std::move(unwanted).discard();
}

}  // namespace
