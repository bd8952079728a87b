// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

/// Every operator new of this program.
namespace zocalo::tests::allocations {

/// How many there have been on this thread.
[[nodiscard]] std::size_t count() noexcept;

/// Those of this thread throw std::bad_alloc from now on, or no longer.
void refuse(bool on) noexcept;

}  // namespace zocalo::tests::allocations
