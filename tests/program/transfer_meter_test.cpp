// SPDX-License-Identifier: MIT
#include "fetch/transfer_meter.hpp"

#include <gmock/gmock.h>

namespace zocalo::program {
namespace {

using namespace std::chrono_literals;

transfer_meter half() {
    return {.name = "http://example.org/a/file.iso", .done = 1'500'000, .whole = 3'000'000};
}

TEST(transfer_meter, tells_how_far_and_how_long) {
    EXPECT_EQ(meter_line(half(), 250'000, 77),
              "http://example.org/a/file.iso   50 %  1.5 MB of 3.0 MB  250.0 kB/s  0:06 left");
    transfer_meter unknown = half();
    unknown.whole.reset();
    EXPECT_THAT(meter_line(unknown, 250'000, 79), testing::EndsWith("  1.5 MB  250.0 kB/s"));
    EXPECT_EQ(bar_line(half(), 40), "...file.iso [==========>         ]  50 %");
    EXPECT_EQ(bar_line(unknown, 40), "http://example.org/a/file.iso     1.5 MB");
    EXPECT_EQ(end_line(half(), 9500ms, 60),
              "http://example.org/a/file.iso     1.5 MB in 0:10  157.9 kB/s");
}

TEST(transfer_meter, is_never_at_a_hundred_before_the_end_nor_beyond_it) {
    transfer_meter of = half();
    of.done = 2'999'999;
    EXPECT_THAT(meter_line(of, 1, 80), testing::HasSubstr(" 99 %"));
    of.done = 4'000'000;  // more than was said
    EXPECT_THAT(meter_line(of, 1, 80), testing::HasSubstr("100 %"));
    EXPECT_THAT(bar_line(of, 80), testing::HasSubstr("] 100 %"));
    of.whole = 0;
    of.done = 0;
    EXPECT_THAT(meter_line(of, 0, 80), testing::HasSubstr("  0 %"));
}

/// How many columns a terminal needs for it at most.
std::size_t width(std::string_view text) {
    std::size_t sum = 0;
    for (const char each : text) {
        const auto byte = static_cast<unsigned char>(each);
        if ((byte & 0xC0) != 0x80) sum += byte >= 0xE0 ? 2 : 1;
    }
    return sum;
}

TEST(transfer_meter, fits_into_every_width) {
    transfer_meter of = half();
    for (const char* name :
         {"", "short", "\x1b[31mred\n", "\xC3\xA9t\xC3\xA9/\xE6\xBC\xA2\xE5\xAD\x97.iso",
          "a/very/long/name/that/has/no/room/in/most/terminals/by/far.iso"}) {
        of.name = name;
        for (std::size_t columns = 0; columns < 200; ++columns) {
            for (const std::string& line :
                 {meter_line(of, 1e6, columns), bar_line(of, columns), end_line(of, 5s, columns)}) {
                EXPECT_LE(width(line), columns) << line;
                EXPECT_EQ(line.find_first_of("\x1b\n\r"), std::string::npos) << line;
            }
        }
    }
    EXPECT_THAT(meter_line(of, 1e6, 79),
                testing::StartsWith("...om/in/most/terminals/by/far.iso  50 %"));
}

TEST(pace, is_that_of_the_last_seconds) {
    const pace::clock::time_point start{};
    pace going;
    EXPECT_EQ(going.per_second(), 0);
    going.note(start, 0);
    EXPECT_EQ(going.per_second(), 0);
    for (int second = 1; second <= 10; ++second)
        going.note(start + second * 1s, static_cast<std::uint64_t>(second) * 1000);
    EXPECT_DOUBLE_EQ(going.per_second(), 1000);
    for (int second = 11; second <= 20; ++second)
        going.note(start + second * 1s, 10'000);
    EXPECT_EQ(going.per_second(), 0);  // nothing came lately
    going.note(start + 21s, 500);      // begun anew
    EXPECT_EQ(going.per_second(), 0);
    going.note(start + 22s, 2500);
    EXPECT_DOUBLE_EQ(going.per_second(), 2000);
}

TEST(clock_text, is_read_like_a_clock) {
    EXPECT_EQ(clock_text(0s), "0:00");
    EXPECT_EQ(clock_text(754s), "12:34");
    EXPECT_EQ(clock_text(3h + 25min + 5s), "3:25:05");
    EXPECT_EQ(clock_text(-5s), "0:00");
}

}  // namespace
}  // namespace zocalo::program
