// SPDX-License-Identifier: MIT
#include "zocalo/io/chunk.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <system_error>

#include "io/worlds.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define ZOCALO_KNOWS_DEAD_BYTES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ZOCALO_KNOWS_DEAD_BYTES 1
#endif
#endif

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;

TEST(chunk, is_what_came_until_it_is_released) {
    std::byte* const buffer = io::detail::take_buffer();
    buffer[0] = std::byte{'x'};
    buffer[1] = std::byte{'y'};
    io::chunk came(buffer, 2);
    EXPECT_EQ(came.text(), "xy");
    came.shrink(5);
    EXPECT_EQ(came.size(), 2U);
    came.shrink(1);
    io::chunk moved = std::move(came);
    EXPECT_TRUE(came.empty());  // NOLINT: what is left of it
    EXPECT_EQ(moved.text(), "x");
    moved.release();
    EXPECT_TRUE(moved.empty());
    moved.release();
}

#ifdef ZOCALO_KNOWS_DEAD_BYTES

/// Nobody may look at a buffer that is the kernel's or nobody's: the sanitizer ends who does, at
/// once, on whichever backend and wherever the buffer came from.
class dead_bytes : public zocalo::tests::in_every_world {
 protected:
    void SetUp() override {
        in_every_world::SetUp();
        GTEST_FLAG_SET(death_test_style, "threadsafe");
    }
};

/// Where the bytes are that one end sent to the other, while they may be looked at.
io::task<io::chunk> receive_one(io::stream& from, io::stream& to) {
    co_await from.write("hello");
    io::chunk came = co_await to.read();
    EXPECT_EQ(came.text(), "hello");
    co_return came;
}

io::task<char> look_after_release() {
    auto [one, other] = io::stream::pair();
    io::task<io::chunk> receiving = receive_one(one, other);
    io::chunk came = co_await std::move(receiving);
    const volatile std::byte* const where = came.data();
    came.release();
    co_return static_cast<char>(*where);
}

/// The next bytes may go there at any moment.
io::task<char> look_while_the_next_read_waits() {
    auto [one, other] = io::stream::pair();
    const volatile std::byte* where = nullptr;
    {
        io::task<io::chunk> receiving = receive_one(one, other);
        const io::chunk came = co_await std::move(receiving);
        where = came.data();
    }
    try {
        co_await io::timeout(1ms, other.read());
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
    }
    co_return static_cast<char>(*where);
}

/// Behind what came in a lent buffer there is room of the kernel's, and nothing of ours.
io::task<char> look_behind_what_came() {
    auto [one, other] = io::stream::pair();
    io::task<io::chunk> receiving = receive_one(one, other);
    const io::chunk came = co_await std::move(receiving);
    const volatile std::byte* const where = came.data();
    co_return static_cast<char>(where[512]);
}

TEST_P(dead_bytes, are_found_after_the_release) {
    EXPECT_DEATH(run(look_after_release()), "AddressSanitizer");
}
TEST_P(dead_bytes, are_found_after_a_cancelled_read) {
    EXPECT_DEATH(run(look_while_the_next_read_waits()), "AddressSanitizer");
}
ZOCALO_IN_EVERY_WORLD(dead_bytes);

/// Only there the kernel has the rest.
class dead_bytes_of_a_ring : public dead_bytes {};

TEST_P(dead_bytes_of_a_ring, are_found_behind_the_others) {
    EXPECT_DEATH(run(look_behind_what_came()), "AddressSanitizer");
}

INSTANTIATE_TEST_SUITE_P(on, dead_bytes_of_a_ring, testing::Values(io::backend_kind::uring),
                         zocalo::tests::world_name);

#endif

}  // namespace
