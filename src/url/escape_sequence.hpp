// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/percent.hpp"
#include "url/byte_set.hpp"

/// `%41`, as every part of a URL has it (RFC 3986 §2.1).
namespace zocalo::url {

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
