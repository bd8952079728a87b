// SPDX-License-Identifier: MIT
#include "rpc/xml_text.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>

#include "core/utf8.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::rpc {

namespace {

/// XML 1.0 §2.2, production Char.
bool is_xml_character(std::uint32_t code) {
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    return code != 0xFFFE && code != 0xFFFF && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

/// Where the first thing is that XML cannot have; npos: nowhere.
std::size_t find_foreign(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto [code, length] = first_character(text.substr(at));
        if (length == 0 || !is_xml_character(code)) return at;
        at += length;
    }
    return std::string_view::npos;
}

/// What stands between `&` and `;`.
std::uint32_t resolve(std::string_view name) {
    if (name == "amp") return '&';
    if (name == "lt") return '<';
    if (name == "gt") return '>';
    if (name == "quot") return '"';
    if (name == "apos") return '\'';
    std::optional<std::uint32_t> code;
    if (name.starts_with("#x")) {
        code = from_digits<std::uint32_t>(name.substr(2), 16);
    } else if (name.starts_with('#')) {
        code = from_digits<std::uint32_t>(name.substr(1));
    }
    if (!code || !is_xml_character(*code))
        throw protocol_error("XML: the reference &" + escaped(name, 64) + "; means nothing here");
    return *code;
}

}  // namespace

std::string to_xml(std::string_view text) {
    if (find_foreign(text) != std::string_view::npos) {
        throw std::invalid_argument("XML cannot have the text " + quoted(text, 64) +
                                    ": send it as rpc::binary");
    }
    std::string made;
    made.reserve(text.size());
    for (const char c : text) {
        if (c == '&') {
            made += "&amp;";
        } else if (c == '<') {
            made += "&lt;";
        } else if (c == '>') {
            made += "&gt;";
        } else if (c == '\r') {
            made += "&#13;";  // a reader would make it a line feed
        } else {
            made += c;
        }
    }
    return made;
}

std::string from_xml(std::string_view text) {
    std::string made;
    made.reserve(text.size());
    for (;;) {
        const std::size_t at = text.find('&');
        made += text.substr(0, at);
        if (at == std::string_view::npos) return made;
        text.remove_prefix(at + 1);
        const std::size_t end = text.substr(0, 16).find(';');
        if (end == std::string_view::npos)
            throw protocol_error("XML: an & without a reference: " + quoted(text, 16));
        append_utf8(made, resolve(text.substr(0, end)));
        text.remove_prefix(end + 1);
    }
}

void require_xml_characters(std::string_view text) {
    const std::size_t at = find_foreign(text);
    if (at == std::string_view::npos) return;
    throw protocol_error("XML: at byte " + std::to_string(at) +
                         " is what is no character there: " + quoted(text.substr(at, 4)));
}

}  // namespace zocalo::rpc
