// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "zocalo/net/socket.hpp"

namespace zocalo::net {

/// Which part of a file: from `offset` on, `count` bytes or everything to its end.
struct file_range {
    std::uint64_t offset = 0;
    std::optional<std::uint64_t> count{};
};

/// Sends a part of an open file over a stream and returns how many bytes: fewer than asked for only
/// when the file ends before. The kernel moves them itself where it can (sendfile(2)); for pipes
/// and other descriptors they are read and sent, and only offset 0 is possible.
///
/// `fd` stays the caller's and a regular file's position stays where it is. One deadline for all of
/// it, reading from a slow pipe included. Throws std::invalid_argument for a socket that is no
/// stream.
std::uint64_t send_file(socket& socket, int fd, const file_range& range = {});

/// The same; `size` is how many bytes went out before the error.
[[nodiscard]] transfer try_send_file(socket& socket, int fd, const file_range& range = {});

}  // namespace zocalo::net
