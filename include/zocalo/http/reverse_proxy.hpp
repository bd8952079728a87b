// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/exchange.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/network.hpp"

/// Passing requests on to other servers (RFC 9110 §7.6).
namespace zocalo::http {

namespace detail {
class proxy_core;
}

/// Which upstream gets the next request.
enum class balance : std::uint8_t {
    round_robin,        ///< each in its turn
    least_connections,  ///< the one that has the fewest requests under way
};

/// Asking upstreams how they are, beside what requests tell.
struct health_check_options {
    std::string path = "/";  ///< asked with GET; a status below 400 is good
    timeout interval = std::chrono::seconds(10);
    timeout within = std::chrono::seconds(5);  ///< slower is bad
    unsigned rise = 1;  ///< so many good answers in a row bring one back that was out
    unsigned fall = 2;  ///< so many bad ones take it out
};

/// What a reverse proxy asks whom, and what it says of whom.
struct reverse_proxy_options {
    // --- Behaviour

    /// `http://127.0.0.1:9000`, `https://app.internal/base`; at least one. No user and no query.
    /// `h2c://` is `http://` with one that speaks HTTP/2 without being asked.
    std::vector<std::string> upstreams = {};
    /// Whether HTTP/2 is offered to upstreams of `https://` (ALPN). What wants to change to another
    /// protocol (Upgrade) goes by HTTP/1.1 in any case.
    bool http_2 = true;
    http::balance balance = http::balance::round_robin;
    /// What our paths begin with in place of the path of an upstream's URL: with "/app" and
    /// `http://127.0.0.1:9000/v1`, "/app/x" is asked for as "/v1/x". Empty: the paths are the same,
    /// behind that of the URL.
    std::string prefix = {};
    /// Sends the Host that the client has sent; otherwise that of the upstream's URL.
    bool keep_host = true;
    /// From there X-Forwarded-For and its kin are believed, and added to. From everybody else they
    /// are dropped, and made anew.
    std::vector<net::network> trusted = {};
    /// Who we are in Via, a token: a request that has passed it already runs in a circle (508).
    /// Empty: "zocalo-" and random digits.
    std::string name = {};
    /// What a client may change to (Upgrade). Anything else is not passed on: an upstream that
    /// changes to h2c would be asked what this site has never seen. `websocket` may come by HTTP/2,
    /// too (RFC 8441), where the site says that it may: http2_limits::other_protocols.
    std::vector<std::string> upgrades = {"websocket"};
    health_check_options health = {};

    // --- Performance

    std::size_t connections = 4096;              ///< of each loop, to all upstreams
    std::size_t connections_to_upstream = 1024;  ///< of each loop, to each of them
    timeout rest = std::chrono::seconds(30);     ///< so long a connection is kept that nobody uses

    // --- Limits

    unsigned attempts = 3;  ///< upstreams that are tried, where that can do no harm
    timeout connect_within = std::chrono::seconds(5);
    /// For the head of a response once the request was sent, for each piece of content, and for
    /// each piece that is sent: 504 before the response has begun.
    timeout stall = std::chrono::seconds(60);
    /// A connection that has changed to another protocol ends when nothing was said for so long.
    timeout tunnel_idle = std::chrono::minutes(10);
    /// So many failures in a row take an upstream out for `out`: it is asked only when all are. 0:
    /// never.
    unsigned failures = 3;
    timeout out = std::chrono::seconds(10);
    http::limits limits = client_limits();  ///< of what upstreams say

    /// Who upstreams of https:// have to be; what the system trusts when not given.
    std::optional<tls::client_context> tls = std::nullopt;
    /// How names are looked up and connected to. Its resolver has to outlive the proxy.
    io::connect_options connect = {};
};

/// How an upstream is.
struct upstream_state {
    std::string url;
    bool is_out = false;         ///< by failures of requests, or by health checks
    std::size_t active = 0;      ///< requests under way
    std::uint64_t requests = 0;  ///< in all, and how many of them failed
    std::uint64_t failures = 0;
};

/// A handler that passes requests on.
///
///     http::reverse_proxy apps({.upstreams = {"http://127.0.0.1:9001", "http://127.0.0.1:9002"}});
///     site.filters.push_back(http::under("/app", apps));
///
/// Each request is made anew from what was understood, so nothing of its framing comes through; so
/// is each response. Content is passed on piece by piece as it comes, in its coding, and nothing is
/// read while nobody takes it; trailers, 1xx and 100-continue are passed on. Where client and
/// upstream speak HTTP/2, content goes both ways at once, as in gRPC. What
/// concerns one connection only (Connection and what it names, Keep-Alive, TE, Upgrade,
/// Transfer-Encoding, Proxy-…) is not. Redirects are the client's to follow, cookies its to keep.
///
/// **Errors.** 502 for an upstream that cannot be reached, breaks off or cannot be understood, 504
/// for one that is too slow, 503 when health checks have taken all out, 508 for a request in a
/// circle. A response that breaks off after its head breaks off for the client, too. A client that
/// leaves ends its request at the upstream, within a second.
///
/// **Repeating.** Another upstream is tried when nothing of the request can have been sent, and,
/// for idempotent ones without content, when an upstream has failed without an answer, not when it
/// was too slow.
///
/// Copies are the same proxy. **Threads.** Any number of loops; each has connections of its own.
/// **Lifetime.** Of all its copies, and of the requests under way.
class reverse_proxy {
 public:
    /// Throws std::invalid_argument for no upstreams, for URLs that are none, and for a name or a
    /// prefix that is none.
    explicit reverse_proxy(reverse_proxy_options options);

    /// The handler.
    [[nodiscard]] io::task<> operator()(exchange& asked) const;
    /// Asks all upstreams how they are, over and over; ends by cancellation only. Run it on one
    /// loop beside the server: `co_await io::any(server.run(), apps.check_health())`.
    [[nodiscard]] io::task<> check_health() const;

    /// Any thread.
    [[nodiscard]] std::vector<upstream_state> upstreams() const;

 private:
    std::shared_ptr<detail::proxy_core> core_;
};

}  // namespace zocalo::http
