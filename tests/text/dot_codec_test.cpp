// SPDX-License-Identifier: MIT
#include "zocalo/text/dot_codec.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "zocalo/core/error.hpp"

namespace {

namespace text = zocalo::text;

constexpr text::line_options tolerant{.end = text::line_end::lf_or_crlf};

std::string encoded(std::string_view plain, std::size_t size) {
    text::dot_encoder encoder;
    std::string sent;
    for (; !plain.empty(); plain.remove_prefix(std::min(size, plain.size())))
        encoder.encode(plain.substr(0, size), sent);
    encoder.finish(sent);
    return sent;
}

std::string encoded(std::string_view plain) {
    const std::string at_once = encoded(plain, plain.size() + 1);
    for (std::size_t size = 1; size <= plain.size(); ++size)
        EXPECT_EQ(encoded(plain, size), at_once);
    return at_once;
}

struct outcome {
    std::string text = {};
    std::string behind = {};  ///< the end
    std::string unfinished = {};
    bool ended = false;
};

outcome decoded(std::string_view bytes, const text::line_options& options, std::size_t size) {
    text::dot_decoder decoder(options, "\n");
    outcome all;
    while (!bytes.empty() && !all.ended) {
        std::string_view piece = bytes.substr(0, size);
        bytes.remove_prefix(piece.size());
        all.ended = decoder.decode(piece, all.text);
        all.behind = std::string(piece) + std::string(bytes);
    }
    all.unfinished = decoder.unfinished();
    return all;
}

outcome decoded(std::string_view bytes, const text::line_options& options = {}) {
    const outcome at_once = decoded(bytes, options, bytes.size() + 1);
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        const outcome split = decoded(bytes, options, size);
        EXPECT_EQ(split.text, at_once.text) << size;
        EXPECT_EQ(split.ended, at_once.ended) << size;
        EXPECT_EQ(split.unfinished, at_once.unfinished) << size;
        if (split.ended) {
            EXPECT_EQ(split.behind, at_once.behind) << size;
        }
    }
    return at_once;
}

TEST(dot_encoder, doubles_dots_at_the_start_of_lines) {
    EXPECT_EQ(encoded(""), ".\r\n");
    EXPECT_EQ(encoded("a"), "a\r\n.\r\n");
    EXPECT_EQ(encoded("a\r\n"), "a\r\n.\r\n");
    EXPECT_EQ(encoded(".\r\n..a\r\nb.\r\n"), "..\r\n...a\r\nb.\r\n.\r\n");
    EXPECT_EQ(encoded("\r\n\r\n"), "\r\n\r\n.\r\n");
}

TEST(dot_encoder, lets_no_other_line_end_out) {
    EXPECT_EQ(encoded("a\n.b"), "a\r\n..b\r\n.\r\n");
    EXPECT_EQ(encoded("a\r.\rb"), "a\r\n..\r\nb\r\n.\r\n");
    EXPECT_EQ(encoded("a\n\r\n\r\rb"), "a\r\n\r\n\r\n\r\nb\r\n.\r\n");
    EXPECT_EQ(encoded("\r\n.\r\nDATA"), "\r\n..\r\nDATA\r\n.\r\n");
}

TEST(dot_decoder, reads_it_back) {
    for (const std::string plain : {"", "a\n", ".\n", "..\n", ".a\n\n.\n", "\n", "a\n.b\n..c\n"}) {
        EXPECT_EQ(decoded(encoded(plain) + "next").text, plain);
        EXPECT_EQ(decoded(encoded(plain) + "next").behind, "next");
        EXPECT_EQ(decoded(encoded(plain), tolerant).text, plain);
    }
}

TEST(dot_decoder, knows_what_has_not_ended) {
    const outcome cut = decoded("a\r\nb");
    EXPECT_EQ(cut.text, "a\n");
    EXPECT_EQ(cut.unfinished, "b");
    EXPECT_FALSE(cut.ended);
    EXPECT_FALSE(decoded("a\r\n.").ended);
    EXPECT_FALSE(decoded("a\r\n.\r").ended);
    EXPECT_TRUE(decoded("a\r\n.\r\n").ended);
}

TEST(dot_decoder, is_as_strict_as_it_is_told) {
    EXPECT_THROW((void)decoded("a\r\n.\n", {}, 99), zocalo::protocol_error);
    EXPECT_THROW((void)decoded("a\n.\r\n", {}, 99), zocalo::protocol_error);
    EXPECT_EQ(decoded(".a\r\n.\r\n").text, "a\n");  // RFC 5321: whatever follows
    EXPECT_EQ(decoded(".a\n..b\n.\n", tolerant).text, ".a\n.b\n");
}

}  // namespace
