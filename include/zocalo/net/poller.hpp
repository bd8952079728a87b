// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/core/flags.hpp"
#include "zocalo/net/socket.hpp"

/// Waiting for many descriptors at once: select, poll and epoll as one object.
///
/// For programs that want readiness by hand, as Python's `selectors` gives it. Its names here:
/// register is add(), unregister is remove(), select is wait(), get_key is find(), get_map is
/// size() and find(), EVENT_READ and EVENT_WRITE are event::read and event::write.
namespace zocalo::net {

class stop_condition;

namespace detail {
class poll_backend;
}

/// What may happen to a descriptor, and how to be told (poll(2), epoll_ctl(2)).
enum class event : std::uint32_t {
    none = 0,
    read = 0x1,              ///< something to read, a connection to accept, or the end
    priority = 0x2,          ///< urgent data, or another exceptional condition
    write = 0x4,             ///< room to write, or a connection was made or has failed
    error = 0x8,             ///< reported always, except by select
    hang_up = 0x10,          ///< reported always, except by select: both directions are closed
    invalid = 0x20,          ///< reported only: the descriptor was closed (not with epoll)
    read_hang_up = 0x2000,   ///< the peer closed its writing side; not with select
    exclusive = 0x10000000,  ///< epoll only: wakes one of several pollers
    wake_up = 0x20000000,    ///< epoll only: keeps the machine from sleeping
    one_shot = 0x40000000,   ///< epoll only: once, then not until modify()
    edge = 0x80000000,       ///< epoll only: when it becomes ready, not while it is
};

/// One descriptor that is ready.
struct ready {
    int fd = -1;
    net::event events = event::none;
    std::uint64_t data = 0;
};

/// A set of descriptors that can be waited for.
///
/// It owns no descriptor that is added. remove() one before it is closed: its number may soon
/// belong to another file, and epoll may go on watching the old one. **Threads.** One at a time.
class poller {
 public:
    enum class kind {
        select,  ///< oldest and slowest: descriptors below 1024 only
        poll,    ///< any descriptor; the cost of a wait grows with their number
        epoll,   ///< the cost of a wait grows with the number of those that are ready
    };

    /// Throws std::system_error when there are no descriptors left.
    explicit poller(kind which = kind::epoll);
    ~poller();
    poller(poller&&) noexcept;
    poller& operator=(poller&&) noexcept;

    /// Watches a descriptor; `data` is a number or address of the caller's, given back by wait().
    ///
    /// Throws std::invalid_argument when the descriptor is below 0, is watched already or is too
    /// high for select, and when the events are none or not for this kind; std::system_error when
    /// epoll cannot watch it (regular files) or the system is full.
    void add(int fd, event events, std::uint64_t data = 0);
    void add(const socket& socket, event events, std::uint64_t data = 0) {
        add(socket.fileno(), events, data);
    }

    /// Watches for other events from now on. Throws std::invalid_argument when it is not watched.
    void modify(int fd, event events, std::uint64_t data = 0);
    void modify(const socket& socket, event events, std::uint64_t data = 0) {
        modify(socket.fileno(), events, data);
    }

    /// Stops watching. Throws std::invalid_argument when it is not watched.
    void remove(int fd);
    void remove(const socket& socket) { remove(socket.fileno()); }

    /// What is watched for a descriptor, if it is.
    [[nodiscard]] std::optional<ready> find(int fd) const;
    [[nodiscard]] std::size_t size() const noexcept { return watched_.size(); }
    [[nodiscard]] kind which() const noexcept { return kind_; }
    /// The descriptor of an epoll; −1 with the other kinds.
    [[nodiscard]] int fileno() const noexcept;

    /// Waits until something is ready, and says what; nothing when the time is up. With no
    /// descriptors it only waits. What it returns is good until the next call on this object.
    ///
    /// Throws net::stopped when `stop` comes true.
    std::span<const ready> wait(timeout limit = timeout::none(),
                                const stop_condition* stop = nullptr);

 private:
    struct interest {
        event events;
        std::uint64_t data;
    };
    void check(const char* verb, int fd, event events) const;

    kind kind_;
    std::unique_ptr<detail::poll_backend> backend_;
    std::unordered_map<int, interest> watched_;
    std::vector<ready> ready_;
};

}  // namespace zocalo::net

template <>
inline constexpr bool zocalo::is_flags<zocalo::net::event> = true;
