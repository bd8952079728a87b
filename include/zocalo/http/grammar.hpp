// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// The characters that HTTP is made of (RFC 9110 §5.5, §5.6.2; RFC 9112 §3.2), one table for all.
namespace zocalo::http {

namespace detail {

enum character : std::uint8_t {
    token_character = 1,   ///< of names: letters, digits and !#$%&'*+-.^_`|~
    value_character = 2,   ///< of values: all but control characters; HTAB is one
    target_character = 4,  ///< of a target, as browsers write it: printable ASCII but `"#<>`
    host_character = 8,    ///< of a host's name (RFC 3986 §3.2.2, reg-name)
};

consteval std::array<std::uint8_t, 256> classify_characters() {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool plain = letter || (c >= '0' && c <= '9');
        const auto among = [c](std::string_view some) {
            return c != 0 && some.find(static_cast<char>(c)) != std::string_view::npos;
        };
        unsigned what = 0;
        if (plain || among("!#$%&'*+-.^_`|~")) what |= token_character;
        if ((c >= 0x20 && c != 0x7F) || c == '\t') what |= value_character;
        if (c > 0x20 && c < 0x7F && !among("\"#<>")) what |= target_character;
        if (plain || among("-._~!$&'()*+;=%")) what |= host_character;
        table[c] = static_cast<std::uint8_t>(what);
    }
    return table;
}

inline constexpr std::array<std::uint8_t, 256> characters = classify_characters();

constexpr bool is(character what, char c) noexcept {
    return (characters[static_cast<unsigned char>(c)] & what) != 0;
}

constexpr bool all_are(character what, std::string_view text) noexcept {
    for (const char c : text) {
        if (!is(what, c)) return false;
    }
    return true;
}

}  // namespace detail

/// Whether it can be the name of a field or of a method.
[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && detail::all_are(detail::token_character, text);
}

/// Whether it can be the value of a field: no control character but HTAB, and no white space at
/// either end. What is not ASCII may be anything.
[[nodiscard]] constexpr bool is_field_value(std::string_view text) noexcept {
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
    if (text.empty()) return true;
    return !is_space(text.front()) && !is_space(text.back()) &&
           detail::all_are(detail::value_character, text);
}

/// Whether two names are the same but for the case of ASCII letters.
[[nodiscard]] constexpr bool same_name(std::string_view one, std::string_view other) noexcept {
    if (one.size() != other.size()) return false;
    for (std::size_t i = 0; i < one.size(); ++i) {
        const auto lower = [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        };
        if (lower(one[i]) != lower(other[i])) return false;
    }
    return true;
}

}  // namespace zocalo::http
