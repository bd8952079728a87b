// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "tls/certificate_data.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/tls/certificate.hpp"

namespace zocalo::tls {

namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<unsigned> month_number(std::string_view name) {
    const auto* const found = std::find(months.begin(), months.end(), name);
    if (found == months.end()) return std::nullopt;
    return static_cast<unsigned>(found - months.begin()) + 1;
}

}  // namespace

/// Columns:   Jan  5 09:34:43 2018 GMT
///            0   4 6 7  10 13 15  20
std::chrono::sys_seconds parse_certificate_time(std::string_view text) {
    const auto refuse = [&] {
        throw std::invalid_argument("certificate time " + quoted(text) +
                                    ": not like \"Jan  5 09:34:43 2018 GMT\"");
    };
    if (text.size() != 24 || text.substr(20) != " GMT" || text[3] != ' ' || text[6] != ' ' ||
        text[9] != ':' || text[12] != ':' || text[15] != ' ') {
        refuse();
    }
    const auto number = [&](std::size_t at, std::size_t size) {
        return from_digits<unsigned>(text.substr(at, size));
    };
    const auto month = month_number(text.substr(0, 3));
    const auto day = text[4] == ' ' ? number(5, 1) : number(4, 2);
    const auto hour = number(7, 2);
    const auto minute = number(10, 2);
    const auto second = number(13, 2);
    const auto year = number(16, 4);
    if (!month || !day || !hour || !minute || !second || !year) refuse();
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                           std::chrono::month{*month}, std::chrono::day{*day}};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) refuse();
    return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           std::chrono::seconds{*second};
}

std::string detail::date_text(std::chrono::sys_seconds moment) {
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(moment - day);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u %02ld:%02ld:%02ld UTC",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<long>(time.hours().count()),
                  static_cast<long>(time.minutes().count()),
                  static_cast<long>(time.seconds().count()));
    return text;
}

}  // namespace zocalo::tls
