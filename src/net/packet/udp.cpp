// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/udp.hpp"

#include <stdexcept>
#include <string>

#include "zocalo/net/packet/checksum.hpp"

namespace zocalo::net::packet {

udp_view::udp_view(reader& in) noexcept : header_(in.fields<udp_header::size>("fixed part")) {
    if (in.failed()) return;
    if (length() < udp_header::size) {
        in.fail("length", 4, "shorter than the header");
    } else {
        payload_ = in.payload(length() - udp_header::size, "payload");
    }
}

bool udp_view::checksum_ok(const address& source, const address& destination) const noexcept {
    if (checksum() == 0) return source.is_v4();
    return internet_checksum{}
               .add_pseudo_header(source, destination, ip_protocol::udp, length())
               .add(header_.all())
               .add(payload_)
               .value() == 0;
}

void udp_header::append_to(bytes& out, const_buffer payload, const address& source,
                           const address& destination) const {
    if (payload.size() > 65535 - size) {
        throw std::invalid_argument("UDP header: a payload of " + std::to_string(payload.size()) +
                                    " bytes is more than 65527");
    }
    writer to(out);
    to.u16(source_port)
        .u16(destination_port)
        .u16(static_cast<std::uint16_t>(size + payload.size()))
        .u16(0)
        .put(payload);
    const auto sum = internet_checksum{}
                         .add_pseudo_header(source, destination, ip_protocol::udp, to.size())
                         .add(to.written())
                         .value();
    to.patch_u16(6, sum == 0 ? 0xFFFF : sum);  // zero would say "none"
}

bytes udp_header::build(const_buffer payload, const address& source,
                        const address& destination) const {
    bytes datagram;
    append_to(datagram, payload, source, destination);
    return datagram;
}

}  // namespace zocalo::net::packet
