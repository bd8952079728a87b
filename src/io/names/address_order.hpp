// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "io/names/name_source.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::io::detail {

/// Puts addresses in the order in which they should be tried (RFC 6724 §6).
void sort_for_connecting(std::vector<net::address>& addresses, name_source& names);

}  // namespace zocalo::io::detail
