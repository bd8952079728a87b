// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "zocalo/net/option_value.hpp"
#include "zocalo/net/socket.hpp"

/// Multipath TCP (RFC 8684): one connection over several paths.
///
/// A socket of protocol::mptcp speaks it when the peer does, and else falls back to TCP without a
/// word; fell_back_to_tcp() tells. Its TCP options are those of option_tcp.hpp.
namespace zocalo::net::option::mptcp {

inline constexpr int level = 284;  ///< SOL_MPTCP

/// What the kernel knows about the whole connection.
struct connection_info {
    std::uint8_t subflows = 0;  ///< beside the first one
    std::uint8_t addresses_announced = 0;
    std::uint8_t addresses_accepted = 0;
    std::uint8_t max_subflows = 0;
    bool fallback = false;
    std::uint32_t token = 0;
    std::uint64_t next_to_send = 0;
    std::uint64_t unacknowledged_from = 0;
    std::uint64_t next_to_receive = 0;
};

struct info_wire {
    static constexpr std::size_t capacity = 128;
    static connection_info decode(const_buffer bytes) noexcept;
};
/// MPTCP_INFO.
using info = readable<level, 1, connection_info, info_wire>;

}  // namespace zocalo::net::option::mptcp

namespace zocalo::net {

/// Whether this connection, or accepted connection, is plain TCP after all. Before it is connected
/// nothing is known and the answer is false for a socket of protocol::mptcp.
[[nodiscard]] bool fell_back_to_tcp(const socket& connection);

}  // namespace zocalo::net
