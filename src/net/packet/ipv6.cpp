// SPDX-License-Identifier: MIT
// The chain of extension headers is walked once, with a bound on its length, by a second reader
// over the payload. A fragment other than the first ends the walk: what follows is data.
#include "zocalo/net/packet/ipv6.hpp"

#include <stdexcept>
#include <string>

namespace zocalo::net::packet {

namespace {

bool is_extension(ip_protocol kind) noexcept {
    switch (kind) {
        case ip_protocol::hop_by_hop:
        case ip_protocol::routing:
        case ip_protocol::fragment:
        case ip_protocol::authentication:
        case ip_protocol::destination_options:
        case ip_protocol::mobility:
        case ip_protocol::hip:
        case ip_protocol::shim6:
            return true;
        default:
            return false;
    }
}

/// RFC 4302 §2.2 counts in words of 4 bytes minus 2, RFC 8200 in words of 8 minus 1.
std::size_t size_of(ip_protocol kind, std::uint8_t length) noexcept {
    if (kind == ip_protocol::fragment) return 8;
    if (kind == ip_protocol::authentication) return (std::size_t{length} + 2) * 4;
    return (std::size_t{length} + 1) * 8;
}

ipv6_fragment fragment_of(const fields<8>& header) noexcept {
    return {static_cast<std::uint16_t>(header.u16<2>() & 0xFFF8), (header.u8<3>() & 1) != 0,
            header.u32<4>()};
}

}  // namespace

ipv6_view::ipv6_view(reader& in) noexcept : header_(in.fields<ipv6_header::size>("fixed part")) {
    if (in.failed()) return;
    if (header_.u8<0>() >> 4 != 6) in.fail("version", 0, "not 6");
    payload_ = in.payload(payload_length(), "payload");
    if (!in.failed()) walk(in);
}

void ipv6_view::walk(reader& in) noexcept {
    reader chain(payload_, {});
    upper_protocol_ = next_header();
    while (is_extension(upper_protocol_) && (!fragment_ || fragment_->offset == 0)) {
        const std::size_t at = chain.position();
        if (extension_count_ == most_extensions) {
            return in.fail("extension headers", ipv6_header::size + at, "more than 8");
        }
        const auto rest = payload_.subspan(at);
        const auto start = chain.fields<2>("extension header");
        const std::size_t size = size_of(upper_protocol_, start.u8<1>());
        chain.take(size - 2, "extension header");
        if (chain.failed()) {
            return in.fail("extension header", ipv6_header::size + at, "longer than the packet");
        }
        const auto whole = rest.first(size);
        extensions_[extension_count_++] = {upper_protocol_, whole};
        if (upper_protocol_ == ip_protocol::fragment) {
            fragment_ = fragment_of(fields<8>(whole.first<8>()));
        }
        upper_protocol_ = ip_protocol{start.u8<0>()};
    }
    upper_length_ = payload_length() - chain.position();
    upper_payload_ = chain.rest();
}

void ipv6_header::append_to(bytes& out, const_buffer payload) const {
    if (!source.is_v6() || !destination.is_v6()) {
        throw std::invalid_argument("IPv6 header: source and destination must be IPv6 addresses");
    }
    if (flow_label > 0xFFFFF) {
        throw std::invalid_argument("IPv6 header: the flow label has 20 bits");
    }
    if (payload.size() > 65535) {
        throw std::invalid_argument("IPv6 header: the payload passes 65535 bytes");
    }
    writer(out)
        .u32(0x60000000U | std::uint32_t{traffic_class} << 20 | flow_label)
        .u16(static_cast<std::uint16_t>(payload.size()))
        .u8(static_cast<std::uint8_t>(next_header))
        .u8(hop_limit)
        .put(source.bytes())
        .put(destination.bytes())
        .put(payload);
}

bytes ipv6_header::build(const_buffer payload) const {
    bytes packet;
    append_to(packet, payload);
    return packet;
}

void append_extension(bytes& out, ip_protocol next_header, const_buffer data) {
    constexpr std::size_t largest = 256 * 8 - 2;
    if (data.size() > largest) {
        throw std::invalid_argument("IPv6 extension header: " + std::to_string(data.size()) +
                                    " bytes of data are more than 2046");
    }
    const std::size_t size = (data.size() + 2 + 7) / 8 * 8;
    const std::size_t padding = size - 2 - data.size();
    writer to(out);
    to.u8(static_cast<std::uint8_t>(next_header))
        .u8(static_cast<std::uint8_t>(size / 8 - 1))
        .put(data);
    if (padding == 1) to.u8(0);                                                     // Pad1
    if (padding > 1) to.u8(1).u8(static_cast<std::uint8_t>(padding - 2)).align(8);  // PadN
}

void append_fragment(bytes& out, ip_protocol next_header, const ipv6_fragment& fragment) {
    if (fragment.offset % 8 != 0) {
        throw std::invalid_argument("IPv6 fragment header: the offset must be a multiple of 8");
    }
    writer(out)
        .u8(static_cast<std::uint8_t>(next_header))
        .u8(0)
        .u16(static_cast<std::uint16_t>(fragment.offset | (fragment.more ? 1 : 0)))
        .u32(fragment.identification);
}

}  // namespace zocalo::net::packet
