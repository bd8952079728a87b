// SPDX-License-Identifier: MIT
#include "zocalo/ws/detail/text_check.hpp"

#include <gtest/gtest.h>

#include <string>

#include "ws/transcript.hpp"

namespace {

using zocalo::tests::bytes;
using zocalo::ws::detail::text_check;

constexpr const char* good[] = {
    "",
    "00",
    "7f",
    "c280",
    "dfbf",
    "e0a080",
    "ed9fbf",
    "ee8080",
    "efbfbf",
    "f0908080",
    "f48fbfbf",
    "48656c6c6f2d c2b5 40 c39f c3b6 c3a4 c3bc c3a0 c3a1 2d 5554462d38212121",
    "cebae1bdb9cf83cebcceb5",
    "f0a09c8e 6162636465666768 e282ac",
};

/// Where the first byte stands that no text has there.
struct wrong {
    const char* text;
    std::size_t at;
};

constexpr wrong bad[] = {
    {"80", 0},
    {"bf", 0},
    {"c0", 0},
    {"c1", 0},
    {"f5", 0},
    {"ff", 0},
    {"c241", 1},
    {"c2c2", 1},
    {"e080", 1},
    {"e09f80", 1},
    {"eda080", 1},
    {"edbfbf", 1},
    {"e28241", 2},
    {"f08080", 1},
    {"f08f8080", 1},
    {"f49080", 1},
    {"f09080c0", 3},
    {"6162636465666768 ff", 8},
    {"cebae1bdb9cf83cebcceb5 eda080", 12},
    {"f4908080", 1},
};

constexpr const char* cut[] = {"c2", "e2", "e282", "f0", "f09f", "f09f98", "6162 e0a0"};

/// The number of bytes that are taken without a complaint, in pieces of that size.
std::size_t taken(const std::string& text, std::size_t piece) {
    text_check check;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        if (!check.put(std::string_view(text).substr(at, piece))) return at;
    }
    return text.size();
}

TEST(text_check, takes_utf8_in_pieces) {
    for (const char* each : good) {
        const std::string text = bytes(each);
        for (std::size_t piece = 1; piece <= text.size() + 1; ++piece)
            EXPECT_EQ(taken(text, piece), text.size()) << each << " by " << piece;
        EXPECT_TRUE(zocalo::ws::detail::is_text(text)) << each;
    }
}

TEST(text_check, sees_the_first_wrong_byte) {
    for (const wrong& each : bad) {
        const std::string text = bytes(each.text);
        EXPECT_EQ(taken(text, 1), each.at) << each.text;
        for (std::size_t piece = 2; piece <= text.size() + 1; ++piece)
            EXPECT_EQ(taken(text, piece), each.at / piece * piece) << each.text << " by " << piece;
    }
}

TEST(text_check, is_not_complete_within_a_character) {
    for (const char* each : cut) {
        const std::string text = bytes(each);
        EXPECT_EQ(taken(text, 1), text.size()) << each;
        EXPECT_FALSE(zocalo::ws::detail::is_text(text)) << each;
    }
}

/// Two bytes of all kinds, three with the edges of the ranges: as the definition says it.
TEST(text_check, knows_all_characters) {
    for (unsigned code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 61) {
        const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
        std::string text;
        const auto put = [&text](unsigned byte) { text += static_cast<char>(byte); };
        if (code < 0x80) {
            put(code);
        } else if (code < 0x800) {
            put(0xC0 | code >> 6);
            put(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            put(0xE0 | code >> 12);
            put(0x80 | (code >> 6 & 0x3F));
            put(0x80 | (code & 0x3F));
        } else {
            put(0xF0 | code >> 18);
            put(0x80 | (code >> 12 & 0x3F));
            put(0x80 | (code >> 6 & 0x3F));
            put(0x80 | (code & 0x3F));
        }
        EXPECT_EQ(zocalo::ws::detail::is_text(text), !is_surrogate) << code;
    }
}

}  // namespace
