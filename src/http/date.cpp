// SPDX-License-Identifier: MIT
// Three formats, and nothing else: fields of fixed width are cut out of the text and each is read
// by itself.
//
//     Sun, 06 Nov 1994 08:49:37 GMT    IMF-fixdate
//     Sunday, 06-Nov-94 08:49:37 GMT   RFC 850
//     Sun Nov  6 08:49:37 1994         asctime()
#include "zocalo/http/date.hpp"

#include <algorithm>

#include "zocalo/core/number.hpp"

namespace zocalo::http {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                               "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Takes a text apart from its front; once something does not fit, nothing does.
class scanner {
 public:
    explicit scanner(std::string_view text) noexcept : rest_(text) {}

    scanner& expect(std::string_view what) noexcept {
        if (!rest_.starts_with(what)) return fail();
        rest_.remove_prefix(what.size());
        return *this;
    }
    scanner& day_name(bool whole) noexcept {
        for (const std::string_view name : days) {
            const std::string_view wanted = whole ? name : name.substr(0, 3);
            if (rest_.starts_with(wanted)) return expect(wanted);
        }
        return fail();
    }
    scanner& month_name(unsigned& into) noexcept {
        const auto* const found = std::ranges::find(months, rest_.substr(0, 3));
        if (found == months.end()) return fail();
        into = static_cast<unsigned>(found - months.begin()) + 1;
        return expect(*found);
    }
    scanner& digits(std::size_t count, unsigned& into) noexcept {
        const auto number = from_digits<unsigned>(rest_.substr(0, count));
        if (!number || rest_.size() < count) return fail();
        into = *number;
        rest_.remove_prefix(count);
        return *this;
    }
    scanner& time_of_day(unsigned& hour, unsigned& minute, unsigned& second) noexcept {
        return digits(2, hour).expect(":").digits(2, minute).expect(":").digits(2, second);
    }
    [[nodiscard]] bool is_through() const noexcept { return good_ && rest_.empty(); }
    [[nodiscard]] bool is_at(char c) const noexcept { return rest_.starts_with(c); }

 private:
    scanner& fail() noexcept {
        good_ = false;
        rest_ = {};
        return *this;
    }

    std::string_view rest_;
    bool good_ = true;
};

struct parts {
    unsigned year = 0, month = 0, day = 0;
    unsigned hour = 0, minute = 0, second = 0;
};

bool read_fixdate(std::string_view text, parts& to) noexcept {
    return scanner(text)
        .day_name(false)
        .expect(", ")
        .digits(2, to.day)
        .expect(" ")
        .month_name(to.month)
        .expect(" ")
        .digits(4, to.year)
        .expect(" ")
        .time_of_day(to.hour, to.minute, to.second)
        .expect(" GMT")
        .is_through();
}

bool read_rfc850(std::string_view text, parts& to) noexcept {
    return scanner(text)
        .day_name(true)
        .expect(", ")
        .digits(2, to.day)
        .expect("-")
        .month_name(to.month)
        .expect("-")
        .digits(2, to.year)
        .expect(" ")
        .time_of_day(to.hour, to.minute, to.second)
        .expect(" GMT")
        .is_through();
}

bool read_asctime(std::string_view text, parts& to) noexcept {
    scanner from(text);
    from.day_name(false).expect(" ").month_name(to.month).expect(" ");
    if (from.is_at(' ')) {
        from.expect(" ").digits(1, to.day);
    } else {
        from.digits(2, to.day);
    }
    return from.expect(" ")
        .time_of_day(to.hour, to.minute, to.second)
        .expect(" ")
        .digits(4, to.year)
        .is_through();
}

std::optional<sys_seconds> assemble(const parts& from, unsigned the_year) {
    const year_month_day date(year(static_cast<int>(the_year)), month(from.month), day(from.day));
    // 60 is a leap second: the first one of the next minute, as in POSIX.
    if (!date.ok() || from.hour > 23 || from.minute > 59 || from.second > 60) return std::nullopt;
    return sys_days(date) + hours(from.hour) + minutes(from.minute) + seconds(from.second);
}

/// The year of this century that ends in these digits, or of the last one when this one would be
/// more than 50 years ahead.
std::optional<sys_seconds> assemble_short(const parts& from, sys_seconds now) {
    const int this_year = static_cast<int>(year_month_day(floor<std::chrono::days>(now)).year());
    const unsigned there = static_cast<unsigned>(this_year / 100 * 100) + from.year;
    const auto made = assemble(from, there);
    const auto half_a_century = years(50);
    return made && *made > now + half_a_century ? assemble(from, there - 100) : made;
}

}  // namespace

std::optional<sys_seconds> parse_date(std::string_view text, sys_seconds now) {
    parts read;
    if (read_fixdate(text, read) || read_asctime(text, read)) return assemble(read, read.year);
    if (read_rfc850(text, read)) return assemble_short(read, now);
    return std::nullopt;
}

std::string date_text(sys_seconds when) {
    const auto midnight = floor<std::chrono::days>(when);
    const year_month_day date(midnight);
    const hh_mm_ss time(when - midnight);
    std::string text = "day, 00 mon 0000 00:00:00 GMT";
    const auto put = [&text](std::size_t at, std::size_t width, auto number) {
        for (auto rest = static_cast<unsigned>(number); width > 0; rest /= 10)
            text[at + --width] = static_cast<char>('0' + rest % 10);
    };
    text.replace(0, 3, days.at(weekday(midnight).c_encoding()).substr(0, 3));
    put(5, 2, static_cast<unsigned>(date.day()));
    text.replace(8, 3, months.at(static_cast<unsigned>(date.month()) - 1));
    put(12, 4, static_cast<int>(date.year()));
    put(17, 2, time.hours().count());
    put(20, 2, time.minutes().count());
    put(23, 2, time.seconds().count());
    return text;
}

std::string_view date_clock::at(sys_seconds now) {
    if (now != written_) {
        text_ = date_text(now);
        written_ = now;
    }
    return text_;
}

}  // namespace zocalo::http
