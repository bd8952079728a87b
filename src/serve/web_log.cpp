// SPDX-License-Identifier: MIT
#include "zocalo/serve/web_log.hpp"

#include <array>
#include <cstdio>

#include "zocalo/core/escape.hpp"

namespace zocalo::serve {

namespace {

constexpr std::size_t longest = 1024;

std::string host_of(const peer& who) {
    return who.address.is_inet() ? who.address.ip().to_string() : std::string();
}

/// [21/Nov/2026:09:30:00 +0000]
std::string to_text(std::chrono::sys_seconds when) {
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    std::array<char, 64> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "[%02u/%s/%04d:%02d:%02d:%02d +0000]",
        static_cast<unsigned>(date.day()), months.at(static_cast<unsigned>(date.month()) - 1),
        static_cast<int>(date.year()), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

/// Spaces end a part that stands without quotes.
std::string word(const std::string& text) {
    if (text.empty()) return "-";
    std::string whole;
    for (const char c : escaped(text, longest)) {
        if (c == ' ') {
            whole += "\\x20";
        } else {
            whole += c;
        }
    }
    return whole;
}

std::string between_quotes(const std::string& text) {
    return text.empty() ? "\"-\"" : quoted(text, longest);
}

}  // namespace

web_log_entry::web_log_entry(const peer& who, std::uint16_t answer)
    : host(host_of(who)),
      when(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())),
      status(answer) {}

std::string web_log_entry::common() const {
    std::string line = word(host);
    line.append(" - ").append(word(user)).append(" ").append(to_text(when)).append(" ");
    line.append(between_quotes(request)).append(" ").append(std::to_string(status)).append(" ");
    return line += size == 0 ? "-" : std::to_string(size);
}

std::string web_log_entry::combined() const {
    return common() + " " + between_quotes(referer) + " " + between_quotes(agent);
}

}  // namespace zocalo::serve
