// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

/// Every operator new of this program.
namespace zocalo::tests::allocations {

/// How many there have been on this thread.
[[nodiscard]] std::size_t count() noexcept;

/// How many bytes this thread holds, and the most that it has held since forget_most().
[[nodiscard]] std::size_t held() noexcept;
[[nodiscard]] std::size_t most_held() noexcept;
void forget_most() noexcept;

/// Those of this thread throw std::bad_alloc from now on, or no longer.
void refuse(bool on) noexcept;
/// The same, after so many more.
void refuse_after(std::size_t more) noexcept;

}  // namespace zocalo::tests::allocations
