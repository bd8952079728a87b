// SPDX-License-Identifier: MIT
#include "zocalo/core/buffer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace zocalo {
namespace {

TEST(const_buffer, a_literal_is_its_characters) {
    EXPECT_EQ(const_buffer("abc").text(), "abc");
    EXPECT_EQ(const_buffer("a\0b").text(), std::string_view("a\0b", 3));
    EXPECT_EQ(const_buffer("").size(), 0U);
}

TEST(const_buffer, is_made_of_all_that_is_bytes) {
    const std::vector<std::uint8_t> vector{'a', 'b'};
    const std::array<std::byte, 2> array{std::byte{'a'}, std::byte{'b'}};
    const std::string string = "ab";
    const unsigned char plain[] = {'a', 'b'};
    for (const const_buffer buffer :
         {const_buffer(vector), const_buffer(array), const_buffer(string), const_buffer(plain),
          const_buffer(std::span(array)), const_buffer(std::string_view("ab"))}) {
        EXPECT_EQ(buffer.text(), "ab");
    }
}

// An array of char could be meant as text or whole, and wider elements are not bytes.
static_assert(!std::is_constructible_v<const_buffer, char (&)[4]>);
static_assert(!std::is_constructible_v<const_buffer, std::vector<int>>);
static_assert(!std::is_constructible_v<mutable_buffer, const std::string&>);
static_assert(!std::is_constructible_v<mutable_buffer, std::string_view>);
static_assert(std::is_constructible_v<mutable_buffer, char (&)[4]>);
static_assert(std::is_convertible_v<mutable_buffer, const_buffer>);

TEST(mutable_buffer, is_cut_within_its_bounds) {
    char memory[4] = {'a', 'b', 'c', 'd'};
    const mutable_buffer all(memory);
    EXPECT_EQ(const_buffer(all.first(2)).text(), "ab");
    EXPECT_EQ(const_buffer(all.first(9)).text(), "abcd");
    EXPECT_EQ(const_buffer(all.without(3)).text(), "d");
    EXPECT_TRUE(all.without(4).empty());
    EXPECT_TRUE(all.without(9).empty());
    EXPECT_EQ(const_buffer("abcd").first(1).text(), "a");
    EXPECT_EQ(const_buffer("abcd").without(9).size(), 0U);
}

}  // namespace
}  // namespace zocalo
