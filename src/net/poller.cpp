// SPDX-License-Identifier: MIT
#include "zocalo/net/poller.hpp"

#include <sys/select.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "net/fail.hpp"
#include "net/poll_backend.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {

namespace {

struct event_name {
    event bit;
    std::string_view name;
};
constexpr event_name event_names[] = {
    {event::read, "read"},           {event::priority, "priority"},
    {event::write, "write"},         {event::error, "error"},
    {event::hang_up, "hang_up"},     {event::read_hang_up, "read_hang_up"},
    {event::exclusive, "exclusive"}, {event::wake_up, "wake_up"},
    {event::one_shot, "one_shot"},   {event::edge, "edge"},
};

constexpr event basic =
    event::read | event::write | event::priority | event::error | event::hang_up;
constexpr event manners = event::exclusive | event::wake_up | event::one_shot | event::edge;

event allowed(poller::kind kind) {
    switch (kind) {
        case poller::kind::select:
            return event::read | event::write | event::priority;
        case poller::kind::poll:
            return basic | event::read_hang_up;
        case poller::kind::epoll:
            return basic | event::read_hang_up | manners;
    }
    return event::none;
}

const char* name_of(poller::kind kind) {
    switch (kind) {
        case poller::kind::select:
            return "select";
        case poller::kind::poll:
            return "poll";
        case poller::kind::epoll:
            return "epoll";
    }
    return "?";
}

std::string names_of(event events) {
    std::string names;
    for (const auto& [bit, name] : event_names) {
        if (!has(events, bit)) continue;
        if (!names.empty()) names += ", ";
        names += name;
        events = events & ~bit;
    }
    if (events != event::none) {
        if (!names.empty()) names += ", ";
        names += "bits ";
        names += std::to_string(static_cast<std::uint32_t>(events));
    }
    return names;
}

std::unique_ptr<detail::poll_backend> make_backend(poller::kind kind) {
    switch (kind) {
        case poller::kind::select:
            return detail::make_select_backend();
        case poller::kind::poll:
            return detail::make_poll_backend();
        case poller::kind::epoll:
            return detail::make_epoll_backend();
    }
    throw std::invalid_argument("poller: kind " + std::to_string(static_cast<int>(kind)) +
                                " is unknown");
}

std::string text_of(const char* verb, poller::kind kind, int fd) {
    return std::string("poller (") + name_of(kind) + "): " + verb + " descriptor " +
           std::to_string(fd);
}

}  // namespace

poller::poller(kind which) : kind_(which), backend_(make_backend(which)) {}
poller::~poller() = default;
poller::poller(poller&& other) noexcept
    : kind_(other.kind_),
      backend_(std::move(other.backend_)),
      watched_(std::exchange(other.watched_, {})),
      ready_(std::exchange(other.ready_, {})) {}
poller& poller::operator=(poller&& other) noexcept {
    poller taken(std::move(other));
    std::swap(kind_, taken.kind_);
    std::swap(watched_, taken.watched_);
    std::swap(ready_, taken.ready_);
    std::swap(backend_, taken.backend_);
    return *this;
}

void poller::check(const char* verb, int fd, event events) const {
    const auto refuse = [&](const std::string& why) {
        throw std::invalid_argument(text_of(verb, kind_, fd) + ": " + why);
    };
    if (!backend_) refuse("the poller was moved from");
    if (fd < 0) refuse("it is closed");
    if (kind_ == kind::select && fd >= FD_SETSIZE) {
        refuse("not below " + std::to_string(FD_SETSIZE) + " (FD_SETSIZE); use poll or epoll");
    }
    if ((events & (basic | event::read_hang_up)) == event::none) refuse("no events to wait for");
    if (const event wrong = events & ~allowed(kind_); wrong != event::none) {
        refuse("this kind has no event " + names_of(wrong));
    }
    if (has(events, event::exclusive) &&
        (events & (event::one_shot | event::priority | event::read_hang_up)) != event::none) {
        refuse("exclusive goes with read, write, edge and wake_up only");
    }
}

void poller::add(int fd, event events, std::uint64_t data) {
    check("add", fd, events);
    if (watched_.contains(fd)) {
        throw std::invalid_argument(text_of("add", kind_, fd) + ": it is watched already");
    }
    if (const int result = backend_->set(fd, events, true); result < 0) {
        fail(text_of("add", kind_, fd) +
                 (result == -EPERM ? " (regular files are always ready)" : ""),
             result);
    }
    watched_.emplace(fd, interest{events, data});
}

void poller::modify(int fd, event events, std::uint64_t data) {
    check("modify", fd, events);
    const auto found = watched_.find(fd);
    if (found == watched_.end()) {
        throw std::invalid_argument(text_of("modify", kind_, fd) + ": it is not watched");
    }
    if (has(events | found->second.events, event::exclusive)) {
        throw std::invalid_argument(text_of("modify", kind_, fd) + ": exclusive stays as it is");
    }
    if (const int result = backend_->set(fd, events, false); result < 0) {
        fail(text_of("modify", kind_, fd), result);
    }
    found->second = {events, data};
}

void poller::remove(int fd) {
    if (watched_.erase(fd) == 0) {
        throw std::invalid_argument(text_of("remove", kind_, fd) + ": it is not watched");
    }
    backend_->remove(fd);
}

std::optional<ready> poller::find(int fd) const {
    const auto found = watched_.find(fd);
    if (found == watched_.end()) return std::nullopt;
    return ready{.fd = fd, .events = found->second.events, .data = found->second.data};
}

int poller::fileno() const noexcept {
    return backend_ ? backend_->fileno() : -1;
}

std::span<const ready> poller::wait(timeout limit, const stop_condition* stop) {
    ready_.clear();
    if (!backend_) throw std::invalid_argument("poller: wait: the poller was moved from");
    const int stop_fd = stop != nullptr ? stop->fileno() : -1;
    if (const int result = backend_->wait(deadline{limit}, stop_fd, ready_); result < 0) {
        fail(std::string("poller (") + name_of(kind_) + "): wait", result);
    }
    for (ready& one : ready_) {
        if (const auto found = watched_.find(one.fd); found != watched_.end()) {
            one.data = found->second.data;
        }
    }
    return ready_;
}

}  // namespace zocalo::net
