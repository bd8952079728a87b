// SPDX-License-Identifier: MIT
// One pass over the text: each step takes one well-formed UTF-8 character or one stray byte.
#include "zocalo/core/escape.hpp"

#include <algorithm>
#include <cstdint>

#include "core/utf8.hpp"

namespace zocalo {

namespace {

/// Characters that a terminal acts on, or that make text look like other text.
bool is_hidden(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
           code == 0xFEFF;
}

void append_hex(std::string& out, std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    for (const char c : bytes) {
        const auto value = static_cast<unsigned char>(c);
        out += {'\\', 'x', digits[value >> 4], digits[value & 15]};
    }
}

/// How much of the beginning is shown as it is, by a look at each byte.
std::size_t plain_ascii(std::string_view text, bool in_quotes) {
    const auto is_plain = [in_quotes](char c) {
        if (c < ' ' || c >= 0x7F || c == '\\') return false;
        return c != '"' || !in_quotes;
    };
    std::size_t size = 0;
    while (size < text.size() && is_plain(text[size]))
        ++size;
    return size;
}

std::string escape(std::string_view text, std::size_t limit, bool in_quotes) {
    std::string out;
    while (!text.empty()) {
        if (const auto plain = plain_ascii(text, in_quotes); plain > 0) {
            const std::size_t fits = std::min(plain, limit - out.size());
            out += text.substr(0, fits);
            if (fits < plain) return out + "...";
            text.remove_prefix(plain);
            continue;
        }
        const auto [code, length] = first_character(text);
        const auto piece = text.substr(0, length == 0 ? 1 : length);
        std::string shown;
        if (code == '\n') {
            shown = "\\n";
        } else if (code == '\r') {
            shown = "\\r";
        } else if (code == '\t') {
            shown = "\\t";
        } else if (code == '\\' || (in_quotes && code == '"')) {
            shown = {'\\', piece[0]};
        } else if (length == 0 || is_hidden(code)) {
            append_hex(shown, piece);
        } else {
            shown = piece;
        }
        if (out.size() + shown.size() > limit) return out + "...";
        out += shown;
        text.remove_prefix(piece.size());
    }
    return out;
}

}  // namespace

std::string escaped(std::string_view text, std::size_t limit) {
    return escape(text, limit, false);
}

std::string quoted_call::operator()(std::string_view text, std::size_t limit) const {
    return '"' + escape(text, limit, true) + '"';
}

}  // namespace zocalo
