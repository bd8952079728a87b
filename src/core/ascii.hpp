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

}  // namespace zocalo
