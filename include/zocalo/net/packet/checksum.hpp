// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "zocalo/core/buffer.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/packet/numbers.hpp"

/// The Internet checksum (RFC 1071).
namespace zocalo::net::packet {

/// The one's complement sum that IPv4, ICMP, UDP and TCP use, taken piece by piece.
class internet_checksum {
 public:
    /// Goes on with `run`. A piece of odd length is as if its last byte and the first of the next
    /// piece were one number.
    internet_checksum& add(const_buffer run) noexcept;
    internet_checksum& add(std::uint16_t number) noexcept;
    /// The pseudo-header in front of UDP, TCP and ICMPv6 (RFC 768, RFC 9293 §3.1, RFC 8200 §8.1).
    internet_checksum& add_pseudo_header(const address& source, const address& destination,
                                         ip_protocol protocol, std::size_t length) noexcept;

    /// What goes into the header. Over bytes that hold their own checksum it is 0 when that is
    /// right.
    [[nodiscard]] std::uint16_t value() const noexcept;

 private:
    std::uint64_t sum_ = 0;
    bool odd_ = false;
};

/// The checksum of one run of bytes.
[[nodiscard]] std::uint16_t checksum(const_buffer run) noexcept;

/// What `checksum` becomes when one number under it changes, without the rest (RFC 1624).
[[nodiscard]] std::uint16_t updated_checksum(std::uint16_t checksum, std::uint16_t before,
                                             std::uint16_t after) noexcept;

}  // namespace zocalo::net::packet
