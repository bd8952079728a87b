// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/detail/as_task.hpp"
#include "zocalo/io/detail/group.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/stop.hpp"

/// Limits in time for whatever a task awaits, and sleeping.
///
/// The clock is that of the loop: steady on a machine, virtual in a simulated network.
namespace zocalo::io {

/// A moment on the loop's clock.
using time_point = std::chrono::steady_clock::time_point;

namespace detail {

class sleep_operation : public timer_operation {
 public:
    explicit sleep_operation(zocalo::timeout span) noexcept : span_(span) {}
    explicit sleep_operation(time_point until) noexcept
        : span_(zocalo::timeout::none()), is_moment_(true) {
        at = until;
    }
    bool begin(fiber& in, std::coroutine_handle<> who);
    void finish() const;

 private:
    zocalo::timeout span_;
    bool is_moment_ = false;
};

class now_operation : public operation {
 public:
    bool begin(fiber& in, std::coroutine_handle<> who) noexcept;
    [[nodiscard]] time_point finish() const noexcept { return now_; }

 private:
    time_point now_;
};

/// A group of one task and the alarm that cancels it.
class timed_group final : public group {
 public:
    explicit timed_group(zocalo::timeout limit) noexcept : limit_(limit) {}
    explicit timed_group(time_point until) noexcept
        : limit_(zocalo::timeout::none()), until_(until) {}
    /// Sets the alarm, once the group is open.
    void arm();
    void arrived(member& who, const std::exception_ptr& error) noexcept override;

    /// Inside of a handler for net::stopped: throws that time was up, when that is the reason, and
    /// the same exception again when it is not.
    [[noreturn]] void explain(const net::stopped& error) const;

 private:
    struct alarm final : timer_operation {
        explicit alarm(timed_group& of) noexcept : group(of) {}
        void complete() noexcept override;
        timed_group& group;
    };

    zocalo::timeout limit_;
    std::optional<time_point> until_;
    alarm alarm_{*this};
    bool expired_ = false;
};

template <class T, class Limit>
task<T> limited(Limit limit, task<T> what) {
    timed_group group(limit);
    co_await group.opened();
    task_member<T> member(typename task_member<T>::seed{group, what});
    group.arm();
    member.start();
    co_await group.joined();
    try {
        co_return member.take();
    } catch (const net::stopped& error) {
        group.explain(error);
    }
}

}  // namespace detail

/// Waits; `zero` lets all others have a turn. Throws net::stopped when it is cancelled.
[[nodiscard]] inline auto sleep(zocalo::timeout span) noexcept {
    return detail::awaitable<detail::sleep_operation>(span);
}
[[nodiscard]] inline auto sleep_until(time_point when) noexcept {
    return detail::awaitable<detail::sleep_operation>(when);
}
/// The time on the loop's clock: `co_await io::now()`.
[[nodiscard]] inline auto now() noexcept {
    return detail::awaitable<detail::now_operation>();
}

/// Lets a task take that long at most. When the time is up it is cancelled, and what comes out is
/// std::errc::timed_out with a message that says what it waited for.
///
/// A task that ends by itself just then keeps its value or error. What is said of tasks here is
/// true of operations, too: `io::timeout(5s, peer.read())`.
template <class T>
[[nodiscard]] task<T> timeout(zocalo::timeout limit, task<T> what) {
    return detail::limited<T>(limit, std::move(what));
}
template <detail::no_task Awaited>
[[nodiscard]] auto timeout(zocalo::timeout limit, Awaited what) {
    return timeout(limit, detail::as_task(std::move(what)));
}

/// The same with a moment instead of a span: one for many steps.
template <class T>
[[nodiscard]] task<T> deadline(time_point until, task<T> what) {
    return detail::limited<T>(until, std::move(what));
}
template <detail::no_task Awaited>
[[nodiscard]] auto deadline(time_point until, Awaited what) {
    return deadline(until, detail::as_task(std::move(what)));
}

}  // namespace zocalo::io
