// SPDX-License-Identifier: MIT
#pragma once

#include "zocalo/ws/client.hpp"      // IWYU pragma: export
#include "zocalo/ws/connection.hpp"  // IWYU pragma: export
#include "zocalo/ws/deflate.hpp"     // IWYU pragma: export
#include "zocalo/ws/engine.hpp"      // IWYU pragma: export
#include "zocalo/ws/frame.hpp"       // IWYU pragma: export
#include "zocalo/ws/handshake.hpp"   // IWYU pragma: export
#include "zocalo/ws/server.hpp"      // IWYU pragma: export
#include "zocalo/ws/types.hpp"       // IWYU pragma: export

/// WebSocket: messages both ways over one connection that began as HTTP (RFC 6455), compressed when
/// both ends want it (RFC 7692).
///
///     io::task<> echo(ws::connection& peer, const http::exchange& asked);
///     http::site site;
///     ws::add_route(site.routes, "/echo", echo);
///
///     io::task<> greet(ws::connection& server) {
///         co_await server.send(std::string("hello"));
///     }
///     ws::connect("wss://example.org/echo", greet).get();
namespace zocalo::ws {}
