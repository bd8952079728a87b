// SPDX-License-Identifier: MIT
#pragma once

/// The mistakes of a caller that no exception could report: each prints what was wrong and aborts.
namespace zocalo::io::detail {

/// Everything waits for something that nothing can bring about.
[[noreturn]] void nothing_can_happen() noexcept;
/// A stream or listener was destroyed while a task waits on it.
[[noreturn]] void closed_while_busy() noexcept;
/// A scope was destroyed while tasks run in it.
[[noreturn]] void scope_left_with_tasks() noexcept;

/// A mutex, channel or the like was destroyed while a task waits for it.
[[noreturn]] void queue_destroyed_while_waited_for() noexcept;

}  // namespace zocalo::io::detail
