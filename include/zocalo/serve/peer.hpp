// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "zocalo/net/credentials.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::serve {

/// Who is at the other end of a connection, as far as somebody vouches for it.
struct peer {
    net::endpoint address;  ///< of the client; no family where there is none
    /// The process that connected to a Unix socket; the kernel vouches for it.
    std::optional<net::credentials> process;

    /// `192.0.2.1:4711`, `unix:/run/x`, `pid 17 uid 1000`, `unknown`. One line, safe to print.
    [[nodiscard]] std::string to_string() const;
};

}  // namespace zocalo::serve
