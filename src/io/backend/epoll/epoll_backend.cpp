// SPDX-License-Identifier: MIT
#include "io/backend/epoll/epoll_backend.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "io/backend/receive_now.hpp"
#include "net/fail.hpp"
#include "sys/epoll.hpp"

namespace zocalo::io::detail {

namespace {

constexpr std::uint8_t reads = system_descriptor::reads;
constexpr std::uint8_t writes = system_descriptor::writes;

std::uint32_t events_for(std::uint8_t directions) noexcept {
    std::uint32_t events = 0;
    if ((directions & reads) != 0) events |= EPOLLIN;
    if ((directions & writes) != 0) events |= EPOLLOUT;
    return events;
}

constexpr std::uint64_t packed(std::uint32_t number, std::uint32_t registration) noexcept {
    return number | std::uint64_t{registration} << 32;
}

}  // namespace

epoll_backend::epoll_backend() : epoll_(sys::epoll_create()) {
    if (epoll_.get() < 0) net::fail("open an epoll", epoll_.get());
    epoll_event bell{};
    bell.events = EPOLLIN;
    bell.data.u64 = packed(static_cast<std::uint32_t>(bell_.fileno()), 0);
    const int result = sys::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, bell_.fileno(), &bell);
    if (result < 0) net::fail("watch a bell with epoll", result);
}

/// Streams may outlive their loop: another one registers them anew.
epoll_backend::~epoll_backend() {
    for (system_descriptor* each : by_number_) {
        if (each == nullptr) continue;
        each->home = nullptr;
        each->watched = 0;
    }
}

int epoll_backend::tell_kernel(system_descriptor& which, std::uint8_t directions) noexcept {
    int how = EPOLL_CTL_MOD;
    if (which.watched == 0) how = EPOLL_CTL_ADD;
    if (directions == 0) how = EPOLL_CTL_DEL;
    epoll_event wanted{};
    wanted.events = events_for(directions);
    wanted.data.u64 = packed(static_cast<std::uint32_t>(which.fileno()), which.place);
    const int result = sys::epoll_ctl(epoll_.get(), how, which.fileno(), &wanted);
    if (result >= 0) which.watched = directions;
    return result;
}

int epoll_backend::watch(system_descriptor& which, bool writing) {
    if (which.home != this) {
        if (which.home != nullptr) return -EBUSY;  // another loop has it
        const auto number = static_cast<std::size_t>(which.fileno());
        if (number >= by_number_.size()) by_number_.resize(number + 1 + number / 2);
        by_number_[number] = &which;
        which.home = this;
        which.place = ++registrations_;
        which.watched = 0;
    }
    return std::min(tell_kernel(which, which.watched | (writing ? writes : reads)), 0);
}

void epoll_backend::pause(system_descriptor& which) noexcept {
    if (which.home == this && which.watched != 0) tell_kernel(which, 0);
}

void epoll_backend::forget(descriptor& which) noexcept {
    auto& known = static_cast<system_descriptor&>(which);
    if (known.watched != 0) tell_kernel(known, 0);
    by_number_[static_cast<std::size_t>(known.fileno())] = nullptr;
    known.home = nullptr;
}

void epoll_backend::proceed_if_kept(operation*& slot) {
    const bool receives = slot->asked == operation::verb::receive;  // nearly always
    if (receives ? try_receive(static_cast<receive_operation&>(*slot), MSG_DONTWAIT)
                 : attempt(*slot, MSG_DONTWAIT)) {
        take(slot).complete();
    }
}

void epoll_backend::proceed_if_kept(operation*& slot, unsigned events) {
    static_assert(EPOLLERR == POLLERR && EPOLLHUP == POLLHUP);
    if (attempt_reported(*slot, events)) take(slot).complete();
}

/// Null: it was closed, and its number may be another one's by now.
system_descriptor* epoll_backend::find(tag about) const noexcept {
    if (about.number >= by_number_.size()) return nullptr;
    system_descriptor* const which = by_number_[about.number];
    return which != nullptr && which->place == about.registration ? which : nullptr;
}

/// Errors and hang-ups belong to both directions: the next call reports them.
void epoll_backend::report(tag about, unsigned events) {
    constexpr unsigned failed = EPOLLERR | EPOLLHUP;
    system_descriptor* which = find(about);
    if (which == nullptr) return;
    if (events == EPOLLIN && which->reading != nullptr) return proceed_if_kept(which->reading);
    const std::uint8_t wanted =
        (which->reading != nullptr ? reads : 0) | (which->writing != nullptr ? writes : 0);
    const std::uint8_t reported = ((events & (EPOLLIN | failed)) != 0 ? reads : 0) |
                                  ((events & (EPOLLOUT | failed)) != 0 ? writes : 0);
    if ((reported & which->watched & ~wanted) != 0) {
        tell_kernel(*which, which->watched & wanted);
    }
    if ((reported & reads) != 0 && which->reading != nullptr)
        proceed_if_kept(which->reading, events);
    if ((reported & writes) == 0) return;
    which = find(about);  // completing the read may have closed it
    if (which != nullptr && which->writing != nullptr) proceed_if_kept(which->writing, events);
}

[[gnu::flatten]] void epoll_backend::wait(zocalo::timeout limit) {
    std::array<epoll_event, 256> events;
    const int count = sys::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                      deadline{limit});
    if (count > 0) heard();
    for (int i = 0; i < count; ++i) {
        const epoll_event& each = events[static_cast<std::size_t>(i)];
        const tag about{static_cast<std::uint32_t>(each.data.u64),
                        static_cast<std::uint32_t>(each.data.u64 >> 32)};
        if (about.registration == 0) {
            bell_.hear();
        } else {
            report(about, each.events);
            run_soon();
        }
    }
}

}  // namespace zocalo::io::detail
