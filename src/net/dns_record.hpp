// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "zocalo/net/dns.hpp"
#include "zocalo/net/packet/cursor.hpp"

namespace zocalo::net::dns {

/// A name that begins where `from` is, in `whole`, the message that its pointers are into. Throws
/// protocol_error.
std::string read_name(packet::reader& from, std::span<const std::byte> whole);

/// What a record says: all that is left in `data`, whose positions are those of `whole`. Throws
/// protocol_error.
decltype(record::data) read_data(type which, packet::reader& data,
                                 std::span<const std::byte> whole);

}  // namespace zocalo::net::dns
