// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/proxy.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/connect_report.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/tls/context.hpp"

/// From a host and a port to a stream that is ready for a protocol.
namespace zocalo::tls {

/// How a host is reached, and what is spoken with it.
struct dial_options {
    // --- Behaviour

    /// How names are looked up, and how the first connection is made. Its `timeout` is for that.
    io::connect_options connect = {};
    /// Who makes the connections, each through the one before it.
    std::vector<io::proxy> proxies = {};
    /// Gets the connection to each proxy before anything is asked for, without its TLS, and gives
    /// what is spoken on: serve::watch(), for those who show what goes over it, passwords too. What
    /// goes through the tunnel afterwards goes over it as well.
    std::function<io::stream(io::stream made, const io::proxy& with)> over_proxy = {};
    /// How TLS is spoken with proxies of https://; what the system trusts when not given.
    std::optional<client_context> proxy_tls = std::nullopt;
    /// With a context the stream is TLS with the host; without one nothing is put around it.
    std::optional<client_context> tls = std::nullopt;
    /// Who the server has to be in its certificate, when that is not the host's name.
    std::string server_name = {};
    /// Application protocols to offer to the host instead of what the context has.
    std::vector<std::string> alpn = {};

    // --- Limits

    timeout within = timeout::none();  ///< everything: look-ups, addresses, tunnels, handshakes
};

/// Connects to `where`, through the proxies in their order, and speaks TLS with it when the options
/// say so.
///
///     tls::dial_options options;
///     options.tls = tls::client_context();
///     options.within = 30s;
///     io::stream server = co_await tls::dial({"example.org", "https"}, options);
///
/// `told`, when given, says how it came about, as far as it came; it has to outlive the task.
/// **Cancellation** gives everything up and throws net::stopped. **Errors.** What io::connect(),
/// tls::tunnel() and tls::connect() throw; std::errc::timed_out, which names the step.
[[nodiscard]] io::task<io::stream> dial(net::host_port where, dial_options options,
                                        net::connect_report* told = nullptr);

/// The same over a connection that is there, to the first proxy or else to the host itself: what
/// `options.connect` says is used only where a proxy has to be told addresses.
[[nodiscard]] io::task<io::stream> dial_over(io::stream line, net::host_port where,
                                             dial_options options,
                                             net::connect_report* told = nullptr);

}  // namespace zocalo::tls
