// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zocalo/net/address.hpp"

namespace zocalo::url {

/// What may stand between the brackets of a host.
struct zoned_address {
    net::address ip;
    std::string zone = {};  ///< an interface that there may be, or its number; empty: none
};

/// IPv6address [ "%25" ZoneID ]. A zone is for addresses of a link only, and no look is taken at
/// the interfaces of this host.
std::optional<zoned_address> try_parse_zoned(std::string_view text);

}  // namespace zocalo::url
