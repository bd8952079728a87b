// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zocalo {

/// The bytes in Base64 (RFC 4648 §4), padded.
std::string base64(std::string_view bytes);

/// The bytes that base64() made the text of; nothing when it could not have made it: no padding,
/// white space or bits that are left over.
std::optional<std::string> try_unbase64(std::string_view text);

}  // namespace zocalo
