// SPDX-License-Identifier: MIT
#pragma once

#include "command.hpp"
#include "relay/dial.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::program {

/// Connects to the WebSocket that request.host names; what the local side says becomes messages,
/// and what comes is handed to it, to the end of either. Tells how the peer has closed; with a code
/// that means no success context::status is exit_code::refused.
///
/// Throws what ws::open() and ws::connection throw, std::errc::timed_out for a limit in time, and
/// file_error.
io::task<> connect_websocket(const connect_request& request, context& shared, io::event& stop);

}  // namespace zocalo::program
