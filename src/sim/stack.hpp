// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "sim/connection.hpp"
#include "sim/event_queue.hpp"
#include "sim/port_table.hpp"
#include "sim/universe.hpp"

namespace zocalo::sim::detail {

struct machine;
class datagram_socket;

/// TCP, UDP and IP of one host, from a start to the next crash: who has which address and port.
class stack {
 public:
    stack(universe& in, machine& of) noexcept : universe_(in), machine_(of) {}
    stack(const stack&) = delete;
    stack& operator=(const stack&) = delete;
    ~stack();
    /// No power any more: nothing is sent, and nobody is told.
    void vanish() noexcept;

    // --- For sockets

    /// The address that a socket gets that wants `where`; −errno: EADDRINUSE, EADDRNOTAVAIL.
    int bind_streams(net::endpoint& where, bool reuse_address);
    void listen(listening_socket& who, const net::endpoint& where);
    void stop_listening(const net::endpoint& where);
    // The same for datagrams, whose ports are others.
    int bind_datagrams(net::endpoint& where);
    void add(datagram_socket& who, const net::endpoint& where);
    void remove_datagrams(const net::endpoint& where);
    /// Who is connected to `to` hears of it when nobody is there.
    int send_datagram(const net::endpoint& local, const net::endpoint& to, const_buffer data,
                      bool is_connected);
    /// The address that a packet to `to` comes from, unless `local` says it already; any-addresses
    /// mean this host. −ENETUNREACH: there is no way.
    int route(net::endpoint& to, net::endpoint& local) const;
    /// A connection from `local`, an address and port of this host; chosen where they are not said.
    int connect(net::endpoint to, net::endpoint local, std::shared_ptr<connection>& made);

    /// Two that are connected within the host.
    std::pair<std::shared_ptr<connection>, std::shared_ptr<connection>> make_pair();

    /// The address that a packet to `to` would have; no family when there is no way.
    [[nodiscard]] net::endpoint source_for(const net::endpoint& to) const;

    // --- For connections

    void send(packet&& what);
    void remove(connection& which);
    [[nodiscard]] universe& in() const noexcept { return universe_; }
    void after(nanoseconds span, std::function<void()> what,
               event_queue::kind which = event_queue::kind::proper);
    void note(const char* what, const net::endpoint& peer, std::int64_t bytes = -1);

    // --- For the network

    void receive(packet&& what);
    void reset_connections_with(const machine& peer);

 private:
    using two_ends = std::pair<net::endpoint, net::endpoint>;  // local, remote

    using taken = std::function<bool(const net::endpoint& wanted)>;
    [[nodiscard]] bool is_mine(const net::endpoint& where) const;
    int bind(net::endpoint& where, const taken& is_taken);
    std::uint16_t free_port(const net::endpoint& at, const taken& is_taken);
    [[nodiscard]] bool is_connected_at(std::uint16_t port) const;
    void refuse(const packet& what);
    void receive_datagram(packet&& what);
    void refuse_datagram(const packet& what);
    void answer(const packet& syn, listening_socket& listener);

    universe& universe_;
    machine& machine_;
    std::map<two_ends, std::shared_ptr<connection>> connections_;
    port_table<listening_socket> listeners_;
    port_table<datagram_socket> datagrams_;
    std::uint64_t unnamed_ = 0;
};

}  // namespace zocalo::sim::detail
