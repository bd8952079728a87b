// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/poller.hpp"

namespace zocalo::net::detail {

/// How one kind of poller watches; the arguments have been checked. All return −errno.
class poll_backend {
 public:
    virtual ~poll_backend() = default;
    /// Watches `fd`, or changes what is watched when it is not new.
    virtual int set(int fd, event events, bool is_new) = 0;
    virtual void remove(int fd) = 0;
    /// Appends what is ready, without data; −ECANCELED when `stop_fd` (−1 for none) is readable.
    virtual int wait(const deadline& until, int stop_fd, std::vector<ready>& found) = 0;
    [[nodiscard]] virtual int fileno() const noexcept { return -1; }
};

std::unique_ptr<poll_backend> make_select_backend();
std::unique_ptr<poll_backend> make_poll_backend();
std::unique_ptr<poll_backend> make_epoll_backend();

}  // namespace zocalo::net::detail
