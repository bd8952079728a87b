// SPDX-License-Identifier: MIT
#include "fetch/url_pattern.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace zocalo::program;
using testing::ElementsAre;

std::vector<std::string> urls(std::string_view pattern) {
    std::vector<std::string> all;
    for (const matched_url& each : matches_of(pattern))
        all.push_back(each.url);
    return all;
}

TEST(url_pattern, stands_for_each_text_of_a_list) {
    EXPECT_THAT(urls("http://{a,b}/x{1,}"),
                ElementsAre("http://a/x1", "http://a/x", "http://b/x1", "http://b/x"));
}

TEST(url_pattern, counts_numbers_and_letters) {
    EXPECT_THAT(urls("[1-3]"), ElementsAre("1", "2", "3"));
    EXPECT_THAT(urls("[08-10]"), ElementsAre("08", "09", "10"));
    EXPECT_THAT(urls("[01-10:4]"), ElementsAre("01", "05", "09"));
    EXPECT_THAT(urls("[a-e:2]"), ElementsAre("a", "c", "e"));
    EXPECT_THAT(urls("[7-7]"), ElementsAre("7"));
    EXPECT_THAT(urls("[18446744073709551615-18446744073709551615]"),
                ElementsAre("18446744073709551615"));
    EXPECT_THAT(urls("[1-3:18446744073709551615]"), ElementsAre("1"));
}

TEST(url_pattern, is_no_address_and_nothing_behind_a_backslash) {
    EXPECT_THAT(urls("http://[::1]/[1-2]"), ElementsAre("http://[::1]/1", "http://[::1]/2"));
    EXPECT_THAT(urls("http://[fe80::1%25eth0]/"), ElementsAre("http://[fe80::1%25eth0]/"));
    EXPECT_THAT(urls(R"(a\{b\}\[c\])"), ElementsAre("a{b}[c]"));
    EXPECT_THAT(urls(R"({a\,b,c})"), ElementsAre("a,b", "c"));
    EXPECT_THAT(urls(""), ElementsAre(""));
}

TEST(url_pattern, says_what_is_none) {
    for (const char* each : {"[1-",
                             "{a",
                             "a}",
                             "b]",
                             "[3-1]",
                             "[a-Z]",
                             "[c-a]",
                             "{}",
                             "[x]",
                             "[1-3:0]",
                             "[1-2]]",
                             "[1-a]",
                             "[-1]",
                             "[]",
                             "{a,{b}}",
                             "{a,[1-2]}",
                             "[1-2:x]",
                             "[1:2-3]",
                             "[1-99999999999999999999]",
                             "\\}{"})
        EXPECT_THROW((void)matches_of(each), std::invalid_argument) << each;
}

TEST(url_pattern, has_a_limit) {
    EXPECT_EQ(urls("[1-100000]").size(), most_matches);
    EXPECT_EQ(urls("[1-1000][1-100]").size(), most_matches);
    EXPECT_THROW((void)matches_of("[0-100000]"), std::invalid_argument);
    EXPECT_THROW((void)matches_of("[1-1000][1-101]"), std::invalid_argument);
    EXPECT_THROW((void)matches_of("[0-18446744073709551615]"), std::invalid_argument);
}

TEST(url_pattern, names_files) {
    const std::vector<std::string> parts = matches_of("http://{a,b}/[1-2]").back().parts;
    EXPECT_EQ(name_with("x_#1_#2", parts), "x_b_2");
    EXPECT_EQ(name_with("#0 #3 # ##1 #1", parts), "#0 #3 # #b b");
    EXPECT_EQ(name_with("#99999999999999999999", parts), "#99999999999999999999");
    EXPECT_EQ(name_with("", parts), "");
}

TEST(url_pattern, has_as_many_sets_of_one_as_one_likes) {
    constexpr std::size_t count = 20'000;
    std::string pattern;
    std::string name;
    for (std::size_t i = 0; i < count; ++i) {
        pattern += "{x}";
        name += '1';
    }
    const auto all = matches_of(pattern + "[1-2]", 2);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all.back().parts.size(), count + 1);
    EXPECT_EQ(all.back().url, std::string(count, 'x') + '2');
    EXPECT_EQ(name_with(name + "#20001", all.back().parts), name + '2');
    EXPECT_THROW((void)matches_of("[1-3]", 2), std::invalid_argument);
}

}  // namespace
