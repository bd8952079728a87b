// SPDX-License-Identifier: MIT
// One moment for many steps, and very many limits at once.
#include "zocalo/io/timeout.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <deque>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/stream.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;

class limits : public zocalo::tests::in_every_world {};

io::task<> take_steps(int& taken) {
    for (;; ++taken)
        co_await io::sleep(1ms);
}

io::task<std::chrono::nanoseconds> steps_until(std::chrono::nanoseconds span, int& taken) {
    const io::time_point begin = co_await io::now();
    try {
        co_await io::deadline(begin + span, take_steps(taken));
        ADD_FAILURE() << "the steps have no end";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
        EXPECT_EQ(error.what(), "sleep: " + error.code().message());
    }
    co_return co_await io::now() - begin;
}

TEST_P(limits, of_one_moment_are_for_all_steps_together) {
    int taken = 0;
    const auto took = run(steps_until(5500us, taken));
    EXPECT_GE(took, 5500us);
    EXPECT_LE(taken, 5);
    if (!is_simulated()) return;
    EXPECT_EQ(took, 5500us);
    EXPECT_EQ(taken, 5);
}

TEST_P(limits, in_the_past_end_the_first_step) {
    int taken = 0;
    run(steps_until(-1h, taken));
    EXPECT_EQ(taken, 0);
}

io::task<std::string> read_at_once(io::stream& from) {
    const io::chunk got = co_await from.read();
    co_return std::string(got.text());
}

io::task<> look_three_times() {
    auto [here, there] = io::stream::pair();
    for (int i = 0; i < 3; ++i) {
        bool was_empty = false;
        try {
            io::task<std::string> look = io::timeout(0ns, read_at_once(there));
            (void)co_await std::move(look);
        } catch (const std::system_error& error) {
            was_empty = error.code() == std::errc::timed_out;
        }
        EXPECT_TRUE(was_empty);
        co_await here.write("x");
        co_await io::sleep(1ms);
        co_await io::sleep(0ns);  // goes on in the middle of a turn
        io::task<std::string> look = io::timeout(0ns, read_at_once(there));
        const std::string seen = co_await std::move(look);
        EXPECT_EQ(seen, "x");
    }
    here.close();
    co_await io::sleep(1ms);
    co_await io::sleep(0ns);  // goes on in the middle of a turn
    io::task<std::string> look = io::timeout(0ns, read_at_once(there));
    const std::string seen = co_await std::move(look);
    EXPECT_EQ(seen, "");
}

/// What a connection that rested has to say, its end for one, is seen before it is used again.
TEST_P(limits, of_nothing_are_for_a_look) {
    run(look_three_times());
}

io::task<int> in_good_time() {
    const io::time_point until = co_await io::now() + 1h;
    co_return co_await io::deadline(until, []() -> io::task<int> {
        co_await io::sleep(0ns);
        co_return 5;
    }());
}

TEST_P(limits, that_are_kept_change_nothing) {
    EXPECT_EQ(run(in_good_time()), 5);
}

io::task<> several_under_one_deadline(std::vector<std::string>& told) {
    const io::time_point until = co_await io::now() + 3ms;
    for (int i = 0; i < 2; ++i) {
        try {
            co_await io::deadline(until, io::sleep(1h));
            told.emplace_back("in time");
        } catch (const std::system_error&) {
            told.emplace_back("late");
        }
    }
}

TEST_P(limits, of_one_moment_may_be_given_to_one_step_after_another) {
    std::vector<std::string> told;
    run(several_under_one_deadline(told));
    EXPECT_EQ(told, (std::vector<std::string>{"late", "late"}));
}

// --- Very many

io::task<> wait_with_limit(io::event& of, zocalo::timeout limit) {
    co_await io::timeout(limit, of.wait());
}

io::task<> set_in_order(std::deque<io::event>& events, const std::vector<std::size_t>& order) {
    for (const std::size_t place : order)
        events[place].set();
    co_return;
}

enum class limit_of_each { none, its_own };

/// So many tasks wait, and each is let go on before its limit, which is far away; in any order.
io::task<> wait_together(std::size_t count, limit_of_each limit) {
    std::mt19937 random(1);
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    std::uniform_int_distribution<int> minutes(60, 6000);
    std::deque<io::event> events(count);
    std::vector<io::task<>> all;
    for (io::event& each : events) {
        const std::chrono::minutes own(minutes(random));
        all.push_back(wait_with_limit(
            each, limit == limit_of_each::none ? zocalo::timeout::none() : zocalo::timeout(own)));
    }
    all.push_back(set_in_order(events, order));
    co_await io::all(std::move(all));
}

/// Of this process: what others do does not lengthen it much.
std::clock_t processor_time_of(std::size_t count, limit_of_each limit) {
    io::loop loop;
    const std::clock_t before = std::clock();
    loop.run(wait_together(count, limit));
    return std::clock() - before;
}

/// A hundred thousand tasks with limits cost little more than without. Where each timer had to be
/// looked for among the others they would cost many times as much.
TEST(limits_without_end, are_cheap_to_set_and_to_drop) {
    constexpr std::size_t count = 100'000;
    const std::clock_t without = processor_time_of(count, limit_of_each::none);
    const std::clock_t with = processor_time_of(count, limit_of_each::its_own);
    EXPECT_LT(with, 3 * without);
}

ZOCALO_IN_EVERY_WORLD(limits);

}  // namespace
