// SPDX-License-Identifier: MIT
#pragma once

#include "io/backend/contract.hpp"
#include "zocalo/io/detail/fiber.hpp"

namespace zocalo::io::detail {

/// block_on() with a backend of one's own.
void run_on(backend& engine, bool (*begin)(void* what, fiber& in), void* what);

}  // namespace zocalo::io::detail
