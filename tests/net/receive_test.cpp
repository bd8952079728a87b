// SPDX-License-Identifier: MIT
#include "zocalo/net/receive.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "zocalo/core/error.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

TEST(receive_line, takes_one_line_and_leaves_the_rest) {
    auto [ours, theirs] = socket::pair();
    theirs.send_all("first\r\nsecond\n\nlast");
    theirs.shutdown(direction::write);
    EXPECT_EQ(receive_line(ours), "first");
    EXPECT_EQ(receive_line(ours), "second");
    EXPECT_EQ(receive_line(ours), "");
    EXPECT_EQ(receive_line(ours), "last");
    EXPECT_EQ(receive_line(ours), "");
}

TEST(receive_line, does_not_depend_on_how_the_bytes_come) {
    auto [ours, theirs] = socket::pair();
    std::jthread sender([&peer = theirs] {
        for (const char c : std::string("one byte at a time\nnext")) {
            peer.send(std::string(1, c));
            std::this_thread::sleep_for(1ms);
        }
    });
    EXPECT_EQ(receive_line(ours, {.quiet = 5s}), "one byte at a time");
    sender.join();
    EXPECT_EQ(ours.recv(100), "next");
}

TEST(receive_line, is_cut_at_the_limit) {
    auto [ours, theirs] = socket::pair();
    theirs.send_all(std::string(3000, 'x') + "\n");
    EXPECT_EQ(receive_line(ours, {.limit = 2500}), std::string(2500, 'x'));
    EXPECT_EQ(receive_line(ours, {.limit = 500}), std::string(500, 'x'));
    theirs.send_all("next\n");
    EXPECT_EQ(receive_line(ours), "next");
}

TEST(receive_line, has_no_limit_that_wraps) {
    auto [ours, theirs] = socket::pair();
    theirs.send_all("whole\n");
    EXPECT_EQ(receive_line(ours, {.limit = std::numeric_limits<std::size_t>::max()}), "whole");
}

TEST(receive_line, a_silence_ends_it_only_after_something_has_come) {
    auto [ours, theirs] = socket::pair();
    std::jthread sender([&peer = theirs] {
        std::this_thread::sleep_for(50ms);
        peer.send_all("name");
    });
    EXPECT_EQ(receive_line(ours, {.quiet = 10ms}), "name");
    EXPECT_TRUE(ours.get_timeout().is_none());
    sender.join();
    theirs.send_all("half");
    ours.set_timeout(20ms);
    try {
        (void)receive_line(ours);
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::timed_out);
    }
}

TEST(receive_line, slow_peers_do_not_stretch_the_time_out) {
    auto [ours, theirs] = socket::pair();
    ours.set_timeout(50ms);
    stop_source done;
    std::jthread drip([&peer = theirs, &done] {
        while (!done.stopped()) {
            peer.send("x");
            std::this_thread::sleep_for(2ms);
        }
    });
    EXPECT_THROW((void)receive_line(ours, {.quiet = 1s}), std::system_error);
    done.request_stop();
}

TEST(receive_line, obeys_a_stop) {
    auto [ours, theirs] = socket::pair();
    stop_source stop;
    ours.stop_with(stop);
    stop.request_stop();
    EXPECT_THROW((void)receive_line(ours), stopped);
}

TEST(receive_all, reads_to_the_end_but_not_past_the_limit) {
    auto [ours, theirs] = socket::pair();
    theirs.send_all(std::string(40'000, 'x'));
    theirs.shutdown(direction::write);
    EXPECT_EQ(receive_all(ours, 40'000).size(), 40'000U);

    auto [mine, yours] = socket::pair();
    yours.send_all("four");
    yours.shutdown(direction::write);
    EXPECT_THROW((void)receive_all(mine, 3), protocol_error);
}

}  // namespace
}  // namespace zocalo::net
