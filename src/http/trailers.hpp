// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "zocalo/http/fields.hpp"

namespace zocalo::http::detail {

/// Whether a field may come after the content: none that frames, routes, authenticates or says how
/// to read what has been read by then (RFC 9110 §6.5.1).
[[nodiscard]] bool may_be_trailer(std::string_view name) noexcept;

/// Leaves only fields that may.
void remove_forbidden(fields& trailers);

}  // namespace zocalo::http::detail
