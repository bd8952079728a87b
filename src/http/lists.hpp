// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "core/ascii.hpp"
#include "zocalo/http/grammar.hpp"

/// Values of fields that are lists (RFC 9110 §5.6.1).
namespace zocalo::http::detail {

/// Takes the part before the next `separator` off `rest`; no regard to quotes.
constexpr std::string_view take_until(std::string_view& rest, char separator) noexcept {
    const std::size_t at = rest.find(separator);
    const std::string_view part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
    return trimmed(part);
}

/// Whether a list of tokens has that one.
constexpr bool has_member(std::string_view list, std::string_view token) noexcept {
    while (!list.empty()) {
        if (same_name(take_until(list, ','), token)) return true;
    }
    return false;
}

}  // namespace zocalo::http::detail
