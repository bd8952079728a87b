// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/arp.hpp"

#include <stdexcept>

namespace zocalo::net::packet {

namespace {

constexpr std::uint16_t hardware_ethernet = 1;

void require_v4(const address& ip, const char* field) {
    if (!ip.is_v4()) {
        throw std::invalid_argument(std::string("ARP message: ") + field + ' ' + ip.to_string() +
                                    " is not IPv4");
    }
}

}  // namespace

arp_view::arp_view(reader& in) noexcept
    : header_(in.fields<8>("types and operation")),
      sender_hardware_(in.take(hardware_size(), "sender hardware address")),
      sender_(in.take(protocol_size(), "sender address")),
      target_hardware_(in.take(hardware_size(), "target hardware address")),
      target_(in.take(protocol_size(), "target address")) {}

std::optional<arp_message> arp_view::message() const noexcept {
    if (hardware_type() != hardware_ethernet || protocol_type() != ethertype::ipv4 ||
        hardware_size() != 6 || protocol_size() != 4) {
        return std::nullopt;
    }
    const auto hardware = [](std::span<const std::byte> run) {
        return hardware_address(fields<6>(run.first<6>()).octets<0, 6>());
    };
    const auto ip = [](std::span<const std::byte> run) {
        return address(fields<4>(run.first<4>()).octets<0, 4>());
    };
    return arp_message{operation(), hardware(sender_hardware_), ip(sender_),
                       hardware(target_hardware_), ip(target_)};
}

void arp_message::append_to(bytes& out) const {
    require_v4(sender, "sender");
    require_v4(target, "target");
    writer(out)
        .u16(hardware_ethernet)
        .u16(static_cast<std::uint16_t>(ethertype::ipv4))
        .u8(6)
        .u8(4)
        .u16(static_cast<std::uint16_t>(operation))
        .put(sender_hardware.bytes())
        .put(sender.bytes())
        .put(target_hardware.bytes())
        .put(target.bytes());
}

bytes arp_message::build() const {
    bytes message;
    append_to(message);
    return message;
}

}  // namespace zocalo::net::packet
