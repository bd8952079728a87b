// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/net/host_port.hpp"
#include "zocalo/tls/dial.hpp"

namespace zocalo::http::detail {

/// All that was chosen about a connection, as bytes: two requests may use the same one when these
/// are equal. Contexts and resolvers count by identity, so whoever keeps a key has to keep them.
[[nodiscard]] std::string pool_key(const net::host_port& where, const tls::dial_options& how);

}  // namespace zocalo::http::detail
