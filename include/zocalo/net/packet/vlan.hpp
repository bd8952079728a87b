// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/net/packet/numbers.hpp"
#include "zocalo/net/packet/view.hpp"

/// Tags that put a frame into a virtual LAN (IEEE 802.1Q §9); two of them make QinQ (802.1ad).
namespace zocalo::net::packet {

/// What follows an Ethernet type of `vlan` or `service_vlan`, as a value.
struct vlan_header {
    static constexpr std::size_t size = 4;
    static constexpr std::uint16_t largest_id = 4094;

    std::uint8_t priority = 0;   ///< 0 to 7
    bool drop_eligible = false;  ///< may be dropped first when there is too much traffic
    std::uint16_t id = 0;        ///< 1 to 4094; 0 is "only a priority", 4095 is reserved
    ethertype type = ethertype::ipv4;

    /// Appends tag and payload. std::invalid_argument when priority or id do not fit their bits.
    void append_to(bytes& out, const_buffer payload) const;
    [[nodiscard]] bytes build(const_buffer payload) const;

    friend bool operator==(const vlan_header&, const vlan_header&) = default;
};

/// A tag and what it stands before.
class vlan_view : public checked_view<vlan_view> {
 public:
    static constexpr std::string_view header_name = "VLAN tag";

    [[nodiscard]] std::uint8_t priority() const noexcept {
        return static_cast<std::uint8_t>(header_.u8<0>() >> 5);
    }
    [[nodiscard]] bool drop_eligible() const noexcept { return (header_.u8<0>() & 0x10) != 0; }
    [[nodiscard]] std::uint16_t id() const noexcept { return header_.u16<0>() & 0x0FFF; }
    [[nodiscard]] ethertype type() const noexcept { return ethertype{header_.u16<2>()}; }
    [[nodiscard]] std::span<const std::byte> payload() const noexcept { return payload_; }
    [[nodiscard]] vlan_header header() const noexcept {
        return {priority(), drop_eligible(), id(), type()};
    }

 private:
    friend checked_view;
    explicit vlan_view(reader& in) noexcept
        : header_(in.fields<vlan_header::size>("tag and type")), payload_(in.rest()) {}

    fields<vlan_header::size> header_;
    std::span<const std::byte> payload_;
};

}  // namespace zocalo::net::packet
