// SPDX-License-Identifier: MIT
#include "zocalo/core/deadline.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace zocalo {
namespace {

using namespace std::chrono_literals;

static_assert(timeout(std::nullopt).is_none() && timeout::none() == timeout(std::nullopt));
static_assert(timeout(0s).is_zero() && !timeout(0s).is_none());
static_assert(timeout(-5s).is_zero());
static_assert(timeout(2s).value() == 2s);
static_assert(timeout(std::chrono::duration<double>(0.25)).value() == 250ms);
static_assert(shorter(1s, 2s) == timeout(1s) && shorter(2s, 1s) == timeout(1s));
static_assert(shorter(timeout::none(), 1s) == timeout(1s) &&
              shorter(1s, timeout::none()) == timeout(1s));
static_assert(shorter(timeout::none(), timeout::none()).is_none());
static_assert(shorter(timeout::none(), timeout::zero()).is_zero());

TEST(timeout, spans_at_the_edges_are_cut_and_never_wrap) {
    constexpr auto longest = std::chrono::nanoseconds::max();
    EXPECT_EQ(timeout(std::chrono::hours::max()).value(), longest);
    EXPECT_EQ(timeout(std::chrono::seconds::max()).value(), longest);
    EXPECT_EQ(timeout(std::chrono::duration<double>(1e300)).value(), longest);
    EXPECT_TRUE(timeout(std::chrono::hours::min()).is_zero());
    // Python's settimeout(1e-10) waits the shortest time; it does not stop waiting.
    EXPECT_EQ(timeout(std::chrono::duration<double>(1e-10)).value(), std::chrono::nanoseconds(1));
    EXPECT_TRUE(
        timeout(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())).is_zero());
}

TEST(deadline, counts_down_and_stays_at_zero) {
    const deadline until{20ms};
    EXPECT_FALSE(until.passed());
    EXPECT_LE(*until.remaining().value(), 20ms);
    std::this_thread::sleep_for(25ms);
    EXPECT_TRUE(until.passed());
    EXPECT_TRUE(until.remaining().is_zero());
    EXPECT_EQ(until.limit().value(), 20ms);
}

TEST(deadline, is_a_moment) {
    const auto before = deadline::clock::now();
    const deadline until{1h};
    EXPECT_GE(until.at(), before + 1h);
    EXPECT_LE(until.at(), deadline::clock::now() + 1h);
    EXPECT_EQ(deadline{timeout::none()}.at(), deadline::clock::time_point::max());
    EXPECT_EQ(deadline{std::chrono::hours::max()}.at(), deadline::clock::time_point::max());
    EXPECT_LT(deadline{timeout::zero()}.at(), before);
}

TEST(deadline, without_limit_never_passes) {
    EXPECT_TRUE(deadline{timeout::none()}.remaining().is_none());
    EXPECT_FALSE(deadline{timeout::none()}.passed());
    EXPECT_FALSE(deadline{std::chrono::hours::max()}.passed());
    EXPECT_TRUE(deadline{timeout::zero()}.passed());
}

}  // namespace
}  // namespace zocalo
