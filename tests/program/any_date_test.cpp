// SPDX-License-Identifier: MIT
#include "fetch/any_date.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace program = zocalo::program;

namespace {

using std::chrono::sys_seconds;

struct written_date {
    std::string_view text;
    long long seconds;  ///< since 1970; as curl 7.88 reads it
};

constexpr long long moment = 784111777;  // 1994-11-06 08:49:37
constexpr long long midnight = 784080000;

constexpr written_date dates[] = {
    {"Sun, 06 Nov 1994 08:49:37 GMT", moment},
    {"Sunday, 06-Nov-94 08:49:37 GMT", moment},
    {"Sun Nov  6 08:49:37 1994", moment},
    {"06 Nov 1994 08:49:37 GMT", moment},
    {"06-Nov-94 08:49:37 GMT", moment},
    {"Nov  6 08:49:37 1994", moment},
    {"06 Nov 1994 08:49:37", moment},
    {"06-Nov-94 08:49:37", moment},
    {"1994 Nov 6 08:49:37", moment},
    {"GMT 08:49:37 06-Nov-94 Sunday", moment},
    {"94 6 Nov 08:49:37", moment},
    {"1994 Nov 6", midnight},
    {"06-Nov-94", midnight},
    {"Sun Nov 6 94", midnight},
    {"1994.Nov.6", midnight},
    {"Sun/Nov/6/94/GMT", midnight},
    {"Sun, 06 Nov 1994 08:49:37 CET", moment - 3600},
    {"06 Nov 1994 08:49:37 EST", moment + 5 * 3600},
    {"Sun, 12 Sep 2004 15:05:58 -0700", 1095026758},
    {"Sat, 11 Sep 2004 21:32:11 +0200", 1094931131},
    {"20040912 15:05:58 -0700", 1095026758},
    {"20040911 +0200", 1094853600},
    {"1994-11-06", midnight},  // ISO 8601, which curl does not read
    {"1994-11-06T08:49:37Z", moment},
    {"1994-11-06 08:49", moment - 37},
    {"1994-11-06T09:49:37+0100", moment},
};

TEST(any_date, is_read) {
    for (const written_date& each : dates) {
        const auto got = program::parse_any_date(each.text);
        ASSERT_TRUE(got) << each.text;
        EXPECT_EQ(got->time_since_epoch().count(), each.seconds) << each.text;
    }
}

TEST(any_date, is_none) {
    for (const std::string_view text : {"",
                                        "soon",
                                        "file.txt",
                                        "1994",
                                        "6 Nov",
                                        "Nov 1994",
                                        "30 Feb 1994",
                                        "1994-13-01",
                                        "1994-11-31",
                                        "6 Nov 1994 25:00",
                                        "6 Nov 1994 08:61",
                                        "6 Nov 1994 8:",
                                        "6 7 8 Nov 1994",
                                        "6 Nov Dec 1994",
                                        "6 Nov 1994 GMT CET",
                                        "6 Nov 1994 1:2:3:4",
                                        "99999999",
                                        "6 Nov 12345",
                                        "6 Nov 1994 08:49 +0175",
                                        "6 Nov 1994 99999999999999999999",
                                        "1994-11-",
                                        "1994-11-0x"})
        EXPECT_FALSE(program::parse_any_date(text)) << text;
}

}  // namespace
