// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "zocalo/net/credentials.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/serve/proxy_header.hpp"
#include "zocalo/tls/info.hpp"

namespace zocalo::serve {

/// What a proxy has said about a client, and who the proxy is.
struct introduction {
    proxy_header header;
    net::endpoint proxy;
};

/// Who is at the other end of a connection, as far as somebody vouches for it.
struct peer {
    net::endpoint address;  ///< of the client; no family where there is none
    /// The process that connected to a Unix socket; the kernel vouches for it.
    std::optional<net::credentials> process;

    /// What a proxy in front of us has said; null when there is none. `address` is from there.
    std::shared_ptr<const introduction> proxy;
    /// What TLS has agreed on, with the client's certificate if it has shown one; null without TLS.
    std::shared_ptr<const tls::info> tls;

    /// `192.0.2.1:4711`, `unix:/run/x`, `pid 17 uid 1000`, `unknown`. One line, safe to print.
    [[nodiscard]] std::string to_string() const;
};

}  // namespace zocalo::serve
