// SPDX-License-Identifier: MIT
#include "zocalo/rpc/value.hpp"

#include <array>
#include <optional>
#include <stdexcept>

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::rpc {

std::string_view to_text(kind what) noexcept {
    constexpr std::array<std::string_view, 10> words = {
        "nil",    "boolean",          "int",    "double", "bigdecimal",
        "string", "dateTime.iso8601", "base64", "array",  "struct"};
    return words[static_cast<std::size_t>(what)];
}

std::size_t value::size() const noexcept {
    if (const auto* values = get_if<array>()) return values->size();
    if (const auto* members = get_if<structure>()) return members->size();
    return 0;
}

const value& value::at(std::size_t index) const {
    const auto* values = get_if<array>();
    if (values == nullptr || index >= values->size()) {
        throw std::out_of_range("no value number " + std::to_string(index) +
                                " in a value of kind " + std::string(to_text(kind())) +
                                " that has " + std::to_string(size()));
    }
    return (*values)[index];
}

const value& value::at(std::string_view name) const {
    if (const auto* members = get_if<structure>()) {
        const auto found = members->find(name);
        if (found != members->end()) return found->second;
    }
    throw std::out_of_range("no member " + quoted(name) + " in a value of kind " +
                            std::string(to_text(kind())));
}

void value::too_large() {
    throw std::out_of_range("an int of RPC has 64 bits with a sign");
}

namespace {

namespace chrono = std::chrono;

void append(std::string& to, unsigned number, std::size_t digits) {
    const std::string text = std::to_string(number);
    to.append(digits > text.size() ? digits - text.size() : 0, '0').append(text);
}

/// Takes digits, and what stands between parts, from the front of a date.
class date_reader {
 public:
    explicit date_reader(std::string_view text) : all_(text), rest_(text) {}

    unsigned number(std::size_t digits) {
        const auto got = from_digits<unsigned>(rest_.substr(0, digits));
        if (rest_.size() < digits || !got) fail();
        rest_.remove_prefix(digits);
        return *got;
    }
    bool skip(char what) {
        if (!rest_.starts_with(what)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip_digits() {
        while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9')
            rest_.remove_prefix(1);
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[noreturn]] void fail() const {
        throw protocol_error("dateTime.iso8601: " + quoted(all_, 64) +
                             " is not like 19980717T14:08:55");
    }

 private:
    std::string_view all_;
    std::string_view rest_;
};

}  // namespace

std::string to_text(date_time when) {
    const auto day = chrono::floor<chrono::days>(when);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss time(when - day);
    if (date.year() < chrono::year(0) || date.year() > chrono::year(9999))
        throw std::invalid_argument("dateTime.iso8601: a year has four digits");
    std::string text;
    append(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    append(text, static_cast<unsigned>(date.month()), 2);
    append(text, static_cast<unsigned>(date.day()), 2);
    text += 'T';
    append(text, static_cast<unsigned>(time.hours().count()), 2);
    text += ':';
    append(text, static_cast<unsigned>(time.minutes().count()), 2);
    text += ':';
    append(text, static_cast<unsigned>(time.seconds().count()), 2);
    return text;
}

date_time parse_date_time(std::string_view text) {
    date_reader from(text);
    const chrono::year year(static_cast<int>(from.number(4)));
    const bool has_dashes = from.skip('-');
    const chrono::month month(from.number(2));
    if (has_dashes && !from.skip('-')) from.fail();
    const chrono::year_month_day date(year, month, chrono::day(from.number(2)));
    if (!date.ok() || !from.skip('T')) from.fail();
    const unsigned hour = from.number(2);
    const bool has_colons = from.skip(':');
    const unsigned minute = from.number(2);
    if (has_colons && !from.skip(':')) from.fail();
    const unsigned second = from.number(2);
    if (hour > 23 || minute > 59 || second > 60) from.fail();
    if (from.skip('.')) from.skip_digits();
    (void)from.skip('Z');
    if (!from.at_end()) from.fail();
    return chrono::local_days(date) + chrono::hours(hour) + chrono::minutes(minute) +
           chrono::seconds(second);
}

}  // namespace zocalo::rpc
