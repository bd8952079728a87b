// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/io/detail/socket_operations.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/net/endpoint.hpp"

/// Making connections.
namespace zocalo::io {

/// A connection to one address, from `local` when that is given. No limit in time of its own: put
/// io::timeout() around it.
[[nodiscard]] inline auto connect(const net::endpoint& peer, const net::endpoint& local = {}) {
    return detail::awaitable<detail::connect_operation>(peer, local);
}

}  // namespace zocalo::io
