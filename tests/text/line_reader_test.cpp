// SPDX-License-Identifier: MIT
#include "zocalo/text/line_reader.hpp"

#include <gmock/gmock.h>

#include <vector>

#include "zocalo/core/error.hpp"

namespace {

namespace text = zocalo::text;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr text::line_options tolerant{.end = text::line_end::lf_or_crlf};

/// What comes of the bytes when they arrive in pieces of that size; "!" for an error.
std::vector<std::string> lines_of(std::string_view bytes, const text::line_options& options,
                                  std::size_t size) {
    text::line_reader lines(options);
    std::vector<std::string> found;
    try {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
            std::string_view piece = bytes.substr(0, size);
            while (const auto line = lines.take(piece))
                found.emplace_back(*line);
            EXPECT_TRUE(piece.empty());
        }
        if (!lines.unfinished().empty()) found.push_back("..." + std::string(lines.unfinished()));
    } catch (const zocalo::protocol_error&) {
        found.emplace_back("!");
    }
    return found;
}

/// The same, which must not depend on the size.
std::vector<std::string> lines_of(std::string_view bytes, const text::line_options& options = {}) {
    const auto at_once = lines_of(bytes, options, bytes.size() + 1);
    for (std::size_t size = 1; size <= bytes.size(); ++size)
        EXPECT_EQ(lines_of(bytes, options, size), at_once) << size;
    return at_once;
}

TEST(line_reader, takes_one_after_the_other) {
    EXPECT_THAT(lines_of("one\r\n\r\ntwo\r\nthr"), ElementsAre("one", "", "two", "...thr"));
    EXPECT_THAT(lines_of("one\r"), ElementsAre("...one\r"));
    EXPECT_THAT(lines_of(""), IsEmpty());
    EXPECT_THAT(lines_of(std::string_view("a\0b\r\n", 5)), ElementsAre(std::string("a\0b", 3)));
}

TEST(line_reader, refuses_half_a_line_end) {
    EXPECT_THAT(lines_of("one\r\ntwo\nthree\r\n"), ElementsAre("one", "!"));
    EXPECT_THAT(lines_of("\n"), ElementsAre("!"));
    EXPECT_THAT(lines_of("a\rb\r\n"), ElementsAre("!"));
    EXPECT_THAT(lines_of("a\r\r\n"), ElementsAre("!"));
}

TEST(line_reader, takes_it_where_it_is_told_to) {
    EXPECT_THAT(lines_of("one\ntwo\r\na\rb\nx\r\r\n\n", tolerant),
                ElementsAre("one", "two", "a\rb", "x\r", ""));
}

TEST(line_reader, has_a_limit) {
    for (const auto end : {text::line_end::crlf, text::line_end::lf_or_crlf}) {
        const text::line_options four{.end = end, .longest = 4};
        EXPECT_THAT(lines_of("1234\r\n", four), ElementsAre("1234"));
        EXPECT_THAT(lines_of("12345\r\n", four), ElementsAre("!"));
        EXPECT_THAT(lines_of("123456\r\n", four), ElementsAre("!"));
        EXPECT_THAT(lines_of("123456", four), ElementsAre("!"));
    }
    EXPECT_THAT(lines_of("1234\n12345\n", {text::line_end::lf_or_crlf, 4}),
                ElementsAre("1234", "!"));
}

}  // namespace
