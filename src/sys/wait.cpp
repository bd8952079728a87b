// SPDX-License-Identifier: MIT
#include "sys/wait.hpp"

#include <ctime>

#include "sys/retry.hpp"

namespace zocalo::sys {

int poll(pollfd* entries, nfds_t count, const deadline& until) noexcept {
    for (;;) {
        const auto left = until.remaining().value();
        timespec span{};
        if (left) {
            span.tv_sec = static_cast<time_t>(left->count() / 1'000'000'000);
            span.tv_nsec = static_cast<long>(left->count() % 1'000'000'000);
        }
        const int ready = once(::ppoll(entries, count, left ? &span : nullptr, nullptr));
        if (ready != -EINTR) return ready;
        if (until.passed()) return 0;
    }
}

int wait_ready(int fd, short events, const deadline& until, int stop_fd) noexcept {
    // The kernel passes over negative descriptors, so no stop costs no second case.
    pollfd entries[2] = {{fd, events, 0}, {stop_fd, POLLIN, 0}};
    const int ready = poll(entries, stop_fd >= 0 ? 2 : 1, until);
    if (ready < 0) return ready;
    if (ready == 0) return -ETIMEDOUT;
    if (entries[1].revents != 0) return -ECANCELED;
    return entries[0].revents & POLLNVAL ? -EBADF : 0;
}

}  // namespace zocalo::sys
