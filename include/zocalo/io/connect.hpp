// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/override.hpp"
#include "zocalo/io/socket_settings.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/connect_report.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"
#include "zocalo/net/host_port.hpp"

/// Making connections.
///
/// A name is connected to as RFC 8305 ("Happy Eyeballs") says: both families are asked for side by
/// side, addresses are tried in the order of RFC 6724 with the families taking turns, each a little
/// after the one before it, and the first that answers wins. So an address that never answers costs
/// a quarter of a second, and a name server that never answers for one family a twentieth.
namespace zocalo::io {

class resolver;

/// A connection to one address, from `local` when that is given, with settings that live until it
/// is there. No limit in time of its own: put io::timeout() around it. Over TCP it sends what it is
/// given at once, as those of a listener do, unless the settings say otherwise.
[[nodiscard]] inline auto connect(const net::endpoint& peer, const net::endpoint& local = {},
                                  const socket_settings* settings = nullptr) {
    return detail::awaitable<detail::connect_operation>(peer, local, settings);
}

/// How to connect to a name.
struct connect_options {
    /// For everything: the look-ups and all addresses.
    zocalo::timeout timeout = zocalo::timeout::none();
    net::family family = net::family::unspecified;  ///< inet or inet6: addresses of that one only
    /// protocol::mptcp falls back to TCP where the kernel has none, as in a simulated network.
    net::protocol protocol = net::protocol::automatic;
    /// Where to connect from. Only addresses of its family are tried.
    std::optional<net::address> source = std::nullopt;
    std::uint16_t local_port = 0;  ///< 0: any
    /// What each socket gets before it connects: interface, mark, type of service.
    socket_settings settings = {};
    /// Who looks the name up; null: one that remembers nothing. Must outlive the call.
    io::resolver* resolver = nullptr;
    /// Which addresses may be connected to: it is asked about each one just before, whatever name
    /// or spelling led there, and one that it refuses fails with std::errc::permission_denied.
    /// `&net::address::is_global` keeps a program that opens URLs of strangers out of its own
    /// network. What a proxy connects to is not asked about. Default: all.
    std::function<bool(const net::address&)> admit = {};
    /// Whom to connect to instead: see redirected().
    std::vector<connect_override> exceptions = {};
    /// How long one address has before the next one is tried beside it; none: until it failed.
    zocalo::timeout attempt_delay = std::chrono::milliseconds(250);
    /// How long IPv4 addresses wait for the answer about IPv6 ones, which go first.
    zocalo::timeout resolution_delay = std::chrono::milliseconds(50);
    /// Further addresses of a name are not tried.
    std::size_t max_attempts = 64;
};

/// What came of connecting: an open stream, or an error; and how.
struct connect_result {
    io::stream stream;
    /// timed_out when time ended it, of net::name_category() when there was no address, else the
    /// error of the address that failed last.
    std::error_code error;
    net::connect_report report;
};

/// A connection to the first address of a host that answers:
/// `co_await io::connect("example.org", "http", {.timeout = 10s})`.
///
/// All others are given up and closed before it returns. **Cancellation** does that too, and throws
/// net::stopped. **Errors.** net::connect_error, whose message lists every address; what
/// resolver::addresses() throws when there is none; std::invalid_argument when the options do not
/// go together.
[[nodiscard]] task<stream> connect(net::host_port peer, connect_options options = {});
/// The same with the failure as a value, and the report on success too.
[[nodiscard]] task<connect_result> try_connect(net::host_port peer, connect_options options = {});

[[nodiscard]] inline task<stream> connect(std::string_view host, std::string_view service,
                                          connect_options options = {}) {
    return connect(net::host_port(host, service), std::move(options));
}
[[nodiscard]] inline task<connect_result> try_connect(std::string_view host,
                                                      std::string_view service,
                                                      connect_options options = {}) {
    return try_connect(net::host_port(host, service), std::move(options));
}

}  // namespace zocalo::io
