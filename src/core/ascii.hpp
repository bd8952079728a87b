// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string>

/// Letters of ASCII, whatever the locale says.
namespace zocalo {

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
}

inline std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) { return lower(c); });
    return text;
}

}  // namespace zocalo
