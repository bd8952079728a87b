// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::io::detail {

/// Sends bytes of a file that the kernel has in memory, without reading them (sendfile(2)): how
/// many, or −errno. 0 when they have to be read and written: what is on a disk or beyond the end of
/// the file, and whatever goes to something else than a socket, or is looked at on its way.
///
/// It is a write of the stream. It waits for the peer, not for a disk; where `most` takes several
/// calls, the others on the loop have their turn between them. The file has to stay open.
[[nodiscard]] task<std::int64_t> send_cached(stream& to, int file, std::uint64_t offset,
                                             std::uint64_t most);

}  // namespace zocalo::io::detail
