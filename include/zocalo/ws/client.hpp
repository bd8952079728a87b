// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "zocalo/http/client.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/ws/connection.hpp"
#include "zocalo/ws/handshake.hpp"

/// Connecting to servers.
namespace zocalo::ws {

/// How a client connects.
struct connect_options {
    wishes wish = {};
    connection_options connection = {};
    /// Of the handshake, beside its own; `secrets` go to the URL's origin alone.
    http::fields fields = {};
    http::fields secrets = {};
    std::optional<http::login> login = std::nullopt;
    /// Which versions of HTTP it may be; those of the client when not given.
    std::optional<http::versions> versions = std::nullopt;
    /// Told how each connection came about, or did not.
    std::function<void(const net::connect_report& told)> reported = {};
};

/// A handshake that went well.
struct opened {
    io::stream stream;
    agreement agreed;
    std::string url = {};      ///< where it ended, after all redirects
    http::fields fields = {};  ///< of the response
    http::version version = http::version::http_1_1;
};

/// What is said on a connection; see connection::run().
using dialogue = std::function<io::task<>(connection& peer)>;

/// Asks for a connection: `ws://`, `wss://`, or `http://` and `https://`, which mean the same.
///
/// With a server of HTTP/2 that offers it the connection is a stream beside the client's other
/// requests (RFC 8441), otherwise one of HTTP/1.1: http::client_options::versions says which may
/// be. Redirects, passwords, cookies, proxies and TLS are the client's matter, and its limits in
/// time hold. Throws what http::client::open() throws; http::error_response for any status but 101,
/// or 2xx of HTTP/2; bad_message for a response that does not fit.
[[nodiscard]] io::task<opened> open(http::client& by, std::string url,
                                    connect_options options = {});

/// Connects, talks and closes.
///
///     io::task<> greet(ws::connection& server) {
///         co_await server.send(std::string("hello"));
///         ...
///     }
///
///     ws::connect("wss://example.org/chat", greet).get();
[[nodiscard]] io::task<> connect(std::string url, dialogue talk, connect_options options = {});
/// The same with a client that has options, or cookies; it must outlive the task.
[[nodiscard]] io::task<> connect(http::client& by, std::string url, dialogue talk,
                                 connect_options options = {});

}  // namespace zocalo::ws
