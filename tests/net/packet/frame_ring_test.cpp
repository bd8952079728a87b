// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "bytes_of.hpp"
#include "wire.hpp"
#include "zocalo/net/batch.hpp"
#include "zocalo/net/poller.hpp"

namespace zocalo::net::packet {
namespace {

using namespace std::chrono_literals;

constexpr ring_options small{.size = 64 * 1024, .block = 16 * 1024, .delay = 1ms};

class ring : public wire {};

TEST_F(ring, goes_round_and_keeps_the_order) {
    auto sender = opened("west");
    auto receiver = opened("east", {.type = ethertype::experimental_1, .ring = small});
    constexpr int count = 500;  // some ten times what the ring holds
    for (int i = 0; i < count; ++i) {
        sender.send(frame(std::to_string(i) + std::string(1000, '.')));
        const auto got = receiver.recv();
        EXPECT_EQ(text_of(got.data).substr(14, 4), (std::to_string(i) + "...").substr(0, 4));
        EXPECT_EQ(got.from.hardware, west);
    }
    EXPECT_EQ(receiver.statistics().received, static_cast<std::uint64_t>(count));
    EXPECT_EQ(receiver.statistics().dropped, 0U);
}

TEST_F(ring, what_does_not_fit_is_dropped_and_counted) {
    auto sender = opened("west");
    auto receiver = opened("east", {.type = ethertype::experimental_1, .ring = small});
    constexpr std::uint64_t count = 200;
    for (std::uint64_t i = 0; i < count; ++i)
        sender.send(frame(std::string(1000, 'x')));
    std::uint64_t got = 0;
    receiver.set_timeout(100ms);
    try {
        for (;; ++got)
            (void)receiver.recv();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::timed_out);
    }
    const auto counted = receiver.statistics();
    EXPECT_EQ(counted.received, count);
    EXPECT_GT(counted.dropped, 0U);
    EXPECT_EQ(got, count - counted.dropped);
}

TEST_F(ring, takes_what_is_sent_in_one_call) {
    auto sender = opened("west");
    auto receiver = opened("east", {.type = ethertype::experimental_1, .ring = small});
    constexpr std::size_t count = 20;
    std::vector<bytes> frames;
    send_batch batch(count);
    for (std::size_t i = 0; i < count; ++i)
        frames.push_back(frame("number " + std::to_string(i)));
    for (const bytes& one : frames)
        ASSERT_TRUE(batch.add(one));
    send_many(sender.base(), batch);
    for (const bytes& one : frames) {
        const auto got = receiver.recv();
        EXPECT_EQ(bytes(got.data.begin(), got.data.end()), one);
    }
}

TEST_F(ring, a_poller_sees_a_block) {
    auto sender = opened("west");
    auto receiver = opened("east", {.type = ethertype::experimental_1, .ring = small});
    receiver.set_timeout(timeout::zero());
    poller waiting;
    waiting.add(receiver.base(), event::read);
    EXPECT_TRUE(waiting.wait(0ms).empty());
    for (int i = 0; i < 3; ++i)
        sender.send(frame("x"));
    int got = 0;
    while (got < 3) {
        ASSERT_EQ(waiting.wait(2s).size(), 1U);
        try {
            for (;; ++got)
                (void)receiver.recv();
        } catch (const std::system_error& e) {
            EXPECT_EQ(e.code(), std::errc::operation_would_block);
        }
    }
    EXPECT_EQ(got, 3);
}

TEST_F(ring, survives_being_moved) {
    auto sender = opened("west");
    auto first = opened("east", {.type = ethertype::experimental_1, .ring = small});
    sender.send(frame("x"));
    auto second = std::move(first);
    EXPECT_EQ(second.recv().wire_length, 60U);
    second = opened("east", {.type = ethertype::experimental_1});
    sender.send(frame("y"));
    EXPECT_EQ(second.recv().wire_length, 60U);
}

TEST_F(ring, sizes_that_make_no_sense_are_refused) {
    EXPECT_THROW((void)opened("east", {.ring = {.size = 4096}}), std::invalid_argument);
    EXPECT_THROW((void)opened("east", {.ring = {.size = 1 << 20, .block = 0}}),
                 std::invalid_argument);
    EXPECT_THROW((void)opened("east", {.ring = {.size = 1 << 20, .delay = 0ms}}),
                 std::invalid_argument);
    EXPECT_THROW((void)opened("east", {.ring = {.size = std::size_t{1} << 40}}),
                 std::invalid_argument);
}

TEST_F(ring, sending_may_pass_the_queue) {
    using run = test::network_namespace;
    ASSERT_TRUE(run::run("tc qdisc replace dev west root blackhole"));
    auto receiver = opened("east", {.type = ethertype::experimental_1, .ring = small});
    opened("west").send(frame("lost"));
    EXPECT_TRUE(hears_nothing(receiver));
    receiver.set_timeout(2s);
    opened("west", {.bypass_queue = true}).send(frame("past"));
    EXPECT_EQ(text_of(receiver.recv().data).substr(14, 4), "past");
}

}  // namespace
}  // namespace zocalo::net::packet
