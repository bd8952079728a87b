// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

#include "zocalo/http/grammar.hpp"

namespace zocalo::http::detail {

/// Whether a field tells who the user is, so that it is for one origin alone.
constexpr bool is_secret_field(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 3> secret{"Authorization", "Cookie",
                                                     "Proxy-Authorization"};
    for (const std::string_view each : secret) {
        if (same_name(name, each)) return true;
    }
    return false;
}

}  // namespace zocalo::http::detail
