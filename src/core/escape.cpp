// SPDX-License-Identifier: MIT
// One pass over the text: each step takes one well-formed UTF-8 character or one stray byte.
#include "zocalo/core/escape.hpp"

#include <cstdint>

namespace zocalo {

namespace {

struct character {
    std::uint32_t code = 0;
    std::size_t length = 0;  // 0: not well-formed
};

/// RFC 3629 §4: the shortest form only, no surrogates, nothing above U+10FFFF.
character decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    std::size_t length = 0;
    if (lead >= 0xC2 && lead <= 0xDF) length = 2;
    if (lead >= 0xE0 && lead <= 0xEF) length = 3;
    if (lead >= 0xF0 && lead <= 0xF4) length = 4;
    if (length == 0 || text.size() < length) return {};
    std::uint32_t code = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        code = code << 6 | (byte(i) & 0x3FU);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, length};
}

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

std::string escape(std::string_view text, std::size_t limit, bool in_quotes) {
    std::string out;
    while (!text.empty()) {
        const auto [code, length] = decode(text);
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
