// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "zocalo/net/packet/cursor.hpp"

/// The frame check sequence that ends an Ethernet frame on the wire: CRC-32 (IEEE 802.3 §3.2.9).
///
/// A card appends it when it sends and removes it when it receives, so that programs hardly ever
/// see one.
namespace zocalo::net::packet {

namespace detail {

constexpr std::array<std::uint32_t, 256> make_crc32_table() noexcept {
    constexpr std::uint32_t reflected_polynomial = 0xEDB88320;
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t remainder = i;
        for (int bit = 0; bit < 8; ++bit)
            remainder = remainder >> 1 ^ ((remainder & 1) != 0 ? reflected_polynomial : 0);
        table[i] = remainder;
    }
    return table;
}

inline constexpr auto crc32_table = make_crc32_table();

}  // namespace detail

/// CRC-32 of `run`. To go on with a further piece, give the result for the pieces before it.
[[nodiscard]] constexpr std::uint32_t crc32(std::span<const std::byte> run,
                                            std::uint32_t before = 0) noexcept {
    std::uint32_t remainder = ~before;
    for (const std::byte byte : run)
        remainder = detail::crc32_table[(remainder ^ std::to_integer<std::uint32_t>(byte)) & 0xFF] ^
                    remainder >> 8;
    return ~remainder;
}

/// Appends the four bytes of the frame check sequence to a whole frame, in the order of the wire.
void append_frame_check(bytes& frame);

/// Whether the last four bytes are the frame check sequence of those before them.
[[nodiscard]] bool frame_check_ok(std::span<const std::byte> frame) noexcept;

}  // namespace zocalo::net::packet
