// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ascii.hpp"
#include "url/byte_set.hpp"
#include "zocalo/core/number.hpp"

/// `%41`, as every part of a URL has it (RFC 3986 §2.1).
namespace zocalo::url {

/// The byte that the escape at `at` stands for; nothing when there is none.
inline std::optional<char> escape_at(std::string_view text, std::size_t at) noexcept {
    if (text.size() < at + 3 || text[at] != '%') return std::nullopt;
    const auto code = from_digits<std::uint8_t>(text.substr(at + 1, 2), 16);
    return code ? std::optional(static_cast<char>(*code)) : std::nullopt;
}

inline void append_escape(std::string& to, char c) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    to += '%';
    to += hex[byte >> 4];
    to += hex[byte & 15];
}

/// Every byte that is not in `plain` as an escape.
inline void append_escaped(std::string& to, std::string_view text, const byte_set& plain) {
    for (const char c : text) {
        if (plain.has(c)) {
            to += c;
        } else {
            append_escape(to, c);
        }
    }
}

/// Whether the text is made of such bytes and well-formed escapes.
inline bool is_made_of(std::string_view text, const byte_set& plain) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (plain.has(text[i])) continue;
        if (!escape_at(text, i)) return false;
        i += 2;
    }
    return true;
}

}  // namespace zocalo::url
