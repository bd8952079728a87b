// SPDX-License-Identifier: MIT
#include "zocalo/net/stop.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <thread>
#include <vector>

#include "zocalo/net/poller.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

static_assert(!std::is_copy_constructible_v<stop_source> &&
              !std::is_move_constructible_v<stop_source> && !std::is_copy_assignable_v<stop_any>);

TEST(stop_source, is_asked_once_and_for_ever) {
    stop_source stop;
    EXPECT_FALSE(stop.stopped());
    EXPECT_FALSE(stop.stopped());  // asking changes nothing
    stop.request_stop();
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(stop.stopped());
        stop.request_stop();
    }
}

TEST(stop_source, a_full_counter_neither_blocks_nor_forgets) {
    stop_source stop;
    const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() - 1;
    ASSERT_EQ(::write(stop.fileno(), &most, sizeof most), static_cast<ssize_t>(sizeof most));
    stop.request_stop();
    EXPECT_TRUE(stop.stopped());
}

TEST(stop_source, threads_may_ask_at_once_and_all_who_wait_are_told) {
    stop_source stop;
    std::vector<std::pair<socket, socket>> ends;
    for (int i = 0; i < 8; ++i)
        ends.push_back(socket::pair());
    {
        std::vector<std::jthread> waiting;
        for (auto& [one, other] : ends) {
            one.stop_with(stop);
            waiting.emplace_back([&one] { EXPECT_THROW((void)one.recv(1), stopped); });
        }
        std::jthread first([&] { stop.request_stop(); });
        std::jthread second([&] { stop.request_stop(); });
    }
    EXPECT_TRUE(stop.stopped());
}

stop_source* asked_by_signal = nullptr;

TEST(stop_source, may_be_asked_from_a_signal_handler) {
    stop_source stop;
    asked_by_signal = &stop;
    struct sigaction action{};
    struct sigaction old{};
    action.sa_handler = [](int) { asked_by_signal->request_stop(); };
    ::sigaction(SIGUSR1, &action, &old);
    auto [one, other] = socket::pair();
    one.stop_with(stop);
    const pthread_t self = ::pthread_self();
    {
        const std::jthread sender([self] {
            std::this_thread::sleep_for(10ms);
            ::pthread_kill(self, SIGUSR1);
        });
        EXPECT_THROW((void)one.recv(1), stopped);
    }
    ::sigaction(SIGUSR1, &old, nullptr);
}

TEST(stop_any, of_nothing_never_stops) {
    const stop_any any;
    EXPECT_FALSE(any.stopped());
}

TEST(stop_any, each_condition_alone_is_enough) {
    for (int which = 0; which < 3; ++which) {
        stop_source sources[3];
        const stop_any any{&sources[0], &sources[1], &sources[2]};
        EXPECT_FALSE(any.stopped());
        sources[which].request_stop();
        EXPECT_TRUE(any.stopped()) << which;
        for (int other = 0; other < 3; ++other)
            EXPECT_EQ(sources[other].stopped(), other == which);
    }
}

TEST(stop_any, learns_of_conditions_later_and_of_stops_that_were_before) {
    stop_source early;
    stop_source late;
    stop_any any;
    any.add(late);
    any.add(late);  // a second time changes nothing
    EXPECT_FALSE(any.stopped());
    early.request_stop();
    EXPECT_FALSE(any.stopped());
    any.add(early);
    EXPECT_TRUE(any.stopped());
}

TEST(stop_any, may_hold_others_but_not_itself) {
    stop_source stop;
    stop_any inner{&stop};
    stop_any outer{&inner};
    EXPECT_THROW(inner.add(outer), std::system_error);  // each would wait for the other
    EXPECT_THROW(inner.add(inner), std::system_error);
    EXPECT_FALSE(outer.stopped());
    stop.request_stop();
    EXPECT_TRUE(inner.stopped());
    EXPECT_TRUE(outer.stopped());
}

TEST(stop_any, ends_a_wait_of_another_thread_when_a_condition_is_added) {
    stop_source stop;
    stop.request_stop();
    stop_any any;
    auto [one, other] = socket::pair();
    one.stop_with(any);
    const std::jthread waiting([&waiter = one] { EXPECT_THROW((void)waiter.recv(1), stopped); });
    std::this_thread::sleep_for(5ms);
    any.add(stop);
}

TEST(stop_any, wakes_a_poller_like_any_descriptor) {
    stop_source stop;
    const stop_any any{&stop};
    poller waiting;
    waiting.add(any.fileno(), event::read, 7);
    EXPECT_TRUE(waiting.wait(timeout::zero()).empty());
    stop.request_stop();
    ASSERT_EQ(waiting.wait(5s).size(), 1U);
}

}  // namespace
}  // namespace zocalo::net
