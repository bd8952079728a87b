// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/socket.hpp"

/// Receiving one whole message from a stream, without a buffer that reads ahead.
namespace zocalo::net {

/// What ends a line beside its line feed.
struct line_end {
    std::size_t limit = 8192;         ///< bytes; the line is cut there, the rest stays unread
    timeout quiet = timeout::none();  ///< once something has come, a silence of that length
};

/// Receives up to the next line feed and takes it away, with a carriage return before it; the end
/// of the stream ends a line too. What comes after it stays in the socket.
///
/// The socket's time-out is for the whole line, so a peer that sends a byte now and then cannot
/// stretch it. Throws what socket::recv() throws.
[[nodiscard]] std::string receive_line(socket& from, const line_end& end = {});

/// Receives everything until the end of the stream; the socket's time-out is for all of it. Throws
/// what socket::recv() throws, and protocol_error when there are more than `limit` bytes.
[[nodiscard]] std::string receive_all(socket& from, std::size_t limit);

}  // namespace zocalo::net
