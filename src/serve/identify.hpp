// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/io/stream.hpp"
#include "zocalo/serve/peer.hpp"

namespace zocalo::serve::detail {

/// What the system knows about who is at the other end of a socket.
[[nodiscard]] peer identify(const io::stream& socket);

}  // namespace zocalo::serve::detail
