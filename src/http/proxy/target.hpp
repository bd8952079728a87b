// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace zocalo::http::detail {

/// Whether a path has a segment `.` or `..`, however it is escaped, also where it is not `/` that
/// parts segments but its escape or a backslash: what some servers take for another path.
[[nodiscard]] bool has_dot_segment(std::string_view path) noexcept;

/// The same by RFC 3986: what browsers leave as it is and that does not allow is escaped, and so is
/// a `%` that begins no escape.
[[nodiscard]] std::string strictly_escaped(std::string_view target);

}  // namespace zocalo::http::detail
