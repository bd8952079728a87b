// SPDX-License-Identifier: MIT
#include "zocalo/io/scope.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class scopes : public zocalo::tests::in_every_world {};

using story = std::vector<std::string>;

/// So many turns of the loop from now: which of two timers is the earlier one, a slow machine
/// decides.
io::task<> say_in_turn(story& told, int turn, std::string what) {
    for (int i = 0; i < turn; ++i)
        co_await io::sleep(0ns);
    told.push_back(what);
}

io::task<> say_after(story& told, zocalo::timeout delay, std::string what) {
    co_await io::sleep(delay);
    told.push_back(what);
}

io::task<> wait_for_ever(story& told, std::string name) {
    try {
        co_await io::sleep(zocalo::timeout::none());
    } catch (const net::stopped&) {
        told.push_back(name + " stopped");
        throw;
    }
}

io::task<> fail_after(zocalo::timeout delay, std::string what) {
    co_await io::sleep(delay);
    throw std::runtime_error(what);
}

io::task<> spawn_three(io::scope& in, story& told) {
    in.spawn(say_in_turn(told, 3, "third"));
    in.spawn(say_in_turn(told, 1, "first"));
    in.spawn(say_in_turn(told, 2, "second"));
    told.push_back("body ends");
    co_return;
}

io::task<> run_three(story& told) {
    io::scope scope;
    co_await scope.run(spawn_three(scope, told));
    told.push_back("all ended");
}

TEST_P(scopes, wait_for_all_that_was_spawned) {
    story told;
    run(run_three(told));
    EXPECT_EQ(told, (story{"body ends", "first", "second", "third", "all ended"}));
}

io::task<> spawn_one_that_fails(io::scope& in, story& told) {
    in.spawn(fail_after(1ms, "broken"));
    in.spawn(wait_for_ever(told, "child"));
    co_await wait_for_ever(told, "body");
}

io::task<> run_one_that_fails(story& told) {
    io::scope scope;
    co_await scope.run(spawn_one_that_fails(scope, told));
}

TEST_P(scopes, an_error_cancels_the_others_and_comes_out) {
    story told;
    EXPECT_THROW(run(run_one_that_fails(told)), std::runtime_error);
    EXPECT_EQ(told.size(), 2U);
}

io::task<> cancel_from_inside(io::scope& scope, story& told) {
    scope.spawn(wait_for_ever(told, "child"));
    co_await io::sleep(1ms);
    EXPECT_EQ(scope.size(), 2U);
    scope.cancel();
    EXPECT_THROW(co_await io::sleep(1h), net::stopped) << "cancelled already";
    told.push_back("body goes on");
}

io::task<> run_and_cancel(story& told) {
    io::scope scope;
    try {
        co_await scope.run(cancel_from_inside(scope, told));
    } catch (const net::stopped&) {
        told.push_back("run stopped");
    }
    EXPECT_EQ(scope.size(), 0U);
}

TEST_P(scopes, cancel_reaches_everything_inside) {
    story told;
    run(run_and_cancel(told));
    EXPECT_EQ(told.size(), 3U);
    EXPECT_EQ(told.back(), "run stopped");
}

io::task<> spawn_too_late(io::scope& scope, story& told) {
    scope.spawn(fail_after(0ms, "broken"));
    try {
        co_await io::sleep(1h);
    } catch (const net::stopped&) {
        scope.spawn(wait_for_ever(told, "late"));
    }
}

io::task<> run_spawn_too_late(story& told) {
    io::scope scope;
    co_await scope.run(spawn_too_late(scope, told));
}

TEST_P(scopes, what_is_spawned_after_an_error_is_cancelled_too) {
    story told;
    EXPECT_THROW(run(run_spawn_too_late(told)), std::runtime_error);
    EXPECT_EQ(told, story{"late stopped"});
}

io::task<> cancel_and_spawn(io::scope& scope, story& told) {
    scope.cancel();
    scope.spawn(wait_for_ever(told, "late"));
    co_return;
}

