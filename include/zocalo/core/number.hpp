// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

/// Numbers from text and between types, checked.
namespace zocalo {

/// The number that `digits` spell in `base`, when they are digits only and it fits the type.
///
/// No sign, no white space, no prefix, no empty text: every one of them has been read as a number
/// by some peer and refused by another.
template <std::unsigned_integral Number>
constexpr std::optional<Number> from_digits(std::string_view digits, unsigned base = 10) noexcept {
    if (digits.empty()) return std::nullopt;
    Number number = 0;
    for (const char c : digits) {
        unsigned digit = 99;
        if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
        if (c >= 'a' && c <= 'z') digit = static_cast<unsigned>(c - 'a') + 10;
        if (c >= 'A' && c <= 'Z') digit = static_cast<unsigned>(c - 'A') + 10;
        if (digit >= base) return std::nullopt;
        if (number > (std::numeric_limits<Number>::max() - digit) / base) return std::nullopt;
        number = static_cast<Number>(number * base + digit);
    }
    return number;
}

/// `value` as another integer type; std::invalid_argument that names `what` when it does not fit.
template <std::integral To, std::integral From>
constexpr To checked_cast(From value, std::string_view what) {
    if (!std::in_range<To>(value)) {
        throw std::invalid_argument(std::string(what) + ": " + std::to_string(value) +
                                    " is out of range");
    }
    return static_cast<To>(value);
}

}  // namespace zocalo
