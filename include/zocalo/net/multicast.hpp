// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "zocalo/net/address.hpp"
#include "zocalo/net/socket.hpp"

/// Multicast for IPv4 and IPv6 alike: groups, sources, and how far what is sent goes.
///
/// An interface is given by its index; 0 lets the routes choose. A group and a source are of one
/// family, else std::invalid_argument. Memberships end with the socket (RFC 3678).
namespace zocalo::net::multicast {

/// Receives what is sent to `group`, by anybody or by `source` alone (RFC 4607). A group may be
/// joined once for each interface, and with each of several sources.
void join(socket& socket, const address& group, std::uint32_t interface = 0);
void join(socket& socket, const address& group, const address& source, std::uint32_t interface = 0);

/// Takes one join() back.
void leave(socket& socket, const address& group, std::uint32_t interface = 0);
void leave(socket& socket, const address& group, const address& source,
           std::uint32_t interface = 0);

/// In a group that was joined for anybody: no more of `source`, and again.
void block(socket& socket, const address& group, const address& source,
           std::uint32_t interface = 0);
void unblock(socket& socket, const address& group, const address& source,
             std::uint32_t interface = 0);

/// The interface that multicast leaves through.
void set_interface(socket& socket, std::uint32_t interface);
/// How many hops it may take, 0 to 255; 1 unless set.
void set_hops(socket& socket, int hops);
[[nodiscard]] int get_hops(const socket& socket);
/// Whether members on this machine get a copy; on unless set.
void set_loop(socket& socket, bool on);
[[nodiscard]] bool get_loop(const socket& socket);
/// Whether groups that other sockets joined come here too; on unless set.
void set_all(socket& socket, bool on);

}  // namespace zocalo::net::multicast
