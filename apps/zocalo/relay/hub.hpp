// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "relay/link_options.hpp"
#include "relay/progress.hpp"
#include "relay/relay.hpp"
#include "zocalo/net/control.hpp"
#include "zocalo/net/network.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

/// What a listener does beside what both ends of a connection have in common.
struct hub_options {
    bool keep = false;       ///< go on after the first client, and with several at once
    std::size_t most = 100;  ///< clients at once; others wait, or with datagrams are passed over
    std::vector<net::network> allow;  ///< when there are any, only from there
    std::vector<net::network> deny;
};

/// One client: its link, the local side when that is a program, and the relay between the two.
struct conversation {
    net::endpoint peer;
    net::socket socket = {};  // none for datagrams, whose clients share the listener's
    std::unique_ptr<tls_tunnel> tunnel = {};
    std::optional<net::destination> asked_at = {};  // of datagrams over IP: where answers come from
    std::unique_ptr<channel> link = {};
    std::unique_ptr<program_side> program = {};
    std::unique_ptr<program::relay> relay = {};
    relay::clock::time_point since = relay::clock::now();
};

/// A listener and its clients, all in one loop over poll(2).
///
/// Standard input goes to all clients that are there, and is not read while there is none or while
/// one of them has no room; what clients say is printed as it comes. With a program, each client
/// has one of its own. A client that fails, resets or leaves is an event, not an end.
class hub {
 public:
    hub(const link_options& link, const hub_options& options, const context& shared);
    virtual ~hub();
    hub(const hub&) = delete;
    hub& operator=(const hub&) = delete;

    /// Until `stop` comes true (net::stopped), or without `keep` until the first client is done;
    /// then throws what went wrong with that one.
    void run(const net::stop_condition& stop);

 protected:
    /// Where clients come to.
    [[nodiscard]] virtual net::socket& listener() = 0;
    /// Tells poll(2) what brings clients, or datagrams from them, and takes what has come.
    virtual void watch_arrivals(poll_set& set) = 0;
    virtual void take_arrivals(const poll_set& set) = 0;
    /// Nobody else is wanted.
    virtual void close_arrivals() {}
    /// How long there is nothing to take although the listener is ready.
    [[nodiscard]] virtual timeout arrival_pause() const { return timeout::none(); }
    /// Makes the link of a new conversation.
    virtual std::unique_ptr<channel> link_to(conversation& client) = 0;
    [[nodiscard]] virtual relay_rules rules() const;

    /// Begins the conversation with who has come; nothing when the rules turn it away.
    conversation* welcome(conversation arrived);
    /// Programs count, too, whose clients have gone: a client could leave many behind.
    [[nodiscard]] bool is_full() const noexcept {
        return clients_.size() + programs_.size() >= (options_.keep ? options_.most : 1);
    }
    /// Without `keep`, nobody comes after the first.
    [[nodiscard]] bool is_closed() const noexcept { return !options_.keep && had_client_; }

    /// say(), beside the line of progress.
    void tell(int level, std::string_view line);

    const link_options& link_;
    const hub_options& options_;
    const context& shared_;
    console console_;
    std::vector<std::unique_ptr<conversation>> clients_;
    std::unique_ptr<traffic_log> log_;

 private:
    [[nodiscard]] bool is_admitted(const net::endpoint& peer) const;
    std::unique_ptr<program_side> start_program(const conversation& client);
    void turn(const net::stop_condition& stop);
    [[noreturn]] void stop_now();
    void show_progress();
    [[nodiscard]] timeout patience() const;
    void watch_input(poll_set& set);
    void take_input(const poll_set& set);
    void end_input();
    void sweep();
    void farewell(const conversation& client);
    /// With --ssl: puts a tunnel between the client and its relay; ends that; and takes what comes
    /// of those that were ended.
    void secure(conversation& client);
    void let_go(conversation& client);
    void see_off(bool wait);

    progress progress_;
    std::uint64_t sent_ = 0;  // by and from the clients that have gone
    std::uint64_t received_ = 0;
    std::optional<std::vector<std::string>> program_;
    std::vector<child> programs_;  // whose clients have gone, until they end
    tls_tunnel::handshake handshake_;
    std::vector<std::unique_ptr<tls_tunnel>> tunnels_;  // whose clients have gone, until they end
    std::size_t input_index_ = poll_set::none;
    bool input_ended_;
    bool had_client_ = false;
    deadline until_first_;
};

/// Clients of a listening stream socket.
[[nodiscard]] std::unique_ptr<hub> make_stream_hub(net::socket listener, const link_options& link,
                                                   const hub_options& options,
                                                   const context& shared);

/// Peers of a bound datagram socket. Each is a conversation of its own, which is forgotten when it
/// was silent for the idle time-out, a minute by default.
[[nodiscard]] std::unique_ptr<hub> make_datagram_hub(net::socket bound, const link_options& link,
                                                     const hub_options& options,
                                                     const context& shared);

}  // namespace zocalo::program
