// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "zocalo/serve/counters.hpp"

/// Counters as Prometheus reads them.
namespace zocalo::serve {

/// The counters of one server as lines of Prometheus' text format (version 0.0.4), each with its
/// help and type: `zocalo_connections_accepted_total{server="http"} 17`.
///
/// Serve them as `text/plain; version=0.0.4`.
[[nodiscard]] std::string to_prometheus(const counters& of, std::string_view server);

/// A server with its name, for a page of several.
struct named_counters {
    std::string_view server;  ///< different names, or Prometheus takes the last one only
    counters of;
};

/// The same for several servers in one page, where help and type may stand only once:
///
///     to_prometheus({{"http", web.counters()}, {"gopher", holes.counters()}})
[[nodiscard]] std::string to_prometheus(std::span<const named_counters> servers);
[[nodiscard]] inline std::string to_prometheus(std::initializer_list<named_counters> servers) {
    return to_prometheus(std::span(servers.begin(), servers.size()));
}

/// A label's value in that format: backslash, quote and line end are escaped.
[[nodiscard]] std::string prometheus_label(std::string_view value);

}  // namespace zocalo::serve
