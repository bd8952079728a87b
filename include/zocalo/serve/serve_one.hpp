// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/serve/limits.hpp"
#include "zocalo/serve/peer.hpp"
#include "zocalo/serve/server.hpp"

namespace zocalo::serve {

/// Talks with one client that somebody else has accepted, as a server would: for processes that are
/// started for one dialogue.
///
/// Of the limits those in time hold, but for `park`, `drain` and `linger`. The stream is closed at
/// the end. **Cancellation** ends the handler, then throws net::stopped. Throws what the handler
/// throws, and std::errc::timed_out with a message that names the limit which was passed.
[[nodiscard]] io::task<> serve_one(handler talk, io::stream client, peer who, limits within = {});

}  // namespace zocalo::serve
