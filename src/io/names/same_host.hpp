// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace zocalo::io::detail {

/// Whether two texts name the same host: equal addresses, or names that differ in the case of
/// letters, in their IDNA form, or in a dot at the end.
bool same_host(std::string_view one, std::string_view other);

}  // namespace zocalo::io::detail
