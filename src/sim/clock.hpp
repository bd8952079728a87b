// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "zocalo/io/timeout.hpp"

namespace zocalo::sim::detail {

using std::chrono::nanoseconds;
using time_point = io::time_point;

/// When every world begins. Not zero: a timer at that moment is one that is not set.
inline constexpr time_point beginning{std::chrono::hours(1)};

}  // namespace zocalo::sim::detail
