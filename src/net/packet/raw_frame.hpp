// SPDX-License-Identifier: MIT
#pragma once

#include <linux/if_packet.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "zocalo/net/packet/link_type.hpp"

namespace zocalo::net::packet {

/// The tag that a card has taken out of a frame.
struct removed_tag {
    std::uint16_t type = 0;
    std::uint16_t control = 0;

    /// From what the kernel says beside the data, in the same words whichever way it does.
    template <class Told>
    static std::optional<removed_tag> from(std::uint32_t status, const Told& told) noexcept {
        if ((status & TP_STATUS_VLAN_VALID) == 0) return std::nullopt;
        constexpr std::uint16_t usual = 0x8100;
        const bool typed = (status & TP_STATUS_VLAN_TPID_VALID) != 0;
        return removed_tag{static_cast<std::uint16_t>(typed ? told.tp_vlan_tpid : usual),
                           static_cast<std::uint16_t>(told.tp_vlan_tci)};
    }
};

/// A frame as the kernel hands it over, in a buffer or in a ring.
struct raw_frame {
    static constexpr std::size_t cooked_size = 20;
    /// Bytes in front of the data that are free for a header: a cooked one and a tag.
    static constexpr std::size_t front_room = cooked_size + 4;

    std::byte* data = nullptr;
    std::size_t size = 0;
    std::size_t wire_length = 0;
    std::chrono::nanoseconds time{};  // since 1970
    sockaddr_ll from{};
    std::optional<removed_tag> tag;

    /// Puts the tag back behind the two addresses of Ethernet.
    void put_back_tag() noexcept;
    /// Puts the header of link_type::linux_cooked_v2 in front.
    void put_cooked_header() noexcept;

 private:
    void put_in_front(const void* header, std::size_t count) noexcept;
};

}  // namespace zocalo::net::packet
