// SPDX-License-Identifier: MIT
#include "zocalo/serve/access_log.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/ascii.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::serve {

namespace {

bool is_plain(char c) noexcept {
    return is_letter_or_digit(c) || std::string_view(".:/_-@[]+%").find(c) != std::string::npos;
}

constexpr std::size_t longest_plain = 256;

/// 2026-11-21T09:30:00.123Z
std::string to_text(std::chrono::sys_time<std::chrono::milliseconds> when) {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    std::array<char, 64> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
        static_cast<int>(time.subseconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

log_line::log_line(std::chrono::sys_time<std::chrono::milliseconds> when,
                   const connection& client) {
    add("time", to_text(when));
    add("connection", client.number());
    add("peer", client.peer().to_string());
}

log_line::log_line(std::chrono::sys_time<std::chrono::milliseconds> when, const peer& who) {
    add("time", to_text(when));
    add("peer", who.to_string());
}

log_line& log_line::add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_ += ' ';
    text_ += name;
    text_ += '=';
    const bool plain =
        !value.empty() && value.size() <= longest_plain && std::ranges::all_of(value, is_plain);
    text_ += plain ? std::string(value) : quoted(value);
    return *this;
}

log_line& log_line::add(std::string_view name, std::uint64_t value) {
    return add(name, std::string_view(std::to_string(value)));
}

}  // namespace zocalo::serve
