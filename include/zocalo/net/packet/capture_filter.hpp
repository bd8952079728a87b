// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "zocalo/net/filter.hpp"
#include "zocalo/net/packet/link_type.hpp"

namespace zocalo::net::packet {

/// Compiles a filter in tcpdump's language (pcap-filter(7)), such as `udp port 53 and not arp`, for
/// frames that begin with `first`. An empty expression lets everything through.
///
/// Frames that pass are cut to `snap_length` bytes. Throws std::invalid_argument that shows the
/// expression and what is wrong with it. Host names in an expression are looked up.
///
/// A tag that a card has taken out of a frame before the filter saw it is not found by `vlan`.
[[nodiscard]] std::vector<filter_instruction> compile_filter(std::string_view expression,
                                                             link_type first = link_type::ethernet,
                                                             std::uint32_t snap_length = 262144);

}  // namespace zocalo::net::packet
