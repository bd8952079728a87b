// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/icmpv6.hpp"

#include <algorithm>

#include "zocalo/net/packet/checksum.hpp"

namespace zocalo::net::packet {

std::string to_string(icmpv6_type type) {
    switch (type) {
        case icmpv6_type::destination_unreachable:
            return "destination unreachable";
        case icmpv6_type::packet_too_big:
            return "packet too big";
        case icmpv6_type::time_exceeded:
            return "time exceeded";
        case icmpv6_type::parameter_problem:
            return "parameter problem";
        case icmpv6_type::echo_request:
            return "echo request";
        case icmpv6_type::echo_reply:
            return "echo reply";
        case icmpv6_type::listener_query:
            return "multicast listener query";
        case icmpv6_type::listener_report:
        case icmpv6_type::listener_report_v2:
            return "multicast listener report";
        case icmpv6_type::listener_done:
            return "multicast listener done";
        case icmpv6_type::router_solicitation:
            return "router solicitation";
        case icmpv6_type::router_advertisement:
            return "router advertisement";
        case icmpv6_type::neighbour_solicitation:
            return "neighbour solicitation";
        case icmpv6_type::neighbour_advertisement:
            return "neighbour advertisement";
        case icmpv6_type::redirect:
            return "redirect";
    }
    return "type " + std::to_string(static_cast<unsigned>(type));
}

icmpv6_header icmpv6_header::echo_request(std::uint16_t identifier, std::uint16_t sequence) {
    return {icmpv6_type::echo_request, 0, std::uint32_t{identifier} << 16 | sequence};
}

icmpv6_header icmpv6_header::echo_reply(std::uint16_t identifier, std::uint16_t sequence) {
    return {icmpv6_type::echo_reply, 0, std::uint32_t{identifier} << 16 | sequence};
}

icmpv6_header icmpv6_header::unreachable(std::uint8_t code) {
    return {icmpv6_type::destination_unreachable, code, 0};
}

icmpv6_header icmpv6_header::packet_too_big(std::uint32_t mtu) {
    return {icmpv6_type::packet_too_big, 0, mtu};
}

icmpv6_header icmpv6_header::time_exceeded(bool in_reassembly) {
    return {icmpv6_type::time_exceeded, static_cast<std::uint8_t>(in_reassembly ? 1 : 0), 0};
}

void icmpv6_header::append_to(bytes& out, const_buffer payload, const address& source,
                              const address& destination) const {
    writer to(out);
    to.u8(static_cast<std::uint8_t>(type)).u8(code).u16(0).u32(rest).put(payload);
    const auto sum = internet_checksum{}
                         .add_pseudo_header(source, destination, ip_protocol::icmpv6, to.size())
                         .add(to.written())
                         .value();
    to.patch_u16(2, sum);
}

bytes icmpv6_header::build(const_buffer payload, const address& source,
                           const address& destination) const {
    bytes message;
    append_to(message, payload, source, destination);
    return message;
}

bool icmpv6_view::checksum_ok(const address& source, const address& destination) const noexcept {
    return internet_checksum{}
               .add_pseudo_header(source, destination, ip_protocol::icmpv6,
                                  icmpv6_header::size + payload_.size())
               .add(header_.all())
               .add(payload_)
               .value() == 0;
}

// --- Neighbour discovery ------------------------------------------------------------------------

namespace {

constexpr std::uint32_t router_bit = 0x80000000;
constexpr std::uint32_t solicited_bit = 0x40000000;
constexpr std::uint32_t override_bit = 0x20000000;
constexpr std::uint8_t source_link_layer = 1;  // options, RFC 4861 §4.6.1
constexpr std::uint8_t target_link_layer = 2;

/// Options are kind, length in units of 8 bytes, data; a length of 0 is an error (§4.6).
std::optional<hardware_address> find_link_layer(reader& in, std::uint8_t wanted) noexcept {
    std::optional<hardware_address> found;
    while (in.left() != 0 && !in.failed()) {
        const std::uint8_t kind = in.u8("option kind");
        const std::size_t size = std::size_t{in.u8("option length")} * 8;
        if (size == 0) in.fail("option length", in.position(), "zero");
        const auto data = in.take(size == 0 ? 0 : size - 2, "option");
        if (kind == wanted && data.size() == 6) {
            found = hardware_address(fields<6>(data.first<6>()).octets<0, 6>());
        }
    }
    return found;
}

}  // namespace

std::optional<neighbour_message> icmpv6_view::neighbour() const noexcept {
    const bool advertisement = type() == icmpv6_type::neighbour_advertisement;
    if (!advertisement && type() != icmpv6_type::neighbour_solicitation) return std::nullopt;
    reader in(payload_, "neighbour message");
    neighbour_message message;
    message.advertisement = advertisement;
    message.router = advertisement && (rest() & router_bit) != 0;
    message.solicited = advertisement && (rest() & solicited_bit) != 0;
    message.override_cache = advertisement && (rest() & override_bit) != 0;
    message.target = address(in.fields<16>("target").octets<0, 16>());
    message.hardware = find_link_layer(in, advertisement ? target_link_layer : source_link_layer);
    if (in.failed()) return std::nullopt;
    return message;
}

bytes neighbour_message::build(const address& source, const address& destination) const {
    bytes body;
    writer to(body);
    to.put(target.mapped().bytes());
    if (hardware) {
        to.u8(advertisement ? target_link_layer : source_link_layer).u8(1).put(hardware->bytes());
    }
    icmpv6_header header{.type = advertisement ? icmpv6_type::neighbour_advertisement
                                               : icmpv6_type::neighbour_solicitation};
    if (advertisement) {
        header.rest = (router ? router_bit : 0) | (solicited ? solicited_bit : 0) |
                      (override_cache ? override_bit : 0);
    }
    return header.build(body, source, destination);
}

address solicited_node_group(const address& target) noexcept {
    address::v6_bytes group{0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xFF};
    const auto from = target.bytes().last(3);
    std::copy(from.begin(), from.end(), group.begin() + 13);
    return address(group);
}

hardware_address group_hardware_address(const address& group) noexcept {
    if (group.is_v4()) {
        const auto ip = group.bytes();
        const auto low = static_cast<std::uint8_t>(ip[1] & 0x7F);
        return hardware_address({0x01, 0x00, 0x5E, low, ip[2], ip[3]});
    }
    hardware_address::bytes_type hardware{0x33, 0x33};
    const auto from = group.bytes().last(4);
    std::copy(from.begin(), from.end(), hardware.begin() + 2);
    return hardware_address(hardware);
}

}  // namespace zocalo::net::packet
