// SPDX-License-Identifier: MIT
#pragma once

#include <istream>
#include <string_view>
#include <vector>

#include "zocalo/net/address.hpp"

namespace zocalo::io::detail {

/// The addresses of a host in a file like /etc/hosts (hosts(5)): those of all lines that name it,
/// in letters of any case and with or without a dot at its end, once each. Lines that do not begin
/// with an address are passed over.
std::vector<net::address> find_in_hosts(std::istream& file, std::string_view host);

}  // namespace zocalo::io::detail
