// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// Letters of ASCII, whatever the locale says.
namespace zocalo {

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
}

inline std::string lower(std::string_view text) {
    std::string small(text);
    std::ranges::transform(small, small.begin(), [](char c) { return lower(c); });
    return small;
}

constexpr bool is_letter(char c) noexcept {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

constexpr bool is_letter_or_digit(char c) noexcept {
    return is_letter(c) || (c >= '0' && c <= '9');
}

constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// Without spaces and tabs, or other characters of a kind, at its ends.
constexpr std::string_view trimmed(std::string_view text,
                                   bool (*is_space)(char) noexcept = is_blank) noexcept {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

}  // namespace zocalo
