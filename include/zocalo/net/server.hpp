// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/handler.hpp"
#include "zocalo/net/server_options.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

/// Servers: what Python calls socketserver, for streams and datagrams over IP and Unix sockets.
///
/// ```cpp
/// net::stream_server server{std::move(listener), [](net::connection& client) {
///     client.socket().send_all("Thank you for connecting");
/// }};
/// server.stop_with(ctrl_c);
/// server.serve_forever();
/// ```
namespace zocalo::net {

/// What both kinds of server share.
///
/// **Stopping.** Once asked to stop, a server closes its listener, lets the handlers that run
/// finish for server_limits::drain, then ends their waits, and has joined every thread and child
/// process when serve_forever() returns. A stop is never taken back.
///
/// **Threads.** One thread serves; shutdown(), counters() and local_endpoint() may be called from
/// any, handlers included. Child processes that are not the server's are never touched, and no
/// signal handler is installed.
class server {
 public:
    /// As after shutdown(): waits for the handlers.
    virtual ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Serves until a stop, and drains. `poll_interval` is how often service_actions is called at
    /// least. Throws std::system_error when the listener itself is broken; a lack of descriptors,
    /// memory, threads or processes it lives through.
    void serve_forever(timeout poll_interval = std::chrono::milliseconds(500));

    /// Takes one request, waiting so long for it; hands it to whoever handles requests and does not
    /// wait for them. False when time has passed (after calling handle_timeout) or on a stop.
    bool handle_request(timeout limit = timeout::none());

    /// Asks serve_forever() to end, and does not wait for it: join its thread.
    void shutdown() noexcept;
    /// Takes a further condition for the stop, for instance a stop_signal; it must outlive the
    /// server. To be called before serving.
    void stop_with(const stop_condition& condition);

    /// Where it listens; also after the listener has been closed.
    [[nodiscard]] const endpoint& local_endpoint() const noexcept;
    [[nodiscard]] server_counters counters() const noexcept;

 protected:
    struct state;
    explicit server(std::unique_ptr<state> made) noexcept;

 private:
    std::unique_ptr<state> state_;
};

/// Takes connections and has each handled by `service`.
class stream_server : public server {
 public:
    /// Takes over a bound socket (TCP, Unix stream or seqpacket, vsock) and makes it listen.
    stream_server(socket listener, stream_service service, server_options options = {});
};

/// Takes datagrams and has each handled by `service`.
class datagram_server : public server {
 public:
    /// Takes over a bound socket (UDP, Unix datagram).
    datagram_server(socket bound, datagram_service service, server_options options = {});
};

}  // namespace zocalo::net
