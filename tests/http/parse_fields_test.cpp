// SPDX-License-Identifier: MIT
#include "zocalo/http/parse_fields.hpp"

#include <gtest/gtest.h>

#include <string>

#include "zocalo/http/error.hpp"

namespace {

namespace http = zocalo::http;

TEST(parse_fields, reads_a_block) {
    const http::fields wanted{{"Host", "example.org"}, {"Accept", "a"}, {"accept", "b"}};
    const std::string text = "Host: example.org\r\nAccept:a\r\naccept: \t b \r\n";
    for (const std::string_view end : {"", "\r\n", "\r\nbehind it\n"})
        EXPECT_EQ(http::parse_fields(text + std::string(end)), wanted);
    EXPECT_TRUE(http::parse_fields("").empty());
    EXPECT_TRUE(http::parse_fields("\r\n").empty());
}

TEST(parse_fields, refuses_what_is_no_field) {
    for (const std::string_view text : {"a", "a: b", "a: b\r", "a: b\n", "a b: c\r\n", ": c\r\n",
                                        "a: b\r\n c\r\n", "a: \x01\r\n", "a : b\r\n", "a: b\r\nc"})
        EXPECT_THROW((void)http::parse_fields(text), http::bad_message) << text;
}

TEST(parse_fields, has_limits) {
    http::limits few;
    few.fields = 2;
    few.line = 10;
    few.head = 25;
    EXPECT_EQ(http::parse_fields("a: 1\r\nb: 2\r\n", few).size(), 2U);
    for (const std::string_view text :
         {"a: 1\r\nb: 2\r\nc: 3\r\n", "a: 1234567890\r\n", "aaaa: 12\r\nbbbb: 12\r\ncccc: 12\r\n"})
        EXPECT_THROW((void)http::parse_fields(text, few), http::bad_message) << text;
}

}  // namespace
