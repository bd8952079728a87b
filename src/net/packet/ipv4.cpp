// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/ipv4.hpp"

#include <stdexcept>
#include <string>

#include "zocalo/net/packet/checksum.hpp"

namespace zocalo::net::packet {

namespace {

void require(bool good, const char* rule) {
    if (!good) throw std::invalid_argument(std::string("IPv4 header: ") + rule);
}

}  // namespace

ipv4_view::ipv4_view(reader& in) noexcept : header_(in.fields<ipv4_header::size>("fixed part")) {
    if (in.failed()) return;
    if (header_.u8<0>() >> 4 != 4) in.fail("version", 0, "not 4");
    if (header_size() < ipv4_header::size) in.fail("header length", 0, "shorter than 20 bytes");
    if (total_length() < header_size()) in.fail("total length", 2, "shorter than the header");
    if (fragment_offset() + std::size_t{total_length()} > 65535 + header_size()) {
        in.fail("fragment offset", 6, "the whole packet would pass 65535 bytes");
    }
    if (in.failed()) return;
    options_ = in.take(header_size() - ipv4_header::size, "options");
    payload_ = in.payload(payload_length(), "payload");
}

bool ipv4_view::checksum_ok() const noexcept {
    return internet_checksum{}.add(header_.all()).add(options_).value() == 0;
}

ipv4_header ipv4_view::header() const {
    return {dscp(),
            ecn(),
            identification(),
            dont_fragment(),
            more_fragments(),
            fragment_offset(),
            ttl(),
            protocol(),
            source(),
            destination(),
            bytes(options_.begin(), options_.end())};
}

void ipv4_header::append_to(bytes& out, const_buffer payload) const {
    require(source.is_v4() && destination.is_v4(), "source and destination must be IPv4 addresses");
    require(dscp < 64 && ecn < 4, "dscp has 6 bits and ecn has 2");
    require(fragment_offset % 8 == 0, "the fragment offset must be a multiple of 8");
    require(options.size() <= largest_size - size, "more than 40 bytes of options");
    const std::size_t header_size = size + (options.size() + 3) / 4 * 4;
    require(payload.size() <= 65535 - header_size, "the packet would pass 65535 bytes");
    const unsigned fragment =
        (dont_fragment ? 0x4000U : 0U) | (more_fragments ? 0x2000U : 0U) | fragment_offset / 8U;
    writer to(out);
    to.u8(static_cast<std::uint8_t>(0x40 | header_size / 4))
        .u8(static_cast<std::uint8_t>(dscp << 2 | ecn))
        .u16(static_cast<std::uint16_t>(header_size + payload.size()))
        .u16(identification)
        .u16(static_cast<std::uint16_t>(fragment))
        .u8(ttl)
        .u8(static_cast<std::uint8_t>(protocol))
        .u16(0)
        .put(source.bytes())
        .put(destination.bytes())
        .put(options)
        .align(4);
    to.patch_u16(10, checksum(to.written()));
    to.put(payload);
}

bytes ipv4_header::build(const_buffer payload) const {
    bytes packet;
    append_to(packet, payload);
    return packet;
}

}  // namespace zocalo::net::packet
