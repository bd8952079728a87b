// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "zocalo/io/proxy.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/tls/context.hpp"

/// Connections that a proxy makes for us, when the proxy itself may want TLS.
namespace zocalo::tls {

/// io::tunnel() for every kind of proxy. `line` is the plain connection to it; with one of https://
/// a handshake comes first, in which it has to be `through.host`.
///
/// For TLS with the host behind the proxy put connect() around what comes out, and tell it `port`
/// again. Throws as connect()
/// and io::tunnel() do. When it throws or is cancelled, `line` is closed.
[[nodiscard]] io::task<io::stream> tunnel(io::stream line, io::proxy through,
                                          client_context context, std::string host,
                                          std::uint16_t port);

}  // namespace zocalo::tls
