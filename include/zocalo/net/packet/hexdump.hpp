// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "zocalo/core/buffer.hpp"

/// Bytes as people read them.
namespace zocalo::net::packet {

/// Sixteen bytes a line: offset, hexadecimal, and the printable ASCII characters with dots for all
/// others, so that it is safe on a terminal. Each line ends in a newline; no bytes, no lines.
///
///     00000000  02 00 5e 10 00 02 02 00  5e 10 00 01 88 b5 68 69  |..^.....^.....hi|
///
/// `offset` is what the first line counts from.
[[nodiscard]] std::string hexdump(const_buffer run, std::uint64_t offset = 0);

}  // namespace zocalo::net::packet
