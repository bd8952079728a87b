// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/io/stream.hpp"

/// Giving back what was read too far.
namespace zocalo::io {

/// A stream that gives `bytes` first, and then what `below` gives: for whoever has read the start
/// of a connection to find out what it is. Without bytes it is `below` itself.
[[nodiscard]] stream unread(stream below, std::string bytes);

}  // namespace zocalo::io
