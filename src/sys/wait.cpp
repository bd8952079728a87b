// SPDX-License-Identifier: MIT
#include "sys/wait.hpp"

#include <ctime>

#include "sys/epoll.hpp"
#include "sys/retry.hpp"

namespace zocalo::sys {

namespace {

/// What is left until the deadline, as the kernel wants it: null is for ever.
class time_left {
 public:
    explicit time_left(const deadline& until) noexcept {
        const auto left = until.remaining().value();
        if (!left) return;
        limited_ = true;
        span_.tv_sec = static_cast<time_t>(left->count() / 1'000'000'000);
        span_.tv_nsec = static_cast<long>(left->count() % 1'000'000'000);
    }
    const timespec* get() const noexcept { return limited_ ? &span_ : nullptr; }

 private:
    timespec span_{};
    bool limited_ = false;
};

/// Makes `call(time)` until no signal interrupts it or the time is up.
template <class Call>
int wait_until(const deadline& until, Call call) noexcept {
    for (;;) {
        const time_left left(until);
        const int ready = once(call(left.get()));
        if (ready != -EINTR) return ready;
        if (until.passed()) return 0;
    }
}

}  // namespace

int poll(pollfd* entries, nfds_t count, const deadline& until) noexcept {
    return wait_until(until,
                      [&](const timespec* left) { return ::ppoll(entries, count, left, nullptr); });
}

int select(int count, fd_set& read, fd_set& write, fd_set& except, const deadline& until) noexcept {
    const fd_set sets[] = {read, write, except};
    return wait_until(until, [&](const timespec* left) {
        read = sets[0];
        write = sets[1];
        except = sets[2];
        return ::pselect(count, &read, &write, &except, left, nullptr);
    });
}

int epoll_wait(int epoll, epoll_event* events, int size, const deadline& until) noexcept {
    const timeout left = until.remaining();
    if (left.is_none() || left.is_zero()) {
        return retry<::epoll_wait>(epoll, events, size, left.is_zero() ? 0 : -1);
    }
    const int count = wait_until(until, [&](const timespec* span) {
        return ::epoll_pwait2(epoll, events, size, span, nullptr);
    });
    if (count != -ENOSYS) return count;
    // A kernel before 5.11: epoll_wait(2) counts in milliseconds, which turns a short time-out into
    // none, but poll(2) on the epoll is exact.
    const int waited = wait_ready(epoll, POLLIN, until, -1);
    if (waited < 0) return waited == -ETIMEDOUT ? 0 : waited;
    return retry<::epoll_wait>(epoll, events, size, 0);
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
