// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "zocalo/http/message.hpp"
#include "zocalo/http/request.hpp"
#include "zocalo/http/response.hpp"
#include "zocalo/io/task.hpp"

/// Into a file, whatever happens on the way.
namespace zocalo::http {

class client;

struct download_options {
    /// Goes on with what an earlier download has left, when the server still has the same version.
    bool resume = true;
    /// How often in a row the connection may break without that anything comes.
    unsigned attempts = 5;
    /// Told whenever something was written: how much there is, of how much if that is known.
    std::function<void(std::uint64_t have, content_size of)> progress = {};
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
/// another one by now. What a loss of power has left is not to be gone on with. The limit
/// client_options::within is for each head, `stall` for each piece.
///
/// The client and what `progress` refers to have to outlive the task. **Cancellation** leaves the
/// part. **Errors.** What client::open() and io::file throw; error_response for a status that is
/// none of success; protocol_error for a part that is not the one that was asked for;
/// std::invalid_argument when the method is not GET or a Range is given.
[[nodiscard]] io::task<downloaded> download(client& by, request what, std::string path,
                                            download_options options = {});

}  // namespace zocalo::http
