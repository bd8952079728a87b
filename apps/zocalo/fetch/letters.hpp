// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

/// What readers of pages, style sheets and fields share.
namespace zocalo::program {

/// White space of HTML and of CSS.
inline constexpr std::string_view blanks = " \t\r\n\f";

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c;
}

constexpr bool is_letter(char c) noexcept {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

inline std::string lower(std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(), [](char c) { return lower(c); });
    return made;
}

/// Whether `text` begins with `what`, which is in lower case, in any case.
inline bool begins_with(std::string_view text, std::string_view what) {
    return text.size() >= what.size() && lower(text.substr(0, what.size())) == what;
}

/// Without blanks at its ends.
constexpr std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// A code point that stands for a character: no surrogate.
constexpr bool is_character(std::uint32_t code) noexcept {
    return code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
}

/// In UTF-8.
inline void append_character(std::string& to, std::uint32_t code) {
    const auto add = [&to](std::uint32_t byte) { to += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 | (code >> 6));
        add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        add(0xE0 | (code >> 12));
        add(0x80 | ((code >> 6) & 0x3F));
        add(0x80 | (code & 0x3F));
    } else {
        add(0xF0 | (code >> 18));
        add(0x80 | ((code >> 12) & 0x3F));
        add(0x80 | ((code >> 6) & 0x3F));
        add(0x80 | (code & 0x3F));
    }
}

}  // namespace zocalo::program
