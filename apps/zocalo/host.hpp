// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/io/override.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/host_port.hpp"

namespace CLI {
class App;
}

namespace zocalo::program {

/// A host that a command line names, and which family it is to be of.
struct host_request {
    std::string name;
    bool v4 = false;
    bool v6 = false;
    std::vector<io::host_override> overrides;  // their ports do not count

    /// Its best address. Throws std::system_error that names the host.
    [[nodiscard]] net::address look_up() const;
    /// The name with its address behind it, unless they are the same; safe to print.
    [[nodiscard]] std::string shown_with(const net::address& ip) const;
};

/// `PORT`, `HOST PORT` or `HOST:PORT`, with these where the words do not say.
[[nodiscard]] net::host_port where_of(std::span<const std::string> words, std::string_view host,
                                      std::string_view port);

/// Declares the host, -4, -6 and --resolve.
void add_host(CLI::App& command, host_request& request);

}  // namespace zocalo::program
