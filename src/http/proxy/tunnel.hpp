// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::http::detail {

/// Moves bytes both ways until both ends have said all, one has failed, or neither has said
/// anything for so long. The end of one direction is passed on, and the other goes on. Nothing is
/// read before what was read last has been written.
[[nodiscard]] io::task<> join_streams(io::stream& one, io::stream& other, timeout idle);

}  // namespace zocalo::http::detail
