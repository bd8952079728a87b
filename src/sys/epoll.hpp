// SPDX-License-Identifier: MIT
#pragma once

#include <sys/epoll.h>

#include "sys/retry.hpp"

namespace zocalo::sys {

inline int epoll_create() noexcept {
    return once(::epoll_create1(EPOLL_CLOEXEC));
}
inline int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
    return once(::epoll_ctl(epoll, operation, fd, event));
}

}  // namespace zocalo::sys
