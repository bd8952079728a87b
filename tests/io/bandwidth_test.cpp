// SPDX-License-Identifier: MIT
#include "zocalo/io/bandwidth.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "io/worlds.hpp"
#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/scope.hpp"

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

using moments = std::vector<std::chrono::milliseconds>;

io::task<> note_when_it_comes(io::stream& from, io::time_point begin, moments& all) {
    const io::chunk got = co_await from.read();
    EXPECT_EQ(got.size(), 1000U);
    const io::time_point moment = co_await io::now();
    all.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(moment - begin));
}

/// Five wait for bytes, which come for all of them after 20 ms.
io::task<> wait_together(rate reading, io::scope& together, moments& all) {
    std::vector<io::stream> near;
    std::vector<io::stream> far;
    const io::time_point begin = co_await io::now();
    for (int i = 0; i < 5; ++i) {
        auto [one, below] = io::memory_pair();
        near.push_back(std::move(one));
        far.push_back(io::limit_bandwidth(std::move(below), reading, nullptr));
    }
    for (io::stream& each : far)
        together.spawn(note_when_it_comes(each, begin, all));
    co_await io::sleep(20ms);
    const std::string text(1000, 'x');
    for (io::stream& each : near)
        co_await each.write(text);
    while (together.size() > 1)
        co_await io::sleep(1ms);
}
io::task<> note_all(rate reading, moments& all) {
    io::scope together;
    co_await together.run(wait_together(std::move(reading), together, all));
}

/// One burst that was saved up, and one that is under way; the line takes 10 ms for each further.
TEST_P(bandwidths, let_no_burst_through_for_each_who_waits) {
    moments all;
    run(note_all(at(100'000), all));
    ASSERT_EQ(all.size(), 5U);
    if (!is_simulated()) return;
    EXPECT_EQ(all, (moments{20ms, 20ms, 30ms, 40ms, 50ms}));
}

/// Gives up again and again: what has come and was not handed out comes the next time.
io::task<> read_impatiently(io::stream& from, std::string& came) {
    std::array<char, 300> room{};
    for (std::size_t got = 1; got > 0;) {
        try {
            got = co_await io::timeout(
                1ms, from.read_some(zocalo::mutable_buffer(room.data(), room.size())));
            came.append(room.data(), got);
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
        }
    }
}

io::task<> share_impatiently(rate both, const std::string& text) {
    auto [one, one_below] = io::memory_pair();
    auto [two, two_below] = io::memory_pair();
    io::stream first = io::limit_bandwidth(std::move(one_below), both, nullptr);
    io::stream second = io::limit_bandwidth(std::move(two_below), both, nullptr);
    std::string from_first;
    std::string from_second;
    co_await io::all(write_and_finish(one, text), write_and_finish(two, text),
                     read_impatiently(first, from_first), read_impatiently(second, from_second));
    EXPECT_TRUE(from_first == text);
    EXPECT_TRUE(from_second == text);
}

TEST_P(bandwidths, lose_nothing_of_a_read_that_is_cancelled) {
    std::string text;
    for (int i = 0; text.size() < 5000; ++i)
        text += std::to_string(i) + ' ';
    run(share_impatiently(at(100'000), text));
}

TEST(bandwidth, of_nothing_is_refused) {
    EXPECT_THROW(io::bandwidth(0), std::invalid_argument);
    EXPECT_THROW(io::bandwidth(1, 0), std::invalid_argument);
}

ZOCALO_IN_EVERY_WORLD(bandwidths);

}  // namespace
