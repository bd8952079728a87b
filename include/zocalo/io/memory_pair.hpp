// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <utility>

#include "zocalo/io/stream.hpp"

namespace zocalo::io {

/// Two connected streams that are nothing but memory: what one writes the other one reads.
///
/// For layers that are tested or chained without a socket, on every kind of loop. Each direction
/// holds `capacity` bytes at most: a writer waits until the reader has taken some. finish() and
/// closing are seen by the other end as on a socket; writing to a closed one fails with
/// std::errc::broken_pipe. **Threads.** Both ends are used on one loop, or by get() on one thread,
/// where something that nobody can bring about ends the program with a message. Throws
/// std::invalid_argument when there would be no room at all.
[[nodiscard]] std::pair<stream, stream> memory_pair(std::size_t capacity = std::size_t{64} * 1024);

}  // namespace zocalo::io
