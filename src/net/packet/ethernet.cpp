// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/ethernet.hpp"

#include <stdexcept>
#include <string>

namespace zocalo::net::packet {

ethernet_view::ethernet_view(reader& in) noexcept
    : header_(in.fields<ethernet_header::size>("addresses and type")),
      payload_(has_length() ? in.payload(type_or_length(), "payload") : in.rest()),
      padding_(in.rest()) {
    if (type_or_length() > ethernet_header::longest_802_3 && type() < ethertype::smallest) {
        in.fail("type", 12, "neither a length (up to 1500) nor a type (from 1536)");
    }
}

void ethernet_header::append_to(bytes& out, const_buffer payload) const {
    auto type_field = static_cast<std::uint16_t>(type);
    if (type == ethertype::ieee_802_3) {
        if (payload.size() > longest_802_3) {
            throw std::invalid_argument("Ethernet header: a payload of " +
                                        std::to_string(payload.size()) +
                                        " bytes has no length field, which ends at 1500");
        }
        type_field = static_cast<std::uint16_t>(payload.size());
    }
    writer(out).put(destination.bytes()).put(source.bytes()).u16(type_field).put(payload);
}

bytes ethernet_header::build(const_buffer payload) const {
    bytes frame;
    append_to(frame, payload);
    if (frame.size() < smallest_frame) frame.resize(smallest_frame);
    return frame;
}

}  // namespace zocalo::net::packet
