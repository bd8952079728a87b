// SPDX-License-Identifier: MIT
#include "http/curl_date.hpp"

#include "zocalo/core/number.hpp"

namespace zocalo::http::detail {

namespace {

void append_number(std::string& to, long long number, std::size_t digits) {
    const std::string text = std::to_string(number);
    if (text.size() < digits) to.append(digits - text.size(), '0');
    to += text;
}

}  // namespace

std::string curl_date(std::chrono::sys_seconds when) {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    std::string text;
    append_number(text, static_cast<int>(date.year()), 4);
    append_number(text, static_cast<unsigned>(date.month()), 2);
    append_number(text, static_cast<unsigned>(date.day()), 2);
    text += ' ';
    append_number(text, time.hours().count(), 2);
    text += ':';
    append_number(text, time.minutes().count(), 2);
    text += ':';
    append_number(text, time.seconds().count(), 2);
    return text;
}

std::optional<std::chrono::sys_seconds> parse_curl_date(std::string_view text) {
    constexpr std::string_view shape = "dddddddd dd:dd:dd";
    if (text.size() != shape.size() || text[8] != ' ' || text[11] != ':' || text[14] != ':')
        return std::nullopt;
    const auto number = [text](std::size_t at, std::size_t size) {
        return from_digits<unsigned>(text.substr(at, size));
    };
    const auto year = number(0, 4);
    const auto month = number(4, 2);
    const auto day = number(6, 2);
    const auto hours = number(9, 2);
    const auto minutes = number(12, 2);
    const auto seconds = number(15, 2);
    if (!year || !month || !day || !hours || !minutes || !seconds) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(*month), std::chrono::day(*day));
    if (!date.ok() || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hours) +
           std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
}

}  // namespace zocalo::http::detail
