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
    /// For /.zocalo/metrics; empty: there is none.
    std::function<serve::counters()> counters;
};

/// Adds `/.zocalo/` to a site: the page, what it is made of, and the events that keep it up to
/// date.
///
/// To others than this host it is closed, and to pages of other sites that their browsers show on
/// this host under a name of theirs (DNS rebinding): the Host has to be an address or localhost.
void add_status(http::site& to, const status_options& options);

/// Whether a path is one of those.
[[nodiscard]] bool is_status(std::string_view path) noexcept;

}  // namespace zocalo::program
