// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>

#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/net/socket.hpp"

/// Opening the socket of a server in one call.
namespace zocalo::net {

/// How to listen.
struct listen_options {
    /// inet or inet6: that one only. Unspecified: at the any-address both, else what the host says,
    /// and IPv4 when a name has both.
    net::family family = net::family::unspecified;
    net::type type = net::type::stream;  ///< datagram servers are bound and do not listen
    /// protocol::mptcp falls back to TCP where the kernel has none.
    net::protocol protocol = net::protocol::automatic;
    int backlog = 128;  ///< how many connections wait for accept()
    /// SO_REUSEADDR: a restarted server gets its port back at once. Not for datagrams, where it
    /// would let another socket have the port and all that is sent there; who wants that, for
    /// multicast, sets it in `prepare`.
    bool reuse_address = true;
    bool reuse_port = false;    ///< SO_REUSEPORT: several servers share the port and its load
    bool dual_stack = true;     ///< at the any-address without a family: IPv6 and IPv4 in one
    bool replace_stale = true;  ///< a Unix socket file that nobody listens on is removed first
    /// Who may connect to a Unix path, as chmod(1) writes it, less the umask: 0600 is this user
    /// alone. Put the file into a directory of mode 0700 when that matters: whoever may write to
    /// the directory can put another socket in its place.
    std::optional<unsigned> permissions = std::nullopt;
    /// Called with the socket before it is bound, to set further options.
    std::function<void(socket&)> prepare = {};
};

/// A socket that takes connections at `where`: `create_server({"", 8080})`.
///
/// Throws std::system_error that names the address when it cannot be had, and
/// std::invalid_argument for options that contradict each other. The file of a Unix path stays
/// when the socket is closed.
[[nodiscard]] socket create_server(const host_port& where, const listen_options& options = {});
[[nodiscard]] socket create_server(const endpoint& where, const listen_options& options = {});

/// Whether one IPv6 socket can take IPv4 connections too (RFC 3493 §3.7); asks the kernel.
[[nodiscard]] bool has_dual_stack() noexcept;

}  // namespace zocalo::net
