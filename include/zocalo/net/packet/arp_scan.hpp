// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "zocalo/net/network.hpp"
#include "zocalo/net/packet/arp.hpp"
#include "zocalo/net/packet/frame_socket.hpp"

/// Which machines of a network there are on a link: each IPv4 address is asked for by ARP, which
/// no machine that talks IPv4 leaves unanswered (RFC 826).
namespace zocalo::net::packet {

struct arp_scan_options {
    std::chrono::microseconds pause{1000};  ///< between two questions
    unsigned rounds = 2;                    ///< how often those that are silent are asked
    std::chrono::milliseconds wait{500};    ///< for answers, after the last question of a round
    std::size_t most_addresses = 65536;     ///< a larger network is refused
};

/// One that has answered.
struct arp_neighbour {
    address ip;
    hardware_address hardware;
    std::chrono::nanoseconds round_trip{};
    bool is_contested = false;  ///< another card has answered for this address before
};

/// Asks for all addresses of a network, but for this machine's own, and hears who answers.
///
/// Wants CAP_NET_RAW, as frame_socket does.
class arp_scan {
 public:
    /// Throws std::invalid_argument when the network is not IPv4 or too large, or the interface is
    /// not Ethernet; std::system_error as frame_socket does.
    arp_scan(std::string_view interface, const network& where,
             const arp_scan_options& options = {});

    /// The next to answer; nothing at the end. A card is told once for each address.
    [[nodiscard]] std::optional<arp_neighbour> next();

    /// How many addresses are asked for.
    [[nodiscard]] std::size_t size() const noexcept { return questions_.size(); }
    void stop_with(const stop_condition& condition) { socket_.stop_with(condition); }

 private:
    using steady_time = std::chrono::steady_clock::time_point;
    struct question {
        steady_time sent{};
        std::vector<hardware_address> answers;
    };
    void send_due(steady_time now);
    void send(std::size_t number, steady_time now);
    [[nodiscard]] std::optional<arp_neighbour> read(const received_frame& frame);
    [[nodiscard]] std::optional<received_frame> hear(steady_time until);

    frame_socket socket_;
    arp_scan_options options_;
    hardware_address own_hardware_;
    address own_;
    std::vector<address> addresses_;  // in order
    std::vector<question> questions_;
    std::size_t position_ = 0;
    unsigned round_ = 0;
    steady_time next_at_{};
};

}  // namespace zocalo::net::packet
