// SPDX-License-Identifier: MIT
#pragma once

#include <poll.h>
#include <sys/select.h>

#include "zocalo/core/deadline.hpp"

namespace zocalo::sys {

/// Waits until `fd` has one of `events` (POLLIN, POLLOUT, POLLPRI), `stop_fd` is readable, or the
/// deadline passes.
///
/// Returns 0 when `fd` is ready (errors and hang-ups count: the next call reports them),
/// −ETIMEDOUT, −ECANCELED when `stop_fd` (−1 for none) was readable, or another −errno. A wait that
/// signals interrupt goes on with what is left of the time.
int wait_ready(int fd, short events, const deadline& until, int stop_fd) noexcept;

/// poll(2) over many descriptors with the same rules about signals and time: the count of ready
/// ones, 0 when time is up, or −errno.
int poll(pollfd* entries, nfds_t count, const deadline& until) noexcept;

/// select(2) likewise. The sets hold what is ready afterwards.
int select(int count, fd_set& read, fd_set& write, fd_set& except, const deadline& until) noexcept;

}  // namespace zocalo::sys
