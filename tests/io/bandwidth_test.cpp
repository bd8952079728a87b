// SPDX-License-Identifier: MIT
#include "zocalo/io/bandwidth.hpp"

#include <gtest/gtest.h>

#include <string>

#include "io/worlds.hpp"
#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/memory_pair.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
using zocalo::tests::read_all;
using zocalo::tests::write_and_finish;
using rate = std::shared_ptr<io::bandwidth>;

class bandwidths : public zocalo::tests::in_every_world {};

io::task<std::chrono::nanoseconds> time_for(std::size_t size, rate reading, rate writing) {
    auto [one, below] = io::memory_pair();
    io::stream other = io::limit_bandwidth(std::move(below), reading, writing);
    const io::time_point before = co_await io::now();
    const std::string text(size, 'x');
    if (writing != nullptr) std::swap(one, other);
    auto [nothing, came] = co_await io::all(write_and_finish(one, text), read_all(other));
    EXPECT_TRUE(came == text);
    co_return co_await io::now() - before;
}

rate at(std::uint64_t bytes_per_second) {
    return std::make_shared<io::bandwidth>(bytes_per_second, 1000);
}

/// 6,000 bytes, of which 1,000 are the burst and 1,000 more may be under way, at 100,000 a second.
TEST_P(bandwidths, hold_reading_and_writing_back) {
    EXPECT_GE(run(time_for(6000, at(100'000), nullptr)), 40ms);
    EXPECT_GE(run(time_for(6000, nullptr, at(100'000))), 40ms);
    (void)run(time_for(1000, at(1), nullptr));  // the burst goes at once, or it takes minutes
    if (!is_simulated()) return;                // a real machine takes the time that it takes
    EXPECT_LT(run(time_for(6000, at(1'000'000'000), at(1'000'000'000))), 10us);
    EXPECT_EQ(run(time_for(1000, at(1), nullptr)), 0ns);
}

/// From before the first byte of either to behind the last.
io::task<std::chrono::nanoseconds> share(rate of_both) {
    const io::time_point before = co_await io::now();
    (void)co_await io::all(time_for(3000, nullptr, of_both), time_for(3000, nullptr, of_both));
    co_return co_await io::now() - before;
}

TEST_P(bandwidths, are_shared) {
    EXPECT_GE(run(share(at(100'000))), 40ms);
}

TEST(bandwidth, of_nothing_is_refused) {
    EXPECT_THROW(io::bandwidth(0), std::invalid_argument);
    EXPECT_THROW(io::bandwidth(1, 0), std::invalid_argument);
}

ZOCALO_IN_EVERY_WORLD(bandwidths);

}  // namespace
