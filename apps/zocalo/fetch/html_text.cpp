// SPDX-License-Identifier: MIT
#include "fetch/html_text.hpp"

#include <array>
#include <cstdint>
#include <optional>

#include "fetch/letters.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::program {

namespace {

struct named {
    std::string_view name;
    char character;
};
constexpr std::array known{named{"amp", '&'}, named{"lt", '<'}, named{"gt", '>'},
                           named{"quot", '"'}, named{"apos", '\''}};

/// What stands between `&` and `;`.
std::optional<std::uint32_t> character(std::string_view name) {
    for (const named& each : known)
        if (each.name == name) return static_cast<std::uint32_t>(each.character);
    if (!name.starts_with('#')) return std::nullopt;
    name.remove_prefix(1);
    const bool is_hex = name.starts_with('x') || name.starts_with('X');
    if (is_hex) name.remove_prefix(1);
    const auto code = from_digits<std::uint32_t>(name, is_hex ? 16 : 10);
    return code && is_character(*code) ? code : std::nullopt;
}

}  // namespace

std::string html_decoded(std::string_view text) {
    constexpr std::size_t longest = 10;  // of a reference
    std::string made;
    while (!text.empty()) {
        const std::size_t end = text.substr(0, longest + 1).find(';');
        const bool is_reference = text.front() == '&' && end != std::string_view::npos;
        const auto code = is_reference ? character(text.substr(1, end - 1)) : std::nullopt;
        if (code) {
            append_character(made, *code);
            text.remove_prefix(end + 1);
        } else {
            made += text.front();
            text.remove_prefix(1);
        }
    }
    return made;
}

std::string html_escaped(std::string_view text) {
    std::string made;
    for (const char c : text) {
        std::string_view name;
        for (const named& each : known)
            if (each.character == c) name = each.name;
        if (name == "apos") name = "#39";  // which HTML 4 has, too
        if (name.empty()) {
            made += c;
        } else {
            ((made += '&') += name) += ';';
        }
    }
    return made;
}

}  // namespace zocalo::program
