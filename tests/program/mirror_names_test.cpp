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

}  // namespace
}  // namespace zocalo::program
