// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace zocalo {

/// The bytes in Base64 (RFC 4648 §4), padded.
std::string base64(std::string_view bytes);

}  // namespace zocalo
