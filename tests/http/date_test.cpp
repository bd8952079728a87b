// SPDX-License-Identifier: MIT
#include "zocalo/http/date.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono;
namespace http = zocalo::http;

const sys_seconds now = sys_days(year(2026) / 11 / 21) + hours(12);
const sys_seconds example = sys_days(year(1994) / 11 / 6) + hours(8) + minutes(49) + seconds(37);

TEST(date, is_read_in_the_three_formats_of_rfc_9110) {
    EXPECT_EQ(http::parse_date("Sun, 06 Nov 1994 08:49:37 GMT", now), example);
    EXPECT_EQ(http::parse_date("Sunday, 06-Nov-94 08:49:37 GMT", now), example);
    EXPECT_EQ(http::parse_date("Sun Nov  6 08:49:37 1994", now), example);
    EXPECT_EQ(http::parse_date("Wed Nov 16 08:49:37 1994", now), example + days(10));
}

TEST(date, of_two_digits_is_at_most_fifty_years_ahead) {
    const auto year_of = [](std::string_view text) {
        const auto when = http::parse_date(text, now);
        return static_cast<int>(year_month_day(floor<days>(when.value())).year());
    };
    EXPECT_EQ(year_of("Sunday, 06-Nov-26 08:49:37 GMT"), 2026);
    EXPECT_EQ(year_of("Sunday, 06-Nov-76 08:49:37 GMT"), 2076);
    EXPECT_EQ(year_of("Sunday, 06-Dec-76 08:49:37 GMT"), 1976);
    EXPECT_EQ(year_of("Sunday, 06-Nov-77 08:49:37 GMT"), 1977);
}

TEST(date, has_a_leap_second) {
    EXPECT_EQ(http::parse_date("Sat, 31 Dec 2016 23:59:60 GMT", now), sys_days(year(2017) / 1 / 1));
}

TEST(date, that_is_none_is_refused) {
    for (const char* text : {"",
                             "Sun",
                             "Sun, 06 Nov 1994 08:49:37",
                             "Sun, 06 Nov 1994 08:49:37 UTC",
                             "Sun, 06 Nov 1994 08:49:37 GMT ",
                             " Sun, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 6 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 94 08:49:37 GMT",
                             "Son, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 06 nov 1994 08:49:37 GMT",
                             "Sun, 31 Feb 1994 08:49:37 GMT",
                             "Sun, 00 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:00:00 GMT",
                             "Sun, 06 Nov 1994 08:60:37 GMT",
                             "Sun, 06 Nov 1994 08:49:61 GMT",
                             "Sun, +6 Nov 1994 08:49:37 GMT",
                             "Sun, 06-Nov-94 08:49:37 GMT",
                             "Sunday, 06-Nov-1994 08:49:37 GMT",
                             "Sun Nov 6 08:49:37 1994",
                             "Sun Nov  66 08:49:37 1994",
                             "784111777"}) {
        EXPECT_FALSE(http::parse_date(text, now)) << text;
    }
}

TEST(date, is_written_as_it_is_read) {
    EXPECT_EQ(http::date_text(example), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http::date_text(sys_seconds()), "Thu, 01 Jan 1970 00:00:00 GMT");
    for (sys_seconds at{}; at < now; at += days(37) + seconds(12345))
        EXPECT_EQ(http::parse_date(http::date_text(at), now), at);
}

TEST(date, of_a_clock_changes_with_the_second) {
    http::date_clock clock;
    EXPECT_EQ(clock.at(example), "Sun, 06 Nov 1994 08:49:37 GMT");
    const char* const where = clock.at(example).data();
    EXPECT_EQ(clock.at(example).data(), where);
    EXPECT_EQ(clock.at(example + seconds(1)), "Sun, 06 Nov 1994 08:49:38 GMT");
}

}  // namespace
