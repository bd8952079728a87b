// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace zocalo::http::detail {

/// Whether a path is that one or below it, as it was sent: "/a/b" is below "/a" and "/a/".
constexpr bool is_below(std::string_view path, std::string_view top) noexcept {
    if (!path.starts_with(top)) return false;
    return top.ends_with('/') || path.size() == top.size() || path[top.size()] == '/';
}

}  // namespace zocalo::http::detail
