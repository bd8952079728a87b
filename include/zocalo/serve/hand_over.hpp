// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/credentials.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/service_manager.hpp"

/// Replacing a server by its next version without refusing or losing a connection.
///
/// The old process waits at a Unix socket. The new one connects there, gets the listening sockets,
/// begins to serve with them, and says so; then the old one stops taking connections and sees its
/// own to their end. Both listen at the same queues all the time. When the new one fails before
/// that, nothing has happened. Only processes of the same user or of root give, or are given,
/// anything; root takes from a user whom it names, too.
namespace zocalo::serve {

/// The new process. Destroyed without ready(), the old one goes on.
class take_over {
 public:
    /// Nobody: no sockets.
    take_over() noexcept = default;
    /// Asks the process that waits at `path`; no sockets when nobody does. Throws std::system_error
    /// when somebody does and fails, or belongs to a stranger. The process may also be `user`'s: of
    /// one that was root and has become that (drop_privileges()), as this one will.
    explicit take_over(const std::string& path, timeout limit = std::chrono::seconds(5),
                       const std::string& user = {});

    [[nodiscard]] std::vector<inherited_socket>& sockets() noexcept { return sockets_; }
    /// Whether there is an old process, which waits for ready().
    [[nodiscard]] bool has_begun() const noexcept { return line_.is_open(); }
    /// This process serves now. Returns when the old one has heard it and left `path`; nothing
    /// without one.
    void ready();

 private:
    net::socket line_;
    std::vector<inherited_socket> sockets_;
};

/// Where the old process waits: a Unix path (mode 0600). Throws as net::create_server() does.
[[nodiscard]] net::socket open_door(const std::string& path);

/// The old process: waits at `door` until another one has taken over `sockets` and is ready; then
/// tells `taken` by whom, and lets it go on.
///
/// Blocks; throws net::stopped when `stop` comes first. At most 250 sockets: std::invalid_argument.
void hand_over(net::socket door, const std::vector<inherited_socket>& sockets,
               const net::stop_condition& stop,
               const std::function<void(const net::credentials& by)>& taken = {});

}  // namespace zocalo::serve
