// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/icmp.hpp"

#include "zocalo/net/packet/checksum.hpp"

namespace zocalo::net::packet {

std::string to_string(icmp_type type) {
    switch (type) {
        case icmp_type::echo_reply:
            return "echo reply";
        case icmp_type::destination_unreachable:
            return "destination unreachable";
        case icmp_type::redirect:
            return "redirect";
        case icmp_type::echo_request:
            return "echo request";
        case icmp_type::router_advertisement:
            return "router advertisement";
        case icmp_type::router_solicitation:
            return "router solicitation";
        case icmp_type::time_exceeded:
            return "time exceeded";
        case icmp_type::parameter_problem:
            return "parameter problem";
        case icmp_type::timestamp_request:
            return "timestamp request";
        case icmp_type::timestamp_reply:
            return "timestamp reply";
    }
    return "type " + std::to_string(static_cast<unsigned>(type));
}

icmp_header icmp_header::echo_request(std::uint16_t identifier, std::uint16_t sequence) {
    return {icmp_type::echo_request, 0, std::uint32_t{identifier} << 16 | sequence};
}

icmp_header icmp_header::echo_reply(std::uint16_t identifier, std::uint16_t sequence) {
    return {icmp_type::echo_reply, 0, std::uint32_t{identifier} << 16 | sequence};
}

icmp_header icmp_header::unreachable(icmp_unreachable why, std::uint16_t mtu) {
    return {icmp_type::destination_unreachable, static_cast<std::uint8_t>(why), mtu};
}

icmp_header icmp_header::time_exceeded(bool in_reassembly) {
    return {icmp_type::time_exceeded, static_cast<std::uint8_t>(in_reassembly ? 1 : 0), 0};
}

void icmp_header::append_to(bytes& out, const_buffer payload) const {
    writer to(out);
    to.u8(static_cast<std::uint8_t>(type)).u8(code).u16(0).u32(rest).put(payload);
    to.patch_u16(2, packet::checksum(to.written()));
}

bytes icmp_header::build(const_buffer payload) const {
    bytes message;
    append_to(message, payload);
    return message;
}

bool icmp_view::is_error() const noexcept {
    switch (type()) {
        case icmp_type::destination_unreachable:
        case icmp_type::redirect:
        case icmp_type::time_exceeded:
        case icmp_type::parameter_problem:
            return true;
        default:
            return false;
    }
}

bool icmp_view::checksum_ok() const noexcept {
    return internet_checksum{}.add(header_.all()).add(payload_).value() == 0;
}

}  // namespace zocalo::net::packet
