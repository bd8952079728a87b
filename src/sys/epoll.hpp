// SPDX-License-Identifier: MIT
#pragma once

#include <sys/epoll.h>

#include "sys/retry.hpp"
#include "zocalo/core/deadline.hpp"

namespace zocalo::sys {

inline int epoll_create() noexcept {
    return once(::epoll_create1(EPOLL_CLOEXEC));
}
inline int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
    return once(::epoll_ctl(epoll, operation, fd, event));
}

/// The count of ready ones, 0 when the deadline has passed, or −errno. A wait that signals
/// interrupt goes on with what is left of the time.
int epoll_wait(int epoll, epoll_event* events, int size, const deadline& until) noexcept;

}  // namespace zocalo::sys
