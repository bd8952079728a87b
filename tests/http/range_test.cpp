// SPDX-License-Identifier: MIT
#include "zocalo/http/range.hpp"

#include <gmock/gmock.h>

namespace {

namespace http = zocalo::http;
using http::byte_range;
using http::range_answer;

/// "0-4,8-9", "whole" or "none".
std::string chosen(std::string_view wanted, std::uint64_t size, http::range_limits within = {}) {
    const http::chosen_ranges got = http::choose_ranges(wanted, size, within);
    if (got.answer == range_answer::whole) return "whole";
    if (got.answer == range_answer::none) return "none";
    std::string text;
    for (const byte_range& part : got.parts) {
        if (!text.empty()) text += ',';
        text += std::to_string(part.first);
        text += '-';
        text += std::to_string(part.last);
    }
    return text;
}

TEST(choose_ranges, gives_what_is_asked_for) {
    const struct {
        std::string_view wanted;
        std::uint64_t size;
        std::string_view parts;
    } rows[] = {
        {"bytes=0-499", 10000, "0-499"},
        {"bytes=500-999", 10000, "500-999"},
        {"bytes=-500", 10000, "9500-9999"},
        {"bytes=9500-", 10000, "9500-9999"},
        {"bytes=0-0,-1", 10000, "0-0,9999-9999"},
        {"BYTES=0-0", 10, "0-0"},
        {"bytes= 0-0 , 500-500 ", 1000, "0-0,500-500"},
        {"bytes=,,0-0,,", 10, "0-0"},
        {"bytes=0-", 10, "0-9"},
        {"bytes=0-99999999999999999999999", 10, "0-9"},
        {"bytes=-99999999999999999999999", 10, "0-9"},
        {"bytes=500-500,0-0", 1000, "500-500,0-0"},
        // Those that there are not are left out.
        {"bytes=0-0,10-", 10, "0-0"},
        {"bytes=10-", 10, "none"},
        {"bytes=-0", 10, "none"},
        {"bytes=99999999999999999999999-", 10, "none"},
        {"bytes=10-20,30-40", 10, "none"},
        // Of nothing there is no part.
        {"bytes=0-", 0, "whole"},
        {"bytes=-5", 0, "whole"},
        // What makes no sense.
        {"", 10, "whole"},
        {"bytes", 10, "whole"},
        {"bytes=", 10, "whole"},
        {"bytes=,", 10, "whole"},
        {"bytes=-", 10, "whole"},
        {"bytes=5-4", 10, "whole"},
        {"bytes=0-0,5-4", 10, "whole"},
        {"bytes=a-b", 10, "whole"},
        {"bytes=+1-2", 10, "whole"},
        {"bytes=0 - 1", 10, "whole"},
        {"bytes=0-1-2", 10, "whole"},
        {"bytes=0-1;2-3", 10, "whole"},
        {"bytes =0-1", 10, "whole"},
        {"items=0-1", 10, "whole"},
        {"0-1", 10, "whole"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(chosen(row.wanted, row.size), row.parts) << row.wanted;
}

TEST(choose_ranges, makes_one_of_those_that_nearly_touch) {
    EXPECT_EQ(chosen("bytes=0-10,5-20", 1000), "0-20");
    EXPECT_EQ(chosen("bytes=5-20,0-10", 1000), "0-20");
    EXPECT_EQ(chosen("bytes=0-10,11-20", 1000, {.gap = 0}), "0-20");
    EXPECT_EQ(chosen("bytes=0-10,12-20", 1000, {.gap = 0}), "0-10,12-20");
    EXPECT_EQ(chosen("bytes=0-10,91-100", 1000), "0-100");
    EXPECT_EQ(chosen("bytes=0-10,92-100", 1000), "0-10,92-100");
    // One that fills the gap between two.
    EXPECT_EQ(chosen("bytes=500-599,0-99,50-550", 1000), "0-599");
    EXPECT_EQ(chosen("bytes=800-899,0-99,500-510,60-450", 1000), "800-899,0-510");
    EXPECT_EQ(chosen("bytes=0-9,0-9,0-9,0-9", 1000), "0-9");
    EXPECT_EQ(chosen("bytes=0-18446744073709551615,18446744073709551614-", 18446744073709551615U),
              "0-18446744073709551614");
}

TEST(choose_ranges, never_sends_more_than_there_is) {
    std::string many = "bytes=";
    for (int i = 0; i < 10; ++i)
        many += "0-,";
    EXPECT_EQ(chosen(many, 100000), "0-99999");
    EXPECT_EQ(chosen(many + "0-", 100000), "whole");
    EXPECT_EQ(chosen("bytes=0-0,1000-1000", 100000, {.most = 1}), "whole");
}

TEST(range_text, is_what_is_chosen) {
    const std::vector<http::wanted_range> wanted{{0, 499}, {1000, {}}, {{}, 5}};
    EXPECT_EQ(http::range_text(wanted), "bytes=0-499, 1000-, -5");
    EXPECT_EQ(chosen(http::range_text(std::vector<http::wanted_range>{{7, {}}}), 10), "7-9");
    EXPECT_THROW((void)http::range_text({}), std::invalid_argument);
    EXPECT_THROW((void)http::range_text(std::vector<http::wanted_range>{{}}),
                 std::invalid_argument);
    EXPECT_THROW((void)http::range_text(std::vector<http::wanted_range>{{5, 4}}),
                 std::invalid_argument);
}

TEST(content_range, is_read_and_printed) {
    for (const std::string_view text :
         {"bytes 0-499/1234", "bytes 0-0/1", "bytes */1234", "bytes 42-1233/*", "bytes */0"}) {
        EXPECT_EQ(http::content_range::try_parse(text).value().to_string(), text);
    }
    for (const std::string_view text :
         {"", "bytes", "bytes */*", "bytes 0-499", "bytes 500-499/1000", "bytes 0-1000/1000",
          "bytes 0-/1000", "bytes -5/1000", "bytes=0-1/2", "items 0-1/2", "bytes 0-1/2 ,",
          "bytes 0-1/99999999999999999999", "bytes  0-1/2", "bytes 0-1/", "bytes 0-1/+2"}) {
        EXPECT_FALSE(http::content_range::try_parse(text)) << text;
    }
    EXPECT_THROW((void)http::content_range{}.to_string(), std::invalid_argument);
    EXPECT_THROW((void)(http::content_range{byte_range{5, 4}, 10}.to_string()),
                 std::invalid_argument);
}

TEST(multipart_ranges, know_their_size) {
    const std::string whole = "0123456789";
    const http::multipart_ranges parts({{0, 1}, {7, 9}}, whole.size(), "text/plain", "X-y");
    std::string sent;
    for (std::size_t i = 0; i < parts.parts().size(); ++i) {
        const byte_range part = parts.parts()[i];
        sent += parts.head(i) + whole.substr(part.first, part.size());
    }
    sent += parts.tail();
    EXPECT_EQ(parts.content_type(), "multipart/byteranges; boundary=X-y");
    EXPECT_EQ(parts.content_size(), sent.size());
    EXPECT_EQ(sent,
              "--X-y\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01"
              "\r\n--X-y\r\nContent-Type: text/plain\r\nContent-Range: bytes 7-9/10\r\n\r\n789"
              "\r\n--X-y--\r\n");
    EXPECT_THROW(http::multipart_ranges({}, 1, "a\r\nb", "x"), std::invalid_argument);
    EXPECT_THROW(http::multipart_ranges({}, 1, "a/b", "x y"), std::invalid_argument);
}

}  // namespace
