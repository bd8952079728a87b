// SPDX-License-Identifier: MIT
#include "zocalo/text/command.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace {

namespace text = zocalo::text;
using namespace std::string_view_literals;
using testing::HasSubstr;

TEST(command, is_its_arguments_and_a_line_end) {
    EXPECT_EQ(text::command().word("verb", "RETR").rest("path", "a b").line(), "RETR a b\r\n");
    EXPECT_EQ(text::command('\t').field("selector", "").field("query", "a b").line(), "\ta b\r\n");
    EXPECT_EQ(text::command().line(), "\r\n");
}

TEST(command, carries_nothing_that_ends_a_line) {
    for (const auto bad : {"\r"sv, "\n"sv, "\0"sv, "\r\n"sv}) {
        for (const std::string& value :
             {std::string(bad), "a" + std::string(bad), std::string(bad) + "b"}) {
            EXPECT_THROW(text::command().word("x", value), std::invalid_argument);
            EXPECT_THROW(text::command().field("x", value), std::invalid_argument);
            EXPECT_THROW(text::command().rest("x", value), std::invalid_argument);
        }
    }
    try {
        text::command().rest("mailbox", "a\r\nDELETE b");
        FAIL();
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), HasSubstr("mailbox \"a\\r\\nDELETE b\": "));
    }
}

TEST(command, keeps_arguments_apart) {
    EXPECT_THROW(text::command().word("verb", ""), std::invalid_argument);
    EXPECT_THROW(text::command().word("verb", "a b"), std::invalid_argument);
    EXPECT_THROW(text::command('\t').field("selector", "a\tb"), std::invalid_argument);
    EXPECT_EQ(text::command('\t').field("selector", "a b").line(), "a b\r\n");
}

}  // namespace
