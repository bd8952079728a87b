// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/network.hpp"
#include "zocalo/serve/counters.hpp"

namespace zocalo::http {
class site;
class exchange;
}  // namespace zocalo::http

namespace zocalo::program {

class monitor;

struct listener {
    std::string protocol;
    std::string where;  ///< as a URL, where it has one
};

/// What the status page shows, and to whom.
struct status_options {
    const monitor& watched;
    std::vector<listener> listeners;
    std::vector<net::network> also_for;  ///< beside this host
    std::vector<std::string> names;      ///< of this host
    /// For /.zocalo/metrics; empty: there is none.
    std::function<serve::counters()> counters;
};

/// Adds `/.zocalo/` to a site: the page, what it is made of, and the events that keep it up to
/// date.
///
/// It is closed to others than this host, to whoever is behind a proxy that says so (Forwarded,
/// X-Forwarded-For and the like, Via), and to pages that a browser has from here under a name of
/// somebody else's (DNS rebinding): http::is_own_host().
void add_status(http::site& to, const status_options& options);

/// Whether a path is one of those.
[[nodiscard]] bool is_status(std::string_view path) noexcept;

}  // namespace zocalo::program
