// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zocalo/http/message.hpp"
#include "zocalo/http/request.hpp"
#include "zocalo/http/response.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::io {
class bandwidth;
}

/// Into a file, whatever happens on the way.
namespace zocalo::http {

class client;

struct download_options {
    /// Goes on with what an earlier download has left, when the server still has the same version.
    bool resume = true;
    /// Goes on with the file at `path` itself when there is no part of an earlier download: as
    /// other programs leave it. It was written at this time; a server whose version is of a later
    /// one, or of nobody knows when, is refused, and the file stays as it is.
    std::optional<std::chrono::sys_seconds> begun = {};
    /// So many parts of the file are fetched side by side, each on a connection of its own, where
    /// the server has ranges and says which version they are of. Elsewhere it comes in one.
    std::size_t segments = 1;
    std::uint64_t smallest_segment = std::uint64_t{1}
                                     << 20;  ///< bytes; nothing smaller is worth it
    /// How often in a row the connection may break without that anything comes.
    unsigned attempts = 5;
    /// Told whenever something was written: how much there is, of how much if that is known.
    std::function<void(std::uint64_t have, content_size of)> progress = {};
    /// What all segments share; null: as fast as it goes. It has to outlive the task.
    io::bandwidth* rate = nullptr;
};

/// What is in the file now.
struct downloaded {
    std::uint64_t size = 0;
    std::uint64_t resumed_at = 0;  ///< so many bytes were there before
    response_head head = {};       ///< of the last response: its type, when it was modified
    std::string url = {};          ///< where it came from, after all redirects
    std::vector<hop> hops = {};    ///< of the last request
};

/// Puts the content of a GET into a file.
///
///     http::request what{.url = "https://example.org/image.iso"};
///     co_await http::download(client, what, "image.iso");
///
/// It is written to `path.part`, which gets its name when all of it is there and on the disk. What
/// is broken off goes on where it stopped, now or in a later call: then the server is asked for the
/// rest of the very version that the first part is of (Range and If-Range, with a strong ETag or
/// else the date, which are kept in `path.part.version`), and sends everything when there is
/// another one by now. Segments are held to that version too, and to the length of the whole: when
/// it changes meanwhile everything begins anew. A loss of power costs what was not synced by then,
/// some seconds' worth. The limit client_options::within is for each head, `stall` for each piece.
///
/// The client and what `progress` refers to have to outlive the task. **Cancellation** leaves the
/// part. **Errors.** What client::open() and io::file throw; std::system_error with
/// std::errc::device_or_resource_busy when another download writes to that part; error_response for
/// a status that is none of success; protocol_error for a part that is not the one that was asked
/// for, for a version that changes all the time, and for a file that is not the beginning of the
/// server's (`begun`); std::invalid_argument when the method is not GET or a Range is given.
[[nodiscard]] io::task<downloaded> download(client& by, request what, std::string path,
                                            download_options options = {});

}  // namespace zocalo::http
