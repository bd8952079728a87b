// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/checksum.hpp"

#include <gtest/gtest.h>

#include <random>

#include "bytes_of.hpp"
#include "zocalo/net/packet/crc32.hpp"

namespace zocalo::net::packet {
namespace {

TEST(checksum, is_the_example_of_rfc_1071) {
    // RFC 1071 §3: the sum is ddf2, so the checksum is its complement.
    EXPECT_EQ(checksum(bytes_of("00 01 f2 03 f4 f5 f6 f7")), 0xFFFF - 0xddf2);
    EXPECT_EQ(checksum(const_buffer{}), 0xFFFF);
}

TEST(checksum, over_a_good_header_is_zero) {
    EXPECT_EQ(checksum(bytes_of("45000073 00004000 4011b861 c0a80001 c0a800c7")), 0);
}

TEST(checksum, does_not_depend_on_the_pieces) {
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
        bytes data(random() % 70);
        for (auto& byte : data)
            byte = static_cast<std::byte>(random() & 0xFF);
        internet_checksum sum;
        for (const_buffer rest = data; !rest.empty();) {
            const const_buffer piece = rest.first(1 + random() % 9);
            sum.add(piece);
            rest = rest.without(piece.size());
        }
        ASSERT_EQ(sum.value(), checksum(data));
    }
}

TEST(checksum, is_updated_for_one_number) {
    std::mt19937 random(2);
    for (int round = 0; round < 500; ++round) {
        bytes data;
        writer out(data);
        for (int i = 0; i < 8; ++i)
            out.u16(static_cast<std::uint16_t>(random() & 0xFFFF));
        out.u16(1);  // a sum of all zeros has two spellings
        const std::uint16_t before = checksum(data);
        const auto old = static_cast<std::uint16_t>(std::to_integer<unsigned>(data[4]) << 8 |
                                                    std::to_integer<unsigned>(data[5]));
        const auto fresh = static_cast<std::uint16_t>(random() & 0xFFFF);
        out.patch_u16(4, fresh);
        ASSERT_EQ(updated_checksum(before, old, fresh), checksum(data));
    }
}

TEST(crc32, has_its_check_value) {
    const auto digits = const_buffer("123456789");
    EXPECT_EQ(crc32(digits), 0xCBF43926U);
    EXPECT_EQ(crc32(digits.without(4), crc32(digits.first(4))), 0xCBF43926U);
    EXPECT_EQ(crc32({}), 0U);
}

TEST(crc32, ends_a_frame_and_is_found_right) {
    // An ARP request of the smallest size.
    bytes frame = bytes_of(
        "ffffffffffff 001bfc1a2b3c 0806 0001 0800 0604 0001 001bfc1a2b3c c0a80001"
        "000000000000 c0a80002 000000000000000000000000000000000000");
    append_frame_check(frame);
    EXPECT_EQ(frame.size(), 64U);
    EXPECT_TRUE(frame_check_ok(frame));
    // The remainder over frame and check is the same for all frames.
    EXPECT_EQ(crc32(frame), 0x2144DF1CU);
    frame[20] ^= std::byte{1};
    EXPECT_FALSE(frame_check_ok(frame));
    EXPECT_FALSE(frame_check_ok(bytes_of("00 00 00")));
}

}  // namespace
}  // namespace zocalo::net::packet
