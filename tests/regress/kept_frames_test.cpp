// SPDX-License-Identifier: MIT
// A thread kept 4,096 frames of each size: half a gigabyte when it had seen all sizes.
#include <gtest/gtest.h>
#include <malloc.h>

#include <thread>
#include <utility>
#include <vector>

#include "zocalo/io/task.hpp"

namespace {

namespace detail = zocalo::io::detail;

TEST(kept_frames, have_a_limit_in_bytes) {
    constexpr std::size_t mebibyte = std::size_t{1} << 20;
    std::size_t kept = 0;
    std::thread([&kept] {
        std::vector<std::pair<void*, std::size_t>> frames;
        frames.reserve(8UL * 4096);
        const std::size_t before = ::mallinfo2().uordblks;
        for (std::size_t size = 1800; size < 1800 + 8 * 16; size += 16)
            for (int i = 0; i < 4096; ++i)
                frames.emplace_back(detail::allocate_frame(size), size);
        for (const auto& [frame, size] : frames)
            detail::free_frame(frame, size);
        kept = ::mallinfo2().uordblks - before;
    }).join();
    EXPECT_LT(kept, 20 * mebibyte);
}

}  // namespace
