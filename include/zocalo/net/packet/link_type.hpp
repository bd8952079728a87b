// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace zocalo::net::packet {

/// What the first header of a captured frame is (the LINKTYPE_* numbers of capture files). Any
/// other number of 16 bits is a value too.
enum class link_type : std::uint16_t {
    null = 0,  ///< BSD loopback: a family in the byte order of the machine
    ethernet = 1,
    raw_ip = 101,        ///< IPv4 or IPv6, as its version says
    linux_cooked = 113,  ///< what a cooked capture keeps of the link header
    ipv4 = 228,
    ipv6 = 229,
    linux_cooked_v2 = 276,  ///< the same with the interface; what `any` captures are written as
};

/// `Ethernet`; `link type 99` for one without a name.
[[nodiscard]] std::string to_string(link_type type);
std::ostream& operator<<(std::ostream& out, link_type type);

}  // namespace zocalo::net::packet
