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
/// A socket gets what the kernel has in memory without a copy (sendfile(2)). What has to come from
/// a disk first, and all that is encrypted, proxied, simulated or goes to memory, is read and
/// written 64 KiB at a time, so that the loop waits for no disk. The file's position stays where it
/// is, and the file has to stay open. It is a write of the stream: one at a time. **Cancellation**
/// leaves an unknown part sent. **Errors** name the file and the peer.
[[nodiscard]] task<std::uint64_t> send_file(stream& to, file& from, net::file_range range = {});

}  // namespace zocalo::io
