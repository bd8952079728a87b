// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/tls/hash.hpp"

namespace zocalo::tls::detail {

/// As OpenSSL calls it.
[[nodiscard]] const char* name_of(hash which) noexcept;

}  // namespace zocalo::tls::detail
