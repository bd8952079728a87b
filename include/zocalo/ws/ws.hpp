// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/ws/deflate.hpp"  // IWYU pragma: export
#include "zocalo/ws/engine.hpp"   // IWYU pragma: export
#include "zocalo/ws/frame.hpp"    // IWYU pragma: export
#include "zocalo/ws/types.hpp"    // IWYU pragma: export

/// WebSocket: messages both ways over one connection that began as HTTP (RFC 6455), compressed when
/// both ends want it (RFC 7692).
namespace zocalo::ws {}
