// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// How PROXY headers look on the wire (proxy-protocol.txt, §2).
namespace zocalo::serve::detail {

inline constexpr std::string_view v1_prefix = "PROXY ";
inline constexpr std::size_t v1_longest = 107;  ///< with CR LF

inline constexpr std::string_view v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};
inline constexpr std::size_t v2_head = 16;  ///< signature, version and command, family, length

/// The address blocks of version 2, by the byte that names family and transport.
enum class v2_family : std::uint8_t {
    unspecified = 0x00,
    tcp4 = 0x11,
    udp4 = 0x12,
    tcp6 = 0x21,
    udp6 = 0x22,
    unix_stream = 0x31,
    unix_datagram = 0x32,
};
inline constexpr std::size_t inet_block = 12;
inline constexpr std::size_t inet6_block = 36;
inline constexpr std::size_t unix_path = 108;
inline constexpr std::size_t unix_block = 2 * unix_path;

/// CRC-32C (RFC 3720 §B.4), which goes on from what it was for the bytes before.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;

}  // namespace zocalo::serve::detail
