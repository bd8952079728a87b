// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "zocalo/io/detail/as_task.hpp"
#include "zocalo/io/detail/fiber.hpp"
#include "zocalo/io/faults.hpp"
#include "zocalo/io/task.hpp"

/// Running tasks on one thread, many at a time.
namespace zocalo::io {

/// How a loop waits for the outside.
enum class backend_kind {
    automatic,  ///< what the environment variable ZOCALO_BACKEND says, else the best that works
                ///< here
    poll,
    epoll,
    uring,
};

/// "epoll"
[[nodiscard]] std::string_view to_text(backend_kind kind) noexcept;

/// One thread's worth of tasks.
///
/// run() makes the calling thread the loop's thread until its task has ended. Several loops share
/// nothing; use one for each core. **Threads.** One at a time.
class loop {
 public:
    /// Throws std::system_error when the kernel refuses that kind, and std::invalid_argument when
    /// ZOCALO_BACKEND names none. Where ZOCALO_BACKEND asks for io_uring and the kernel or a
    /// container forbids it, the loop has epoll; reason() tells.
    explicit loop(backend_kind wanted = backend_kind::automatic);
    ~loop();
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    /// Runs a task, and all that it starts, to its end; its value or exception.
    template <class T>
    T run(task<T> what) {
        run_fiber(
            [](void* self, detail::fiber& in) { return static_cast<task<T>*>(self)->begin(in); },
            &what);
        return what.take();
    }
    /// An operation: `loop.run(io::connect(where))`.
    template <detail::no_task Awaited>
    auto run(Awaited what) {
        return run(detail::as_task(std::move(what)));
    }

    /// Who decides what goes wrong, for tests; an empty hook ends it. Not while it runs.
    void set_faults(fault_hook hook);

    /// Before it sleeps, the loop looks for work over and over for so long, at most a millisecond:
    /// a peer that answers at once is served without the price of waking up. It burns its core
    /// meanwhile, and gives up while the last look was in vain. Off (zero) until it is set.
    void set_spin(std::chrono::nanoseconds at_most) noexcept;

    /// Which backend it is, and why that one: "epoll", "ZOCALO_BACKEND says so".
    [[nodiscard]] std::string_view backend() const noexcept;
    [[nodiscard]] std::string_view reason() const noexcept { return reason_; }

 private:
    void run_fiber(bool (*begin)(void*, detail::fiber&), void* what);

    std::unique_ptr<detail::backend> engine_;
    std::string reason_;
};

}  // namespace zocalo::io
