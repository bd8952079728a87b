// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "url/byte_set.hpp"

namespace zocalo::url {

/// Whether the last label is a number, as one writes it in C: then browsers take the whole for an
/// IPv4 address (URL Standard, "ends in a number").
inline bool ends_in_number(std::string_view name) noexcept {
    if (name.ends_with('.')) name.remove_suffix(1);
    const auto dot = name.rfind('.');
    const auto last = name.substr(dot == std::string_view::npos ? 0 : dot + 1);
    if (last.empty()) return false;
    if (digits.has_all(last)) return true;
    const bool prefixed = last.starts_with("0x") || last.starts_with("0X");
    return prefixed && hex_digits.has_all(last.substr(2));
}

}  // namespace zocalo::url
