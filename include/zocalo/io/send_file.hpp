// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "zocalo/io/file.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/send_file.hpp"

namespace zocalo::io {

/// Sends a part of a file over a stream and returns how many bytes: fewer than asked for only when
/// the file ends before, so compare when the length was promised.
///
/// A socket gets them from the kernel without a copy (sendfile(2)); what is encrypted, proxied,
/// simulated or in memory is read and written 64 KiB at a time. The file's position stays where it
/// is. It is a write of the stream: one at a time. **Cancellation** leaves an unknown part sent.
/// **Errors** name the file and the peer.
[[nodiscard]] task<std::uint64_t> send_file(stream& to, file& from, net::file_range range = {});

}  // namespace zocalo::io
