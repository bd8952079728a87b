// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/http/exchange.hpp"
#include "zocalo/http/routes.hpp"

/// Programs that answer requests: the Common Gateway Interface 1.1 (RFC 3875).
namespace zocalo::http {

struct cgi_options {
    // --- Behaviour

    /// The folder whose programs may be asked for, by their names below `prefix`; or one program
    /// that is asked for everything there. One of both.
    std::string folder = {};
    std::string program = {};
    /// Where in the site they are; what the handler is put under.
    std::string prefix = "/cgi-bin";
    /// The folder of the site's files, below which PATH_TRANSLATED is (§4.1.6). Empty: no program
    /// is told one.
    std::string documents = {};
    /// `NAME=value`, beside what the protocol says and PATH: programs get nothing else, and nothing
    /// of our environment.
    std::vector<std::string> environment = {};
    /// A line of what a program writes to its standard error, escaped, 1000 of them for each
    /// request at most. Default: it is dropped. Must not throw.
    std::function<void(const exchange& asked, std::string_view line)> complaint = {};

    // --- Limits

    std::size_t at_once = 32;                         ///< programs, of all loops; beyond that 503
    timeout within = std::chrono::seconds(60);        ///< for all that a program does: 504
    std::size_t head = std::size_t{64} * 1024;        ///< bytes of fields that a program says
    std::uint64_t longest = std::uint64_t{64} << 20;  ///< bytes of a request's content: 413
    /// Bytes that a program may say before all of the content has come, then it waits; and bytes of
    /// content in memory that it has not read. The others are in a file without a name in the
    /// folder for temporary ones ($TMPDIR).
    std::size_t ahead = std::size_t{1} << 20;
};

/// A handler that runs programs: `site.filters.push_back(http::under("/cgi-bin", http::cgi(how)))`.
///
/// A program is started anew for each request, without a shell and without arguments, in its own
/// folder. What stands behind its name in the path is its PATH_INFO. It reads the content, and what
/// it writes is passed on as it comes: `Status`, `Location` and other fields, an empty line, and
/// content. A `Location` without a status is a redirect (302), also where it is a path only (a
/// "local redirect"): the client asks for it. Authorization is not passed on, nor is `Proxy`, which
/// would become HTTP_PROXY, nor fields with `_` in their names. What a program says of the
/// connection (Connection, Transfer-Encoding and their kin) is dropped.
///
/// A program ends with its request: when the client has left (within a second), when its time is
/// over, or when it says more than it may; the programs that it has started end with it. One that
/// says nothing sensible is answered for with 502, one that was ended by a signal breaks the
/// response off, content without a length is refused (411).
///
/// A program whose name begins with `nph-` writes a whole response: a status line, fields and
/// content (§5). What it says of the connection is dropped, too, for that is ours, and content in
/// chunks is refused (502).
///
/// **Trust.** Programs run as the user that the server runs as. Let nobody write to the folder who
/// may not do whatever that user may: visitors' uploads belong elsewhere.
///
/// Throws std::system_error when there is no such folder or program, and std::invalid_argument for
/// options that contradict each other.
[[nodiscard]] handler cgi(const cgi_options& options);

}  // namespace zocalo::http
