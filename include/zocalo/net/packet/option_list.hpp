// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "zocalo/net/packet/cursor.hpp"

/// Options in the headers of IPv4 and TCP, which share one encoding: kind, length, data
/// (RFC 791 §3.1, RFC 9293 §3.1).
namespace zocalo::net::packet {

/// One option; `data` is what follows its kind and length, a view into the header.
struct header_option {
    static constexpr std::uint8_t end = 0;
    static constexpr std::uint8_t no_operation = 1;

    std::uint8_t kind = end;
    std::span<const std::byte> data = {};
};

/// The options in `area`, which ends early at an end-of-list option; no-operations are passed over.
///
/// Throws protocol_error when one is longer than the area or shorter than its own length field.
/// Headers are read without looking into their options, as hosts do, so a header with bad options
/// is still a header.
[[nodiscard]] std::vector<header_option> parse_options(std::span<const std::byte> area);

/// Appends kind, length and data. std::invalid_argument for data above 38 bytes, the most that a
/// header has room for, or a kind without a length.
void append_option(bytes& area, std::uint8_t kind, const_buffer data);

}  // namespace zocalo::net::packet
