// SPDX-License-Identifier: MIT
#include "zocalo/net/stop.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "net/fail.hpp"
#include "sys/epoll.hpp"
#include "sys/file.hpp"
#include "sys/signal.hpp"
#include "sys/wait.hpp"

namespace zocalo::net {

namespace {

unique_fd new_eventfd() {
    const int fd = sys::eventfd(0);
    if (fd < 0) fail("open a stop_source", fd);
    return unique_fd(fd);
}

unique_fd new_epoll() {
    const int fd = sys::epoll_create();
    if (fd < 0) fail("open a stop_any", fd);
    return unique_fd(fd);
}

sigset_t set_of(std::initializer_list<int> signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals)
        sigaddset(&set, signal);
    return set;
}

unique_fd new_signalfd(std::initializer_list<int> signals) {
    const sigset_t set = set_of(signals);
    const int fd = sys::signalfd(set);
    if (fd < 0) fail("open a stop_signal", fd);
    return unique_fd(fd);
}

}  // namespace

bool stop_condition::stopped() const noexcept {
    return sys::wait_ready(fileno(), POLLIN, deadline{timeout::zero()}, -1) == 0;
}

stop_source::stop_source() : stop_condition(new_eventfd()) {}

void stop_source::request_stop() noexcept {
    // The counter of an eventfd stays readable until it is read, and nobody reads it. A full one
    // stays so too.
    const std::uint64_t one = 1;
    sys::write(fileno(), &one, sizeof one);
}

// An epoll instance is itself readable while any of its descriptors is.
stop_any::stop_any(std::initializer_list<const stop_condition*> conditions)
    : stop_condition(new_epoll()) {
    for (const stop_condition* condition : conditions)
        add(*condition);
}

void stop_any::add(const stop_condition& condition) {
    epoll_event event{};
    event.events = EPOLLIN;
    const int result = sys::epoll_ctl(fileno(), EPOLL_CTL_ADD, condition.fileno(), &event);
    if (result < 0 && result != -EEXIST) fail("watch a stop_condition", result);
}

stop_signal::stop_signal(std::initializer_list<int> signals)
    : stop_condition(new_signalfd(signals)) {
    static_assert(sizeof(sigset_t) <= sizeof old_mask_);
    sigset_t old;
    sys::block_signals(set_of(signals), old);
    std::memcpy(old_mask_, &old, sizeof old);
}

stop_signal::~stop_signal() {
    // A signal that waits would act, and kill, the moment that it is let in.
    signalfd_siginfo waiting;
    while (sys::read(fileno(), &waiting, sizeof waiting) > 0) {
    }
    sigset_t old;
    std::memcpy(&old, old_mask_, sizeof old);
    sys::set_signal_mask(old);
}

}  // namespace zocalo::net
