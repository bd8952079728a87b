// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>

#include "zocalo/http/routes.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/ws/connection.hpp"
#include "zocalo/ws/handshake.hpp"

/// WebSocket at a path of a site.
namespace zocalo::ws {

/// Talks with one client; `asked` is its handshake. See connection::run().
using handler = std::function<io::task<>(connection& peer, const http::exchange& asked)>;

/// How they are served.
struct serve_options {
    ws::terms terms = {};
    connection_options connection = {};
};

/// Answers handshakes at a path; a site may have several such paths, and filters around them.
///
///     io::task<> echo(ws::connection& peer, const http::exchange& asked);
///
///     http::site site;
///     ws::add_route(site.routes, "/echo", echo);
///
/// It is there over HTTP/1.1 and HTTP/2 (RFC 8441), which a site with such a path announces; one
/// that only passes requests on to others has to be told (http2_limits::other_protocols). Who asks
/// for anything else there is told to upgrade (426), and pages of other sites are refused (403),
/// unless terms::origins names theirs. A server that stops closes the connections with
/// close_code::going_away. What a handler throws ends its connection; the site's `failed` is told,
/// unless it is the peer's fault or that of the network. Throws std::invalid_argument for a path
/// that is none or taken.
void add_route(http::routes& to, std::string_view path, handler talk,
               const serve_options& options = {});

}  // namespace zocalo::ws
