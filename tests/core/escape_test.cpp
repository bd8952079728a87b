// SPDX-License-Identifier: MIT
#include "zocalo/core/escape.hpp"

#include <gtest/gtest.h>

#include <iomanip>

namespace zocalo {
namespace {

TEST(escaped, visible_text_stays) {
    EXPECT_EQ(escaped("plain text, ünïcödé 日本語 🙂"), "plain text, ünïcödé 日本語 🙂");
    EXPECT_EQ(escaped(""), "");
}

TEST(escaped, what_moves_a_cursor_or_ends_a_line_is_shown) {
    EXPECT_EQ(escaped("a\nb\r\tc"), "a\\nb\\r\\tc");
    EXPECT_EQ(escaped("\x1b[2J\x07\x7f"), "\\x1b[2J\\x07\\x7f");
    EXPECT_EQ(escaped(std::string_view("\0", 1)), "\\x00");
    EXPECT_EQ(escaped("\xc2\x9b"), "\\xc2\\x9b");  // U+009B, a one-byte CSI
    EXPECT_EQ(escaped("\xe2\x80\xae"
                      "abc"),
              "\\xe2\\x80\\xaeabc");  // U+202E turns the line round
    EXPECT_EQ(escaped("a\\n"), "a\\\\n");
}

TEST(escaped, bytes_that_are_not_utf8_are_shown) {
    EXPECT_EQ(escaped("\xff\xfe"), "\\xff\\xfe");
    EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");                    // not the shortest form
    EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
    EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
    EXPECT_EQ(escaped("\xe6\x97"), "\\xe6\\x97");                    // cut short
}

TEST(escaped, every_pair_of_bytes_gives_one_safe_line) {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const char pair[] = {static_cast<char>(first), static_cast<char>(second)};
            for (const char c : escaped({pair, 2})) {
                const auto byte = static_cast<unsigned char>(c);
                ASSERT_FALSE(byte < 0x20 || byte == 0x7F) << first << ' ' << second;
            }
        }
    }
}

TEST(escaped, is_never_much_longer_than_the_limit) {
    EXPECT_EQ(escaped("abcdef", 3), "abc...");
    EXPECT_EQ(escaped("abc", 3), "abc");
    EXPECT_EQ(escaped("ab\n", 3), "ab...");  // an escape is not cut in two
    EXPECT_LE(escaped(std::string(1'000'000, '\x1b'), 256).size(), 259U);
}

TEST(quoted, is_never_the_standard_librarys) {
    std::string text = "\x1b";
    EXPECT_EQ(quoted(text), "\"\\x1b\"");
    EXPECT_EQ(quoted(std::string(text)), "\"\\x1b\"");
    EXPECT_EQ(quoted(std::string_view(text)), "\"\\x1b\"");
}

TEST(quoted, shows_where_the_text_ends) {
    EXPECT_EQ(quoted("say \"hi\" "), "\"say \\\"hi\\\" \"");
    EXPECT_EQ(quoted(""), "\"\"");
}

}  // namespace
}  // namespace zocalo
