// SPDX-License-Identifier: MIT
#include "fetch/option_file.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>
#include <string>

namespace zocalo::program {

namespace {

std::string read(const std::string& text) {
    std::istringstream from(text);
    std::string all;
    read_option_lines(from, "file", [&](const option_line& line) {
        all += line.name + (line.value ? '[' + *line.value + ']' : "") + '\n';
    });
    return all;
}

std::string failure_of(const std::string& text) {
    try {
        return "not " + read(text);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

TEST(option_file, lines_have_names_and_values) {
    EXPECT_EQ(read("a = b\n"), "--a[b]\n");
    EXPECT_EQ(read("a=b\na:b\na b\n a\t:\tb \r\n"), "--a[b]\n--a[b]\n--a[b]\n--a[b]\n");
    EXPECT_EQ(read("--a b\n--a=b c\n-a b\n-ab\n"), "--a[b]\n--a=b[c]\n-a[b]\n-ab\n");
    EXPECT_EQ(read("a\na =\n"), "--a\n--a\n");
    EXPECT_EQ(read("a b"), "--a[b]\n");
}

TEST(option_file, quotes_keep_blanks) {
    EXPECT_EQ(read(R"(a = "b c" # d)"), "--a[b c]\n");
    EXPECT_EQ(read(R"(a = "")"), "--a[]\n");
    EXPECT_EQ(read(R"(a = "\"\\\t\n\r\v\q")"), "--a[\"\\\t\n\r\vq]\n");
    EXPECT_EQ(failure_of("\na = \"b"), "file:2: a quote without an end");
    EXPECT_EQ(failure_of("a = \"b\\"), "file:1: a quote without an end");
}

TEST(option_file, comments_are_none) {
    EXPECT_EQ(read("# a\n  / b\n* c\n\n \t\r\na = b # c\n"), "--a[b]\n");
    EXPECT_EQ(read("a = b#c\n"), "--a[b#c]\n");
}

TEST(option_file, what_is_wrong_has_its_line) {
    EXPECT_TRUE(failure_of("a\nb c d\n").starts_with("file:2: what follows the value"));
    EXPECT_TRUE(failure_of("= b\n").starts_with("file:1: no name"));
    EXPECT_TRUE(failure_of(std::string(longest_option_line + 1, 'a')).starts_with("file:1: "));
    std::istringstream from("a\nb\n");
    const auto refuse = [](const option_line& line) {
        if (line.name == "--b") throw std::invalid_argument("not b");
    };
    EXPECT_THROW(read_option_lines(from, "file", refuse), std::invalid_argument);
}

}  // namespace

}  // namespace zocalo::program
