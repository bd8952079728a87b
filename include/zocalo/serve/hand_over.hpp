// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/service_manager.hpp"

/// Replacing a server by its next version without refusing or losing a connection.
///
/// The old process waits at a Unix socket. The new one connects there, gets the listening sockets,
/// begins to serve with them, and says so; then the old one stops taking connections and sees its
/// own to their end. Both listen at the same queues all the time. When the new one fails before
/// that, nothing has happened. Only processes of the same user or of root give, or are given,
/// anything.
namespace zocalo::serve {

/// The new process. Destroyed without ready(), the old one goes on.
class take_over {
 public:
    /// Nobody: no sockets.
    take_over() noexcept = default;
    /// Asks the process that waits at `path`; no sockets when nobody does. Throws std::system_error
    /// when somebody does and fails, or belongs to a stranger.
    explicit take_over(const std::string& path, timeout limit = std::chrono::seconds(5));

    [[nodiscard]] std::vector<inherited_socket>& sockets() noexcept { return sockets_; }
    /// This process serves now. Returns when the old one has heard it and left `path`; nothing
    /// without one.
    void ready();

 private:
    net::socket line_;
    std::vector<inherited_socket> sockets_;
};

/// The old process: waits at `path` (mode 0600) until another one has taken over `sockets` and is
/// ready.
///
/// Blocks; throws net::stopped when `stop` comes first. At most 250 sockets: std::invalid_argument.
void hand_over(const std::string& path, const std::vector<inherited_socket>& sockets,
               const net::stop_condition& stop);

}  // namespace zocalo::serve
