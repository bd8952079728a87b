// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <exception>
#include <list>
#include <memory>
#include <utility>

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/detail/as_task.hpp"
#include "zocalo/io/task.hpp"

/// Tasks inside of a program that has an event loop of its own.
namespace zocalo::io {

namespace detail {
class epoll_backend;
}

/// A loop that somebody else's loop drives: it never waits.
///
///     io::guest_loop tasks;
///     tasks.spawn(serve(listener));
///     // In the other loop: watch tasks.fileno() for reading and set a timer to
///     tasks.time_to_wait();
///     // when either is due, tasks.run_ready(), and ask for the time again.
///
/// It is on epoll. Nothing in it needs a thread but what is asked to (spawn_blocking(), files).
/// **Threads.** That of the other loop only.
class guest_loop {
 public:
    /// Throws std::system_error when there are no descriptors left.
    guest_loop();
    guest_loop(const guest_loop&) = delete;
    guest_loop& operator=(const guest_loop&) = delete;
    /// Cancels what is left, and waits until it has ended. Errors of that go unseen.
    ~guest_loop();

    /// A task that begins with the next run_ready().
    void spawn(task<> what);
    /// An operation that gives no value.
    template <detail::no_task_without_value Awaited>
    void spawn(Awaited what) {
        spawn(detail::as_task(std::move(what)));
    }
    /// How many have not ended.
    [[nodiscard]] std::size_t size() const noexcept { return jobs_.size(); }
    /// Asks all of them to end.
    void cancel() noexcept;

    /// Can be read when there is something to do. It stays the same, and this object's.
    [[nodiscard]] int fileno() const noexcept;
    /// How long until there is something to do anyway; zero: now.
    [[nodiscard]] zocalo::timeout time_to_wait() const noexcept;
    /// Does what there is to do. Throws the first error of a task that has ended; the others go on.
    void run_ready();

 private:
    class job;
    void ended(job& which) noexcept;

    std::unique_ptr<detail::epoll_backend> engine_;
    std::list<std::unique_ptr<job>> jobs_;
    std::exception_ptr failure_;
    bool is_empty_ = true;
};

}  // namespace zocalo::io
