// SPDX-License-Identifier: MIT
// TLS over sockets that fail, are late or take little: the error comes out as it is, and where the
// bytes are split makes no difference.
#include <gtest/gtest.h>

#include <string>

#include "tls/ends.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
namespace io = zocalo::io;

class faulty_tls : public in_every_world {};

/// A handshake, a message each way, much in one direction, and both ends.
io::task<std::size_t> whole_dialogue(std::size_t much) {
    both_ends ends = co_await secure();
    co_await greet(ends);
    const std::string data(much, 'x');
    auto [nothing, came] =
        co_await io::all(write_and_finish(ends.client, data), read_all(ends.server));
    co_await ends.server.finish();
    EXPECT_EQ(came, data);
    co_return came.size();
}

TEST_P(faulty_tls, each_operation_in_turn_fails_once) {
    std::string kinds;
    faults = [&](const io::coming_operation& what) {
        kinds += std::string(io::to_text(what.kind)) + ", ";
        return io::fault{};
    };
    EXPECT_EQ(run(whole_dialogue(1000)), 1000U);
    int failed = 0;
    // Where time is real, every fourth: the other end often waits a second for an alert.
    const std::uint64_t step = is_simulated() ? 1 : 4;
    for (std::uint64_t n = 1;; n += step) {
        ASSERT_LT(n, 200U) << "it fails although nothing is wrong";
        faults = io::fail_nth(n, std::errc::no_buffer_space);
        try {
            EXPECT_EQ(run(whole_dialogue(1000)), 1000U);
            break;
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::no_buffer_space) << n << ": " << error.what();
            ++failed;
        }
    }
    EXPECT_GE(failed, is_simulated() ? 8 : 2) << kinds;
}

/// Not of single bytes: a Unix socket holds some hundred pieces, and nobody reads the tickets that
/// end a handshake until both ends have ended theirs. Those are in cut_test.cpp.
TEST_P(faulty_tls, pieces_of_any_size_give_the_same_bytes) {
    for (const std::size_t most : {7U, 100U, 1000U}) {
        faults = io::in_pieces(most);
        EXPECT_EQ(run(whole_dialogue(20'000)), 20'000U) << most;
    }
}

TEST_P(faulty_tls, that_is_late_is_whole) {
    faults = [](const io::coming_operation&) { return io::fault{.delay = 1ms}; };
    EXPECT_EQ(run(whole_dialogue(1000)), 1000U);
}

TEST_P(faulty_tls, that_is_late_can_be_given_up) {
    faults = [](const io::coming_operation&) { return io::fault{.delay = 1h}; };
    try {
        run(io::timeout(5ms, whole_dialogue(1000)));
        FAIL() << "was not delayed";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
}

ZOCALO_IN_EVERY_WORLD(faulty_tls);

}  // namespace
