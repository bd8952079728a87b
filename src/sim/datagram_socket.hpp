// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "sim/packet.hpp"
#include "sim/simulated_socket.hpp"
#include "zocalo/io/detail/packet_operations.hpp"
#include "zocalo/net/listen.hpp"

namespace zocalo::sim::detail {

class stack;

/// Sends and takes datagrams at an address: UDP without broadcast and groups.
class datagram_socket final : public simulated_socket {
 public:
    /// Registers itself; −errno when the address cannot be had.
    static int open(process& of, net::endpoint where, const net::listen_options& options,
                    std::unique_ptr<datagram_socket>& made);
    /// The same for one that is connected to a peer; `local` without a family is any address.
    static int connect(process& of, net::endpoint peer, net::endpoint local,
                       std::unique_ptr<datagram_socket>& made);
    ~datagram_socket() override;

    bool attempt(io::detail::operation& what) override;
    /// There is no connection that could end.
    int shutdown(net::direction /*which*/) noexcept override;
    [[nodiscard]] net::endpoint local_endpoint() const override { return local_; }
    [[nodiscard]] net::endpoint peer_endpoint() const override { return peer_; }

    // --- For the stack
    [[nodiscard]] bool is_dual_stack() const noexcept { return dual_stack_; }
    /// One that is connected hears its peer alone.
    [[nodiscard]] bool takes_from(const net::endpoint& whom) const noexcept {
        return peer_.size() == 0 || whom == peer_;
    }
    /// Nobody takes datagrams there, says ICMP: whoever is connected to it hears of it.
    void refused(const net::endpoint& by);
    /// Dropped when nobody takes the ones before it out.
    void arrive(packet&& what);
    /// The host is without power.
    void vanish() noexcept;

 private:
    datagram_socket(process& of, stack& in, const net::endpoint& where, bool dual_stack) noexcept
        : simulated_socket(of), stack_(&in), local_(where), dual_stack_(dual_stack) {}
    [[nodiscard]] int take_error() noexcept { return std::exchange(error_, 0); }
    long receive(io::detail::receive_packets_operation& what);
    long send(io::detail::send_packets_operation& what);
    int send_one(const_buffer data, const net::endpoint& to);
    packet take_first();

    stack* stack_;
    net::endpoint local_;
    net::endpoint peer_;  ///< whom it is connected to, or of no family
    int error_ = 0;       ///< −errno of a datagram that was refused, for the next call
    bool dual_stack_;
    std::deque<packet> waiting_;
    std::size_t waiting_bytes_ = 0;
};

}  // namespace zocalo::sim::detail
