// SPDX-License-Identifier: MIT
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "zocalo/io/detail/operation.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"

/// Work that a cancellation must not stop: saying goodbye, removing what is half done.
namespace zocalo::io {

namespace detail {

/// A task in a fiber of its own, which does not learn that the one outside was cancelled.
class shield_operation : public operation {
 public:
    shield_operation(bool (*start)(void* what, fiber& in), void* what) noexcept
        : start_(start), what_(what) {}
    shield_operation(shield_operation&&) noexcept = default;

    bool begin(fiber& in, std::coroutine_handle<> who);
    void finish() const noexcept {}
    void cancel() noexcept override;

 protected:
    ~shield_operation() = default;

 private:
    class inner final : public fiber {
     public:
        inner(backend& engine, shield_operation& of) noexcept : fiber(engine), of_(&of) {}
        void complete() noexcept override;

     private:
        shield_operation* of_;
    };

    bool (*start_)(void*, fiber&);
    void* what_;
    std::optional<inner> inside_;
};

template <class T>
bool begin_shielded(void* what, fiber& in) {
    return static_cast<task<T>*>(what)->begin(in);
}

}  // namespace detail

/// Runs a task to its end, also in a fiber that is cancelled or will be; its value or exception.
///
///     } catch (...) {
///         error = std::current_exception();
///     }
///     if (error) co_await io::shield(1s, peer.write(std::string_view("bye\r\n")));
///
/// The limit is what others wait at most for a cancellation to have come through: when it is over
/// the task is cancelled after all, with std::errc::timed_out. What awaits it sees the cancellation
/// at its next step. A host of a simulated network that goes down ends it at once.
template <class T>
[[nodiscard]] task<T> shield(zocalo::timeout limit, task<T> what) {
    task<T> limited = timeout(limit, std::move(what));
    detail::awaitable<detail::shield_operation> inside(&detail::begin_shielded<T>, &limited);
    co_await inside;
    co_return limited.take();
}
template <detail::no_task Awaited>
[[nodiscard]] auto shield(zocalo::timeout limit, Awaited what) {
    return shield(limit, detail::as_task(std::move(what)));
}

}  // namespace zocalo::io
