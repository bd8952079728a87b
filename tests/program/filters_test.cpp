// SPDX-License-Identifier: MIT
#include "relay/filters.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string_view>
#include <vector>

namespace zocalo::program {
namespace {

/// The result of a filter that gets `text` in pieces of `size` bytes.
template <class Filter>
std::string in_pieces(std::string_view text, std::size_t size) {
    Filter filter;
    std::string all;
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
        std::string piece(text.substr(0, size));
        filter(piece, false);
        all += piece;
    }
    std::string rest;
    filter(rest, true);
    return all + rest;
}

TEST(crlf_filter, ends_lines_in_cr_lf_and_leaves_those_that_do) {
    for (const std::size_t size : {1U, 2U, 3U, 100U}) {
        EXPECT_EQ(in_pieces<crlf_filter>("a\nb\r\n\n\r\r\nc\r", size), "a\r\nb\r\n\r\n\r\r\nc\r");
    }
}

TEST(terminal_filter, leaves_lines_tabs_and_letters) {
    for (const std::size_t size : {1U, 2U, 3U, 5U, 100U}) {
        const std::string_view text = "Grüße\tπ €😀 C:\\x\nzócalo\r\n";
        EXPECT_EQ(in_pieces<terminal_filter>(text, size), text);
    }
}

TEST(terminal_filter, shows_what_a_terminal_would_obey) {
    for (const std::size_t size : {1U, 2U, 100U}) {
        EXPECT_EQ(in_pieces<terminal_filter>("\x1b]0;title\x07", size), "\\x1b]0;title\\x07");
        EXPECT_EQ(in_pieces<terminal_filter>("over\rwritten", size), "over\\rwritten");
        EXPECT_EQ(in_pieces<terminal_filter>("\xC2\x9B"
                                             "31m",
                                             size),
                  "\\xc2\\x9b31m");
        EXPECT_EQ(in_pieces<terminal_filter>("a\xE2\x80\xAE"
                                             "b",
                                             size),
                  "a\\xe2\\x80\\xaeb");
        EXPECT_EQ(in_pieces<terminal_filter>("cut \xE2\x82", size), "cut \\xe2\\x82");
        EXPECT_EQ(in_pieces<terminal_filter>("\xFF\xC0\x80", size), "\\xff\\xc0\\x80");
    }
}

TEST(terminal_filter, does_not_depend_on_how_the_bytes_were_cut) {
    std::mt19937 random(20261121);
    constexpr std::string_view alphabet = "a\n\r\t\\\x1b\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xFF";
    for (int round = 0; round < 200; ++round) {
        std::string text;
        for (int i = 0; i < 40; ++i)
            text += alphabet[random() % alphabet.size()];
        const std::string whole = in_pieces<terminal_filter>(text, text.size());
        for (const std::size_t size : {1U, 2U, 3U, 7U}) {
            EXPECT_EQ(in_pieces<terminal_filter>(text, size), whole);
        }
    }
}

TEST(terminal_filter, lets_nothing_through_that_is_not_plain) {
    std::mt19937 random(7);
    for (int round = 0; round < 100; ++round) {
        std::string text(64, '\0');
        for (char& c : text)
            c = static_cast<char>(random());
        for (const char c : in_pieces<terminal_filter>(text, 5)) {
            EXPECT_TRUE(c == '\n' || c == '\t' || c == '\r' || static_cast<unsigned char>(c) >= 32);
            EXPECT_NE(c, '\x7F');
        }
    }
}

}  // namespace
}  // namespace zocalo::program
