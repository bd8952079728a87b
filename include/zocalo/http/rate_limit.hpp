// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "zocalo/http/server.hpp"

/// How many requests somebody may make.
namespace zocalo::http {

struct rate_limit_options {
    std::size_t requests = 10;  ///< in the long run, in `span`
    std::chrono::seconds span{1};
    std::size_t burst = 20;  ///< so many at once after a time of rest
    /// Who it is that is counted; whoever has an empty one is not. Default: the IPv4 address or
    /// IPv6 /64 of the peer; others, such as those of Unix sockets, are not counted. A key that
    /// clients can choose is no limit to them.
    std::function<std::string(const exchange& asked)> key = {};
    /// So many keys are remembered; a flood of more than that makes it forget all.
    std::size_t most_kept = 65536;
};

/// Refuses requests that come too fast: 429, and in Retry-After the seconds until one may come.
///
/// Several loops that serve the site count together. Filters before it have seen the request; put
/// it first, or around what is worth guarding: a place where passwords are tried. Beside it
/// serve::limits counts connections. Throws std::invalid_argument for a 0 among the options.
[[nodiscard]] filter limit_rate(const rate_limit_options& options = {});

}  // namespace zocalo::http
