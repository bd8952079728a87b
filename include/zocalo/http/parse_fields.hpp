// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "zocalo/http/fields.hpp"
#include "zocalo/http/limits.hpp"

namespace zocalo::http {

/// The fields of a block of them, as it stands in a head, in a trailer, in a part of a multipart
/// message, or in a file.
///
/// Each line ends in CR LF. The block ends with the text, or with the first empty line; what comes
/// after that is passed over. Throws bad_message for what is no field, and for what is larger or
/// more than the limits allow (`line`, `head`, `fields`). RFC 9112 §5
[[nodiscard]] fields parse_fields(std::string_view text, const limits& within = client_limits());

}  // namespace zocalo::http
