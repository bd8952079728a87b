// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/socket.hpp"

/// Being started and watched by systemd, or by whoever speaks as it does.
namespace zocalo::serve {

/// A socket that was opened for this process by another one.
struct inherited_socket {
    std::string name;  ///< as LISTEN_FDNAMES says it; empty when that says nothing
    net::socket socket;
};

/// The sockets that this process was started with (sd_listen_fds(3)): LISTEN_FDS of them from
/// descriptor 3 on, when LISTEN_PID is this process.
///
/// They are close-on-exec then, and the variables are gone, so that nobody takes them twice. None
/// when it was not started like that. Throws std::invalid_argument when the variables make no
/// sense, std::system_error when a descriptor is no socket. **Threads.** Before there are others:
/// it changes the environment.
[[nodiscard]] std::vector<inherited_socket> take_inherited_sockets();

/// Tells the service manager how the process is (sd_notify(3)).
///
/// Without a NOTIFY_SOCKET in the environment nothing is told, to nobody. A manager that does not
/// listen is no error, and neither is a chroot after it was made. **Threads.** Any, one at a time.
class service_manager {
 public:
    /// From NOTIFY_SOCKET in the environment.
    static service_manager from_environment();
    /// Tells nobody.
    service_manager() noexcept = default;
    explicit service_manager(net::endpoint notify);

    void ready() { tell("READY=1\n"); }
    void stopping() { tell("STOPPING=1\n"); }
    /// ready() says when that is done.
    void reloading();
    /// Another process goes on for this one, which says no more: MAINPID. To be told before that
    /// process says that it is ready.
    void main_process(std::int64_t process);
    /// One line for people, in `systemctl status`.
    void status(std::string_view what);

    [[nodiscard]] bool is_there() const noexcept { return notify_.has_value(); }

 private:
    void tell(std::string_view what);

    std::optional<net::endpoint> notify_;
    net::socket line_;  ///< there from the beginning: after a chroot the path leads nowhere
};

}  // namespace zocalo::serve
