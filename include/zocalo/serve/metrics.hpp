// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "zocalo/serve/counters.hpp"

/// Counters as Prometheus reads them.
namespace zocalo::serve {

/// The counters of one server as lines of Prometheus' text format (version 0.0.4), each with its
/// help and type: `zocalo_connections_accepted_total{server="http"} 17`.
///
/// Serve them as `text/plain; version=0.0.4`, one server in a page: help and type may stand there
/// once only.
[[nodiscard]] std::string to_prometheus(const counters& of, std::string_view server);

/// A label's value in that format: backslash, quote and line end are escaped.
[[nodiscard]] std::string prometheus_label(std::string_view value);

}  // namespace zocalo::serve
