// SPDX-License-Identifier: MIT
#include "gopher/menu_name.hpp"

#include <algorithm>

#include "core/utf8.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::gopher {

namespace {

/// All of ASCII that may stand in a selector, but for the letter of escapes.
constexpr std::string_view plain = " !\"#$&'()*+,/:;<=>?@[\\]^`{|}";

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < ' ';
}

}  // namespace

std::string shown(std::string_view name) {
    constexpr std::uint32_t replacement = 0xFFFD;
    std::string text;
    while (!name.empty()) {
        const std::size_t size = first_character(name).length;
        if (size == 0) append_utf8(text, replacement);
        text += name.substr(0, size);
        name.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return text;
}

std::string selector_of(std::string_view path) {
    return is_utf8(path) ? std::string(path) : url::quote(path, plain);
}

std::optional<std::string> path_in(std::string_view selector) {
    auto path = url::try_unquote(selector);
    if (!path || is_utf8(*path) || std::ranges::any_of(*path, is_control)) return std::nullopt;
    return path;
}

}  // namespace zocalo::gopher
