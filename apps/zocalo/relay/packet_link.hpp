// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "zocalo/io/channel.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/net/control.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/socket.hpp"

/// Sockets with messages as streams, for relays: each read gives one message, each write sends one.
/// An empty message is nothing to pass on, and passed over.
namespace zocalo::program {

/// A connected datagram socket. It has no end, and finish() tells nobody.
[[nodiscard]] io::stream open_datagrams(net::socket connected);

/// A connected socket with messages and an end (SOCK_SEQPACKET).
[[nodiscard]] io::stream open_records(net::socket connected);

/// One socket for many peers, and the datagrams that have come from one of them.
struct shared_socket {
    io::datagram socket;
    io::mutex sending = {};
};
using datagram_queue = io::channel<std::string>;

/// One peer of an unconnected socket: it reads what somebody else puts into `received`, and answers
/// from the address that the peer has sent to, where that is known. `through` must outlive it.
[[nodiscard]] io::stream open_peer(shared_socket& through, const net::endpoint& peer,
                                   const std::optional<net::destination>& asked_at,
                                   std::shared_ptr<datagram_queue> received);

}  // namespace zocalo::program
