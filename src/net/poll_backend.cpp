// SPDX-License-Identifier: MIT
// The three ways to wait. Where a stop is given it is one more descriptor to watch; epoll, which is
// a descriptor itself, is watched beside it.
#include "net/poll_backend.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include <algorithm>
#include <cerrno>

#include "net/fail.hpp"
#include "sys/epoll.hpp"
#include "sys/file.hpp"
#include "sys/wait.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace zocalo::net::detail {

namespace {

static_assert(static_cast<short>(event::read) == POLLIN &&
              static_cast<short>(event::write) == POLLOUT &&
              static_cast<short>(event::invalid) == POLLNVAL &&
              static_cast<std::uint32_t>(event::read_hang_up) == EPOLLRDHUP &&
              static_cast<std::uint32_t>(event::edge) == EPOLLET &&
              static_cast<std::uint32_t>(event::one_shot) == EPOLLONESHOT &&
              static_cast<std::uint32_t>(event::exclusive) == EPOLLEXCLUSIVE);

class poll_kind final : public poll_backend {
 public:
    int set(int fd, event events, bool is_new) override {
        if (is_new) {
            entries_.push_back({fd, static_cast<short>(events), 0});
        } else {
            find(fd)->events = static_cast<short>(events);
        }
        return 0;
    }

    void remove(int fd) override { entries_.erase(find(fd)); }

    int wait(const deadline& until, int stop_fd, std::vector<ready>& found) override {
        entries_.push_back({stop_fd, POLLIN, 0});
        const int count = sys::poll(entries_.data(), entries_.size(), until);
        const bool stopped = count > 0 && entries_.back().revents != 0;
        entries_.pop_back();
        if (count <= 0) return count;
        if (stopped) return -ECANCELED;
        for (const pollfd& entry : entries_) {
            if (entry.revents == 0) continue;
            found.push_back(
                {.fd = entry.fd,
                 .events = static_cast<event>(static_cast<std::uint16_t>(entry.revents))});
        }
        return 0;
    }

 private:
    std::vector<pollfd>::iterator find(int fd) {
        return std::ranges::find(entries_, fd, &pollfd::fd);
    }

    std::vector<pollfd> entries_;
};

class select_kind final : public poll_backend {
 public:
    select_kind() noexcept {
        for (fd_set* set : {&read_, &write_, &except_})
            FD_ZERO(set);
    }

    int set(int fd, event events, bool) override {
        const auto put = [&](event wanted, fd_set& set) {
            if (has(events, wanted)) {
                FD_SET(fd, &set);
            } else {
                FD_CLR(fd, &set);
            }
        };
        put(event::read, read_);
        put(event::write, write_);
        put(event::priority, except_);
        highest_ = std::max(highest_, fd);
        return 0;
    }

    void remove(int fd) override {
        for (fd_set* set : {&read_, &write_, &except_})
            FD_CLR(fd, set);
        while (highest_ >= 0 && !is_watched(highest_))
            --highest_;
    }

    int wait(const deadline& until, int stop_fd, std::vector<ready>& found) override {
        if (stop_fd >= FD_SETSIZE) return -EMFILE;
        fd_set read = read_;
        fd_set write = write_;
        fd_set except = except_;
        if (stop_fd >= 0) FD_SET(stop_fd, &read);
        const int count = sys::select(std::max(highest_, stop_fd) + 1, read, write, except, until);
        if (count == -EBADF) return report_closed(found);
        if (count <= 0) return count;
        if (stop_fd >= 0 && FD_ISSET(stop_fd, &read)) return -ECANCELED;
        for (int fd = 0; fd <= highest_; ++fd) {
            event events = event::none;
            if (FD_ISSET(fd, &read)) events |= event::read;
            if (FD_ISSET(fd, &write)) events |= event::write;
            if (FD_ISSET(fd, &except)) events |= event::priority;
            if (events != event::none) found.push_back({.fd = fd, .events = events});
        }
        return 0;
    }

 private:
    bool is_watched(int fd) {
        return FD_ISSET(fd, &read_) || FD_ISSET(fd, &write_) || FD_ISSET(fd, &except_);
    }

    /// select() does not say which descriptor is bad; poll would.
    int report_closed(std::vector<ready>& found) {
        for (int fd = 0; fd <= highest_; ++fd) {
            if (is_watched(fd) && sys::get_descriptor_flags(fd) < 0) {
                found.push_back({.fd = fd, .events = event::invalid});
            }
        }
        return found.empty() ? -EBADF : 0;
    }

    fd_set read_;
    fd_set write_;
    fd_set except_;
    int highest_ = -1;
};

class epoll_kind final : public poll_backend {
 public:
    epoll_kind() : epoll_(sys::epoll_create()) {
        if (epoll_.get() < 0) fail("open a poller (epoll)", epoll_.get());
    }

    int set(int fd, event events, bool is_new) override {
        epoll_event wanted{};
        wanted.events = static_cast<std::uint32_t>(events);
        wanted.data.fd = fd;
        const int result =
            sys::epoll_ctl(epoll_.get(), is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &wanted);
        if (is_new && result == 0) ++count_;
        return result;
    }

    /// The kernel has forgotten a descriptor that was closed; that is no error.
    void remove(int fd) override {
        sys::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
        --count_;
    }

    int wait(const deadline& until, int stop_fd, std::vector<ready>& found) override {
        events_.resize(std::clamp<std::size_t>(count_, 1, most_at_once));
        int count = 0;
        if (stop_fd < 0) count = take(until);
        while (stop_fd >= 0 && count == 0) {  // somebody else may have been faster
            const int waited = sys::wait_ready(epoll_.get(), POLLIN, until, stop_fd);
            if (waited == -ETIMEDOUT) return 0;
            if (waited < 0) return waited;
            count = take(deadline{timeout::zero()});
        }
        for (int i = 0; i < count; ++i) {
            const epoll_event& one = events_[static_cast<std::size_t>(i)];
            found.push_back({.fd = one.data.fd, .events = static_cast<event>(one.events)});
        }
        return std::min(count, 0);
    }

    [[nodiscard]] int fileno() const noexcept override { return epoll_.get(); }

 private:
    static constexpr std::size_t most_at_once = 1024;  // the others come with the next wait

    int take(const deadline& until) noexcept {
        return sys::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                               until);
    }

    unique_fd epoll_;
    std::size_t count_ = 0;
    std::vector<epoll_event> events_;
};

}  // namespace

std::unique_ptr<poll_backend> make_select_backend() {
    return std::make_unique<select_kind>();
}
std::unique_ptr<poll_backend> make_poll_backend() {
    return std::make_unique<poll_kind>();
}
std::unique_ptr<poll_backend> make_epoll_backend() {
    return std::make_unique<epoll_kind>();
}

}  // namespace zocalo::net::detail
