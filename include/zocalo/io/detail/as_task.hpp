// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "zocalo/io/task.hpp"

/// Operations where tasks are asked for: `peer.read()` instead of a coroutine that awaits it.
namespace zocalo::io::detail {

/// What is awaited and is no task: operations and transfers.
template <class What>
concept no_task = requires(What& what) {
    { What::await_ready() } -> std::same_as<bool>;
    what.finish();
};

template <class What>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

/// What can run beside others.
template <class What>
concept work = is_task<What> || no_task<What>;

/// The same as a task, for what takes tasks.
template <no_task Awaited>
auto as_task(Awaited what) -> task<decltype(what.finish())> {
    co_return co_await what;
}
/// A task is one already: there is no further frame.
template <class T>
task<T> as_task(task<T>&& what) noexcept {
    return std::move(what);
}

/// An operation whose task has no value.
template <class What>
concept no_task_without_value = no_task<What> && requires(What& what) {
    { what.finish() } -> std::same_as<void>;
};

}  // namespace zocalo::io::detail
