// SPDX-License-Identifier: MIT
// Each word or number takes the first place that it fits and that is still free: a word is a day of
// the week, a month or a zone; a number a time, an offset, a whole date, a day, a year.
#include "fetch/any_date.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fetch/letters.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::program {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 12> months{"january",   "february", "march",    "april",
                                                  "may",       "june",     "july",     "august",
                                                  "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> days{"monday", "tuesday",  "wednesday", "thursday",
                                               "friday", "saturday", "sunday"};

struct zone {
    std::string_view name;
    std::chrono::minutes ahead;  ///< of UTC
};

constexpr std::array<zone, 17> zones{{{"gmt", 0h},
                                      {"utc", 0h},
                                      {"z", 0h},
                                      {"wet", 0h},
                                      {"bst", 1h},
                                      {"cet", 1h},
                                      {"met", 1h},
                                      {"cest", 2h},
                                      {"eet", 2h},
                                      {"est", -5h},
                                      {"edt", -4h},
                                      {"cst", -6h},
                                      {"cdt", -5h},
                                      {"mst", -7h},
                                      {"mdt", -6h},
                                      {"pst", -8h},
                                      {"pdt", -7h}}};

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Whole, or its first three letters.
template <std::size_t N>
std::optional<unsigned> place_in(const std::array<std::string_view, N>& names,
                                 const std::string& word) {
    const auto found = std::ranges::find_if(
        names, [&](std::string_view each) { return word == each || word == each.substr(0, 3); });
    if (found == names.end()) return std::nullopt;
    return static_cast<unsigned>(found - names.begin());
}

class date_reader {
 public:
    explicit date_reader(std::string_view text) : rest_(text) {}

    std::optional<std::chrono::sys_seconds> read();

 private:
    bool take_word();
    bool take_number();
    bool take_time();
    bool take_whole_date();
    bool take_offset(std::string_view digits, char sign);
    bool take_day_or_year(std::string_view digits);
    [[nodiscard]] std::optional<std::chrono::sys_seconds> made() const;

    template <class Fits>
    std::string_view take_while(Fits fits) {
        const auto end = std::ranges::find_if_not(rest_, fits);
        const std::string_view taken =
            rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view rest_;
    char before_ = ' ';  ///< what stands before the rest
    std::optional<unsigned> day_;
    std::optional<unsigned> month_;
    std::optional<unsigned> year_;
    std::optional<std::chrono::seconds> time_;
    std::optional<std::chrono::minutes> ahead_;
};

std::optional<std::chrono::sys_seconds> date_reader::read() {
    while (!rest_.empty()) {
        const char next = rest_.front();
        bool fits = true;
        if (is_letter(next)) {
            fits = take_word();
        } else if (is_digit(next)) {
            fits = take_number();
        } else {
            before_ = next;
            rest_.remove_prefix(1);
        }
        if (!fits) return std::nullopt;
    }
    return made();
}

bool date_reader::take_word() {
    const std::string word = lower(take_while(is_letter));
    const bool is_between = word == "t" && year_ && day_ && !time_;  // 1994-11-06T08:49:37
    if (is_between || place_in(days, word)) return true;
    if (const auto month = place_in(months, word); month && !month_) {
        month_ = *month + 1;
        return true;
    }
    const auto known = std::ranges::find(zones, word, &zone::name);
    if (known == zones.end() || ahead_) return false;
    ahead_ = known->ahead;
    return true;
}

/// hh:mm or hh:mm:ss
bool date_reader::take_time() {
    const std::string_view all = take_while([](char c) { return is_digit(c) || c == ':'; });
    std::array<unsigned, 3> parts{};
    std::string_view left = all;
    for (std::size_t i = 0; i < parts.size() && !left.empty(); ++i) {
        const std::string_view digits = left.substr(0, left.find(':'));
        const auto number = from_digits<unsigned>(digits);
        if (!number || digits.size() > 2 || *number > (i == 0 ? 23U : 60U)) return false;
        parts[i] = *number;
        left.remove_prefix(std::min(digits.size() + 1, left.size()));
    }
    if (!left.empty() || all.ends_with(':') || time_ || parts[1] > 59) return false;
    time_ = std::chrono::hours(parts[0]) + std::chrono::minutes(parts[1]) +
            std::chrono::seconds(parts[2]);
    return true;
}

/// yyyy-mm-dd
bool date_reader::take_whole_date() {
    const auto number = [this](std::size_t at, std::size_t size) {
        return from_digits<unsigned>(rest_.substr(at, size));
    };
    if (year_ || month_ || day_) return false;
    year_ = number(0, 4);
    month_ = number(5, 2);
    day_ = number(8, 2);
    rest_.remove_prefix(10);
    return year_ && month_ && day_;
}

/// +hhmm
bool date_reader::take_offset(std::string_view digits, char sign) {
    const auto number = from_digits<unsigned>(digits);
    if (!number || *number > 1400 || *number % 100 > 59) return false;
    const std::chrono::minutes span =
        std::chrono::hours(*number / 100) + std::chrono::minutes(*number % 100);
    ahead_ = sign == '-' ? -span : span;
    return true;
}

bool date_reader::take_day_or_year(std::string_view digits) {
    const auto number = from_digits<unsigned>(digits);
    if (!number || digits.size() > 4) return false;
    if (!day_ && *number >= 1 && *number <= 31 && digits.size() <= 2) {
        day_ = *number;
    } else if (!year_) {
        const bool is_short = digits.size() <= 2;
        year_ = *number + (is_short ? (*number > 70 ? 1900U : 2000U) : 0U);
    } else {
        return false;
    }
    return true;
}

bool date_reader::take_number() {
    const auto is_there = [this](std::size_t at, char c) {
        return at < rest_.size() && rest_[at] == c;
    };
    if (is_there(1, ':') || is_there(2, ':')) return take_time();
    const bool is_iso =
        is_there(4, '-') && is_there(7, '-') && rest_.size() >= 10 && is_digit(rest_[5]);
    if (is_iso) return take_whole_date();
    const std::string_view digits = take_while(is_digit);
    const char sign = std::exchange(before_, ' ');
    const bool is_signed = (sign == '+' || sign == '-') && digits.size() == 4;
    if (digits.size() == 8 && !year_ && !month_ && !day_) {
        year_ = from_digits<unsigned>(digits.substr(0, 4));
        month_ = from_digits<unsigned>(digits.substr(4, 2));
        day_ = from_digits<unsigned>(digits.substr(6, 2));
        return true;
    }
    if (is_signed && !ahead_ && (time_ || year_)) return take_offset(digits, sign);
    return take_day_or_year(digits);
}

std::optional<std::chrono::sys_seconds> date_reader::made() const {
    if (!day_ || !month_ || !year_) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year_)),
                                           std::chrono::month(*month_), std::chrono::day(*day_));
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + time_.value_or(0s) - ahead_.value_or(0min);
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_any_date(std::string_view text) {
    return date_reader(text).read();
}

}  // namespace zocalo::program
