// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/io/detail/fiber.hpp"

namespace zocalo::sim::detail {

/// What a fiber waits for, in words: "receive from 10.0.0.1:80". Of one that waits for others, what
/// each of those does.
[[nodiscard]] std::string what_waits(const io::detail::fiber& who);

}  // namespace zocalo::sim::detail
