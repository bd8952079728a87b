// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/cursor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bytes_of.hpp"
#include "zocalo/core/error.hpp"

namespace zocalo::net::packet {
namespace {

TEST(reader, reads_both_byte_orders) {
    const bytes data = bytes_of("01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
    reader big(data, "numbers");
    EXPECT_EQ(big.u8("a"), 0x01);
    EXPECT_EQ(big.u16("b"), 0x0203);
    EXPECT_EQ(big.u32("c"), 0x04050607U);
    EXPECT_EQ(big.u64("d"), 0x08090a0b0c0d0e0fU);
    EXPECT_EQ(big.left(), 0U);
    reader little(data, "numbers", 0, std::endian::little);
    EXPECT_EQ(little.u16("a"), 0x0201);
    EXPECT_EQ(little.u32("b"), 0x06050403U);
    little.check();
}

TEST(reader, the_first_failure_stays_and_names_its_field) {
    const bytes data = bytes_of("01 02 03");
    reader in(data, "test header", 100);
    in.u16("first");
    EXPECT_EQ(in.u32("second"), 0U);
    EXPECT_EQ(in.u8("third"), 0) << "after a failure nothing is read, though a byte is left";
    EXPECT_TRUE(in.rest().empty());
    try {
        in.check();
        FAIL();
    } catch (const protocol_error& e) {
        EXPECT_STREQ(e.what(), "test header: second at offset 102: the bytes end before it does");
    }
}

TEST(reader, a_huge_count_does_not_wrap) {
    const bytes data = bytes_of("01 02 03");
    reader in(data, "test");
    in.u8("a");
    EXPECT_TRUE(in.take(static_cast<std::size_t>(-1), "b").empty());
    EXPECT_TRUE(in.failed());
}

TEST(reader, only_a_payload_may_be_cut) {
    const bytes data = bytes_of("01 02 03");
    reader in(data, "test");
    in.allow_cut();
    EXPECT_EQ(in.payload(7, "payload").size(), 3U);
    EXPECT_FALSE(in.failed());
    in.take(1, "trailer");
    EXPECT_TRUE(in.failed());
}

TEST(writer, writes_what_a_reader_reads) {
    bytes out = bytes_of("ff");
    writer to(out, std::endian::little);
    to.u8(1).u16(0x0302).u32(0x07060504).u64(0x0f0e0d0c0b0a0908).put("ab").align(4);
    EXPECT_EQ(out, bytes_of("ff 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 61 62 00 00 00"));
    to.patch_u16(1, 0xbbaa);
    EXPECT_EQ(out[2], std::byte{0xaa});
    EXPECT_THROW(to.patch_u16(19, 0), std::out_of_range);
    EXPECT_THROW(to.patch_u16(static_cast<std::size_t>(-1), 0), std::out_of_range);
}

}  // namespace
}  // namespace zocalo::net::packet
