// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "zocalo/net/address.hpp"
#include "zocalo/net/hardware_address.hpp"
#include "zocalo/net/packet/numbers.hpp"
#include "zocalo/net/packet/view.hpp"

/// Asking for the hardware address behind an IPv4 address (RFC 826).
namespace zocalo::net::packet {

enum class arp_operation : std::uint16_t { request = 1, reply = 2 };

/// An ARP message for IPv4 over Ethernet, the only kind that is met, as a value.
struct arp_message {
    arp_operation operation = arp_operation::request;
    hardware_address sender_hardware = {};
    address sender = {};
    hardware_address target_hardware = {};  ///< zero in a request: it is what is asked for
    address target = {};

    /// Appends its 28 bytes. std::invalid_argument when an address is not IPv4.
    void append_to(bytes& out) const;
    [[nodiscard]] bytes build() const;

    friend bool operator==(const arp_message&, const arp_message&) = default;
};

/// An ARP message for any pair of address kinds, whose lengths stand in the message.
class arp_view : public checked_view<arp_view> {
 public:
    static constexpr std::string_view header_name = "ARP message";

    [[nodiscard]] std::uint16_t hardware_type() const noexcept { return header_.u16<0>(); }
    [[nodiscard]] ethertype protocol_type() const noexcept { return ethertype{header_.u16<2>()}; }
    [[nodiscard]] std::uint8_t hardware_size() const noexcept { return header_.u8<4>(); }
    [[nodiscard]] std::uint8_t protocol_size() const noexcept { return header_.u8<5>(); }
    [[nodiscard]] arp_operation operation() const noexcept {
        return arp_operation{header_.u16<6>()};
    }
    [[nodiscard]] std::span<const std::byte> sender_hardware() const noexcept {
        return sender_hardware_;
    }
    [[nodiscard]] std::span<const std::byte> sender() const noexcept { return sender_; }
    [[nodiscard]] std::span<const std::byte> target_hardware() const noexcept {
        return target_hardware_;
    }
    [[nodiscard]] std::span<const std::byte> target() const noexcept { return target_; }

    /// The value, when the message is about IPv4 over Ethernet.
    [[nodiscard]] std::optional<arp_message> message() const noexcept;

 private:
    friend checked_view;
    explicit arp_view(reader& in) noexcept;

    fields<8> header_;
    std::span<const std::byte> sender_hardware_;
    std::span<const std::byte> sender_;
    std::span<const std::byte> target_hardware_;
    std::span<const std::byte> target_;
};

}  // namespace zocalo::net::packet
