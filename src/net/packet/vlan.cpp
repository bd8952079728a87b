// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/vlan.hpp"

#include <stdexcept>
#include <string>

namespace zocalo::net::packet {

void vlan_header::append_to(bytes& out, const_buffer payload) const {
    if (priority > 7) {
        throw std::invalid_argument("VLAN tag: priority " + std::to_string(priority) +
                                    " is above 7");
    }
    if (id > 0x0FFF) {
        throw std::invalid_argument("VLAN tag: id " + std::to_string(id) + " is above 4095");
    }
    const auto control = priority << 13 | (drop_eligible ? 0x1000 : 0) | id;
    writer(out)
        .u16(static_cast<std::uint16_t>(control))
        .u16(static_cast<std::uint16_t>(type))
        .put(payload);
}

bytes vlan_header::build(const_buffer payload) const {
    bytes tagged;
    append_to(tagged, payload);
    return tagged;
}

}  // namespace zocalo::net::packet
