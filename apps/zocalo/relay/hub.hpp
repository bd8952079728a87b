// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "relay/local_side.hpp"
#include "relay/websocket_options.hpp"
#include "zocalo/net/network.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/serve/connection.hpp"
#include "zocalo/tls/context.hpp"

namespace zocalo::program {

/// What a listener does beside what both ends of a connection have in common.
struct hub_options {
    bool keep = false;       ///< go on after the first client, and with several at once
    std::size_t most = 100;  ///< clients at once; others wait, or with datagrams are passed over
    std::vector<net::network> allow;  ///< when there are any, only from there
    std::vector<net::network> deny;
    std::vector<net::network> proxies;  ///< who has to say whom it speaks for (PROXY protocol)
};

/// What the clients of a listener have in common, however they come.
///
/// With `keep`, one that fails, resets or leaves is an event, and not an end. Everything must
/// outlive it.
class hub {
 public:
    hub(const link_options& link, const hub_options& options, const context& shared,
        io::event& stop)
        : link_(link), options_(options), side_(link, shared, options.keep, stop) {}

    /// Runs `arrivals`, which takes the clients. Throws std::errc::timed_out when nobody comes, and
    /// when the time for everything is over.
    io::task<> run(io::task<> arrivals, net::endpoint here);

    /// Whether to talk with somebody from there: the rules say so, and without `keep` nobody was
    /// there before. Tells who is not wanted.
    [[nodiscard]] bool admits(const net::endpoint& peer);

    /// One conversation. What went wrong with it is told, or thrown when all has to end with it.
    io::task<> converse(io::stream& link, net::endpoint peer, net::endpoint here,
                        relay_rules rules);

    /// In a handler for `why`, which has ended one conversation: tells it, or throws it on when all
    /// has to end with it.
    void pass_over(const std::system_error& why, int level);

    [[nodiscard]] const hub_options& options() const noexcept { return options_; }
    [[nodiscard]] local_side& side() noexcept { return side_; }

 private:
    [[nodiscard]] bool is_wanted(const net::endpoint& peer) const;
    io::task<> expect_somebody(net::endpoint here);
    io::task<> keep_total_limit(net::endpoint here) const;

    const link_options& link_;
    const hub_options& options_;
    local_side side_;
    bool had_client_ = false;
};

/// A conversation with one client; what it throws ends all.
using stream_dialogue = std::function<io::task<>(serve::connection& client)>;

/// Serves the clients of a listening stream socket, until the stop, or without `keep` until the
/// first is done. With `secure` they speak TLS. `talk` is used in place of hub::converse().
io::task<> serve_streams(hub& all, net::socket listening, std::optional<tls::server_context> secure,
                         stream_dialogue talk = {});

/// The same for clients that speak WebSocket.
io::task<> serve_messages(hub& all, net::socket listening,
                          std::optional<tls::server_context> secure, const link_options& link,
                          const websocket_choice& choice, const context& shared);

/// The same for the peers of a bound datagram socket. Each is a conversation of its own, which is
/// forgotten when it was silent for the idle time-out, a minute by default.
io::task<> serve_datagrams(hub& all, net::socket bound);

}  // namespace zocalo::program
