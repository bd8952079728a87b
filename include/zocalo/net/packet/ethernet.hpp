// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/net/hardware_address.hpp"
#include "zocalo/net/packet/numbers.hpp"
#include "zocalo/net/packet/view.hpp"

/// Ethernet frames (IEEE 802.3 §3): receiver, sender, a type or a length, payload.
namespace zocalo::net::packet {

/// An Ethernet header as a value.
struct ethernet_header {
    static constexpr std::size_t size = 14;
    /// Shorter frames do not exist on the wire: what is missing is filled up with zeros.
    static constexpr std::size_t smallest_frame = 60;
    /// The longest payload that a frame with a length in place of a type can have.
    static constexpr std::size_t longest_802_3 = 1500;

    hardware_address destination = hardware_address::broadcast();
    hardware_address source = {};
    ethertype type = ethertype::ipv4;  ///< ieee_802_3: the length of the payload stands there

    /// Appends header and payload, without padding. std::invalid_argument when the payload is
    /// longer than a length field may say.
    void append_to(bytes& out, const_buffer payload) const;
    /// The frame as a program gives it to the kernel, padded to 60 bytes.
    [[nodiscard]] bytes build(const_buffer payload) const;

    friend bool operator==(const ethernet_header&, const ethernet_header&) = default;
};

/// A frame without its frame check sequence, as cards hand it over.
class ethernet_view : public checked_view<ethernet_view> {
 public:
    static constexpr std::string_view header_name = "Ethernet header";

    [[nodiscard]] hardware_address destination() const noexcept {
        return hardware_address(header_.octets<0, 6>());
    }
    [[nodiscard]] hardware_address source() const noexcept {
        return hardware_address(header_.octets<6, 6>());
    }
    /// What the frame carries; ieee_802_3 when there is a length in that place.
    [[nodiscard]] ethertype type() const noexcept {
        return has_length() ? ethertype::ieee_802_3 : ethertype{type_or_length()};
    }
    [[nodiscard]] std::uint16_t type_or_length() const noexcept { return header_.u16<12>(); }
    [[nodiscard]] bool has_length() const noexcept {
        return type_or_length() <= ethernet_header::longest_802_3;
    }

    /// With a length exactly that many bytes; otherwise all that follows, for nothing tells
    /// padding from payload but the next header.
    [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }
    /// What follows the payload of a frame with a length.
    [[nodiscard]] std::span<const std::byte> padding() const noexcept { return padding_; }

    [[nodiscard]] ethernet_header header() const noexcept {
        return {destination(), source(), type()};
    }

 private:
    friend checked_view;
    explicit ethernet_view(reader& in) noexcept;

    fields<ethernet_header::size> header_;
    std::span<const std::byte> payload_;
    std::span<const std::byte> padding_;
};

}  // namespace zocalo::net::packet