io::task<> run_twice(story& told) {
    io::scope scope;
    EXPECT_THROW(co_await scope.run(cancel_and_spawn(scope, told)), net::stopped);
    co_await scope.run(say_after(told, 1ms, "as new"));
}

TEST_P(scopes, cancel_lasts_until_the_end_of_the_run) {
    story told;
    run(run_twice(told));
    EXPECT_EQ(told, (story{"late stopped", "as new"}));
}

/// Fails, or is cancelled, before it comes to await its parameter.
io::task<> sleep_first(zocalo::timeout delay, io::task<> then) {
    co_await io::sleep(delay);
    co_await std::move(then);
}

TEST_P(scopes, a_task_goes_with_the_failed_one_that_was_to_await_it) {
    story told;
    EXPECT_THROW(run(io::timeout(1ms, sleep_first(1h, say_after(told, 0ms, "never")))),
                 std::system_error);
    EXPECT_TRUE(told.empty());
}

io::task<> nested(story& told) {
    io::scope scope;
    co_await scope.run(wait_for_ever(told, "inner"));
}

TEST_P(scopes, time_out_reaches_nested_scopes) {
    story told;
    try {
        run(io::timeout(5ms, nested(told)));
        FAIL() << "ended by itself";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
    EXPECT_EQ(told, story{"inner stopped"});
}

io::task<> both_time_outs() {
    co_await io::timeout(1h, io::timeout(2ms, io::sleep(1h)));
}
io::task<> outer_time_out() {
    co_await io::timeout(2ms, io::timeout(1h, io::sleep(1h)));
}

TEST_P(scopes, inner_and_outer_time_outs_both_count) {
    for (int i = 0; i < 2; ++i) {
        try {
            run(i == 0 ? both_time_outs() : outer_time_out());
            FAIL() << "ended by itself";
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
            EXPECT_NE(std::string(error.what()).find("2 ms"), std::string::npos) << error.what();
        }
    }
}

io::task<int> give(zocalo::timeout delay, int value) {
    co_await io::sleep(delay);
    co_return value;
}

io::task<int> race(story& told) {
    auto first = co_await io::any(give(1h, 2), give(1ms, 1), wait_for_ever(told, "loser"));
    co_return static_cast<int>(first.index()) * 10 + std::get<1>(first);
}

TEST_P(scopes, any_gives_the_first_and_ends_the_others) {
    story told;
    EXPECT_EQ(run(race(told)), 11);
    EXPECT_EQ(told, story{"loser stopped"});
}

io::task<int> sum_of_all() {
    auto [one, nothing, three] = co_await io::all(give(2ms, 1), io::sleep(1ms), give(0ns, 3));
    std::vector<io::task<int>> more;
    for (int i = 0; i < 100; ++i)
        more.push_back(give(1ms, i));
    int sum = one + three;
    for (const int each : co_await io::all(std::move(more)))
        sum += each;
    co_return sum;
}

TEST_P(scopes, all_gives_every_value) {
    EXPECT_EQ(run(sum_of_all()), 4 + 4950);
}

io::task<int> ends_just_in_time() {
    co_return co_await io::timeout(1h, give(0ns, 5));
}

TEST_P(scopes, time_out_that_is_not_needed_costs_no_time) {
    EXPECT_EQ(run(ends_just_in_time()), 5);
}

TEST(scope, spawn_outside_of_run_is_an_error) {
    story told;
    io::scope scope;
    EXPECT_THROW(scope.spawn(wait_for_ever(told, "never")), std::logic_error);
}

io::task<> deadlock() {
    co_await io::sleep(zocalo::timeout::none());
}

TEST(scope_death_test, waiting_for_nothing_is_told) {
    EXPECT_DEATH(deadlock().get(), "all tasks wait for each other");
}

ZOCALO_IN_EVERY_WORLD(scopes);

}  // namespace
