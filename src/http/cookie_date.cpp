// SPDX-License-Identifier: MIT
// RFC 6265 §5.1.1: a date is cut into tokens, and each of them is the first thing that is still
// missing and that it looks like: a time, a day, a month, a year.
#include <algorithm>
#include <array>

#include "http/value_scanner.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/cookie.hpp"

namespace zocalo::http {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E
bool is_delimiter(char c) noexcept {
    return c == '\t' || (c >= 0x20 && c <= 0x2F) || (c >= 0x3B && c <= 0x40) ||
           (c >= 0x5B && c <= 0x60) || (c >= 0x7B && c <= 0x7E);
}
bool is_part(char c) noexcept {
    return !is_delimiter(c);
}

/// From `least` to `most` digits, and no digit behind them.
std::optional<unsigned> take_number(detail::value_scanner& from, std::size_t least,
                                    std::size_t most) noexcept {
    const std::string_view digits = from.take_while(is_digit);
    if (digits.size() < least || digits.size() > most) return std::nullopt;
    return from_digits<unsigned>(digits);
}

struct cookie_date {
    std::optional<unsigned> hour = {}, minute = {}, second = {};
    std::optional<unsigned> day = {}, month = {}, year = {};

    void take(std::string_view token) noexcept {
        if (!hour && take_time(token)) return;
        detail::value_scanner from(token);
        if (!day) {
            day = take_number(from, 1, 2);
            if (day) return;
        }
        if (!month && take_month(token)) return;
        from.go_back_to(0);
        if (!year) year = take_number(from, 2, 4);
    }

    [[nodiscard]] std::optional<sys_seconds> assemble() const noexcept {
        if (!hour || !day || !month || !year) return std::nullopt;
        unsigned full_year = *year;
        if (full_year < 100) full_year += full_year >= 70 ? 1900 : 2000;
        if (full_year < 1601 || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
        const year_month_day date(std::chrono::year(static_cast<int>(full_year)),
                                  std::chrono::month(*month), std::chrono::day(*day));
        if (!date.ok()) return std::nullopt;
        return sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second);
    }

 private:
    bool take_time(std::string_view token) noexcept {
        detail::value_scanner from(token);
        const auto h = take_number(from, 1, 2);
        if (!h || !from.take(':')) return false;
        const auto m = take_number(from, 1, 2);
        if (!m || !from.take(':')) return false;
        const auto s = take_number(from, 1, 2);
        if (!s) return false;
        hour = h;
        minute = m;
        second = s;
        return true;
    }
    bool take_month(std::string_view token) noexcept {
        const auto* const found = std::ranges::find_if(
            months, [&](std::string_view name) { return same_name(token.substr(0, 3), name); });
        if (found == months.end()) return false;
        month = static_cast<unsigned>(found - months.begin()) + 1;
        return true;
    }
};

}  // namespace

std::optional<sys_seconds> parse_cookie_date(std::string_view text) {
    cookie_date read;
    for (detail::value_scanner from(text); !from.is_at_end();) {
        from.take_while(is_delimiter);
        const std::string_view token = from.take_while(is_part);
        if (!token.empty()) read.take(token);
    }
    return read.assemble();
}

}  // namespace zocalo::http
