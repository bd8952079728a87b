// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "zocalo/core/unique_fd.hpp"
#include "zocalo/io/stream.hpp"

/// Streams over descriptors that are no sockets.
namespace zocalo::io {

/// A stream over a pipe, terminal or device: standard input, one end of a pipe, a serial line.
///
/// Its blocking mode is left as it is, because that belongs to everybody who shares it. finish()
/// fails with std::errc::not_a_socket; destroying the stream closes the descriptor.
[[nodiscard]] stream open_descriptor(unique_fd descriptor);

/// The two ends of a pipe: what is written into the second comes out of the first. In a task on a
/// simulated host it is in that.
[[nodiscard]] std::pair<stream, stream> pipe();

}  // namespace zocalo::io
