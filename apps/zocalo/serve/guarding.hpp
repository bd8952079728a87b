// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/serve/server.hpp"

namespace CLI {
class App;
}

namespace zocalo::program {

/// How many clients `serve` takes, how fast and for how long, and who may speak for others.
struct guarding_request {
    std::size_t connections = 1024;
    std::optional<std::size_t> per_address;  ///< 256, or any number where only this host connects
    std::size_t accept_rate = 0;
    std::size_t address_rate = 0;
    timeout idle = serve::limits{}.idle;
    timeout drain = serve::limits{}.drain;
    std::vector<std::string> proxies;  ///< networks, or "unix"
    std::string hand_over;             ///< a Unix path
};

/// Declares the options.
void add_guarding_options(CLI::App& command, guarding_request& request);

/// What they say. `is_for_here`: nobody but this machine can connect.
[[nodiscard]] serve::limits limits_of(const guarding_request& request, bool is_for_here);
[[nodiscard]] serve::proxy_options proxies_of(const guarding_request& request);

}  // namespace zocalo::program
