// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "zocalo/core/number.hpp"

namespace zocalo {

/// The byte that the escape at `at` stands for, as `%41` (RFC 3986 §2.1); nothing when there is
/// none.
inline std::optional<char> escape_at(std::string_view text, std::size_t at) noexcept {
    if (text.size() < at + 3 || text[at] != '%') return std::nullopt;
    const auto code = from_digits<std::uint8_t>(text.substr(at + 1, 2), 16);
    return code ? std::optional(static_cast<char>(*code)) : std::nullopt;
}

}  // namespace zocalo
