// SPDX-License-Identifier: MIT
#include "zocalo/core/number.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace zocalo {
namespace {

static_assert(from_digits<std::uint8_t>("255") == 255);
static_assert(!from_digits<std::uint8_t>("256"));
static_assert(from_digits<std::uint32_t>("ffffffff", 16) == 0xFFFFFFFFU);

TEST(from_digits, takes_digits_only) {
    for (const auto* text :
         {"", " 1", "1 ", "+1", "-1", "0x10", "1.0", "1e3", "१", "99999999999999999999"}) {
        EXPECT_FALSE(from_digits<std::uint64_t>(text)) << text;
    }
    EXPECT_EQ(from_digits<std::uint64_t>("007"), 7U);
}

TEST(from_digits, knows_the_edges_of_its_type) {
    EXPECT_EQ(from_digits<std::uint32_t>("4294967295"), 4294967295U);
    EXPECT_FALSE(from_digits<std::uint32_t>("4294967296"));
    EXPECT_EQ(from_digits<std::uint64_t>("18446744073709551615"), UINT64_MAX);
    EXPECT_FALSE(from_digits<std::uint64_t>("18446744073709551616"));
    EXPECT_FALSE(from_digits<std::uint32_t>("8", 8));
}

TEST(checked_cast, names_what_does_not_fit) {
    EXPECT_EQ(checked_cast<std::uint16_t>(65535, "port"), 65535);
    try {
        (void)checked_cast<std::uint16_t>(65536, "port");
        FAIL();
    } catch (const std::invalid_argument& e) {
        EXPECT_STREQ(e.what(), "port: 65536 is out of range");
    }
    EXPECT_THROW((void)checked_cast<unsigned>(-1, "count"), std::invalid_argument);
}

}  // namespace
}  // namespace zocalo
