// SPDX-License-Identifier: MIT
#include "fetch/mirror_names.hpp"

#include <gmock/gmock.h>

namespace zocalo::program {
namespace {

TEST(file_names, are_those_of_all_parts) {
    EXPECT_EQ(file_names_of("a%20b/c"), "a b/c");
    EXPECT_EQ(file_names_of(""), "");
    EXPECT_EQ(file_names_of("a/"), "a");
    for (const char* path : {"/a", "a//b", "a/..", "./a", "a%2fb", "%00"})
        EXPECT_EQ(file_names_of(path), std::nullopt) << path;
}

TEST(name_patterns, are_ends_of_names_or_have_wild_cards) {
    name_patterns some;
    EXPECT_TRUE(some.is_empty());
    some.add(".jpg,,a*b?,");
    some.add("*.tar.*");
    for (const char* name : {"x.jpg", ".jpg", "abc", "axxxbb", "aabab!", "x.tar.gz", ".tar."})
        EXPECT_TRUE(some.match(name)) << name;
    for (const char* name : {"x.jpeg", "jpg.x", "ab", "xab!", "x.tar", ""})
        EXPECT_FALSE(some.match(name)) << name;
    name_patterns slow;
    slow.add("*a*a*a*a*a*a*a*a*a*a*a*b");
    EXPECT_FALSE(slow.match(std::string(20'000, 'a')));
}

TEST(names_of_files, get_endings) {
    EXPECT_EQ(with_ending("a/page", ".html"), "a/page.html");
    EXPECT_EQ(with_ending("a/page.HTML", ".html"), "a/page.HTML");
    EXPECT_EQ(with_ending("page.htm", ".html"), "page.htm");
    EXPECT_EQ(with_ending("page.php", ".html"), "page.php.html");
    EXPECT_EQ(with_ending("x.css?v=3", ".css"), "x.css?v=3.css");
    EXPECT_EQ(with_ending("page.html", ".html", 2), "page.2.html");
    EXPECT_EQ(with_ending("page", ".html", 3), "page.3.html");
    EXPECT_EQ(with_ending("x.png", "", 2), "x.png.2");
    EXPECT_EQ(with_ending("", ".css"), ".css");
    const std::string longest(250, 'x');
    EXPECT_EQ(with_ending(longest, ".html"), longest + ".html");
    EXPECT_EQ(with_ending(longest + 'x', ".html"), longest + 'x');
}

TEST(names_of_files, have_a_longest) {
    EXPECT_TRUE(can_be_name(std::string(255, 'x') + '/' + std::string(255, 'y')));
    EXPECT_FALSE(can_be_name("x/" + std::string(256, 'x')));
    EXPECT_FALSE(can_be_name(std::string(256, 'x') + "/x"));
    std::string deep;
    while (deep.size() < 3000)
        deep += "d/";
    EXPECT_FALSE(can_be_name(deep));
}

}  // namespace
}  // namespace zocalo::program
