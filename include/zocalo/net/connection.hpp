// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <utility>

#include "zocalo/net/credentials.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {

/// What the handler of a stream server gets: one client's connection.
///
/// It belongs to the server and lives until the handler has returned. Its socket has the server's
/// limit `idle` as its time-out, and its waits end with net::stopped when the server has been
/// stopped and the time to drain is over.
class connection {
 public:
    connection(net::socket client, const endpoint& peer, const stop_condition& stop) noexcept
        : socket_(std::move(client)), peer_(peer), stop_(stop) {}

    [[nodiscard]] net::socket& socket() noexcept { return socket_; }

    /// Who connected. Most Unix clients have no name.
    [[nodiscard]] const endpoint& peer() const noexcept { return peer_; }
    /// The address that the client has connected to.
    [[nodiscard]] endpoint local() const { return socket_.local_endpoint(); }

    /// Whose process has connected, as the kernel vouches for it; nothing but for Unix sockets.
    [[nodiscard]] std::optional<net::credentials> credentials() const;

    /// Comes true as soon as the server is asked to stop: finish what you are at, begin nothing
    /// new. A handler that would rather end at once says `socket().stop_with(stop())`.
    [[nodiscard]] const stop_condition& stop() const noexcept { return stop_; }

 private:
    net::socket socket_;
    endpoint peer_;
    const stop_condition& stop_;
};

}  // namespace zocalo::net
