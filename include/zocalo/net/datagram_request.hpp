// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "zocalo/core/buffer.hpp"
#include "zocalo/net/control.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {

/// What the handler of a datagram server gets: one packet, and the way back to its sender.
///
/// It belongs to the server and lives until the handler has returned.
class datagram_request {
 public:
    /// Replies go out from `server`, at most `amplification` times the packet's size in all.
    datagram_request(std::string packet, const endpoint& peer,
                     const std::optional<destination>& came_to, net::socket& server,
                     const stop_condition& stop, unsigned amplification);

    /// What was sent; never cut short.
    [[nodiscard]] const std::string& packet() const noexcept { return packet_; }
    /// Who says to have sent it. Unix senders without a name cannot be replied to.
    [[nodiscard]] const endpoint& peer() const noexcept { return peer_; }
    /// Where it was sent to: one of this machine's addresses, or a group, also when the server is
    /// bound to all of them.
    [[nodiscard]] endpoint local() const;
    /// Comes true as soon as the server is asked to stop.
    [[nodiscard]] const stop_condition& stop() const noexcept { return stop_; }

    /// Sends one datagram back, from the address that the packet was sent to.
    ///
    /// Throws std::system_error: std::errc::message_size, with nothing sent, when this would make
    /// the replies larger than server_limits::amplification allows.
    void reply(const_buffer data);

    /// Lifts that limit: the handler knows that the sender is not forged, because the packet proves
    /// it (a cookie that was sent there before).
    void trust_peer() noexcept { limited_ = false; }

 private:
    std::string packet_;
    endpoint peer_;
    std::optional<destination> came_to_;
    net::socket& server_;
    const stop_condition& stop_;
    std::size_t budget_ = 0;
    bool limited_;
};

}  // namespace zocalo::net
