// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <functional>
#include <memory>

#include "zocalo/net/connection.hpp"
#include "zocalo/net/datagram_request.hpp"

/// What is done with a request: an object made for each one, or a plain function.
///
/// ```cpp
/// net::stream_server echo{std::move(listener), [](net::connection& client) { ... }};
/// net::stream_server mail{std::move(listener), net::handled_by<mail_session>(store)};
/// ```
namespace zocalo::net {

/// A handler object. It is made for one request and seen by one thread only.
template <class Request>
class handler {
 public:
    handler(const handler&) = delete;
    handler& operator=(const handler&) = delete;
    virtual ~handler() = default;

    /// Before anything else; when it throws, neither of the others is called.
    virtual void set_up(Request&) {}
    virtual void handle(Request& request) = 0;
    /// Afterwards, also when handle() has thrown.
    virtual void finish(Request&) {}

 protected:
    handler() = default;
};

using stream_handler = handler<connection>;
using datagram_handler = handler<datagram_request>;

/// What a server calls for each request, from as many threads at once as it has. What it throws
/// goes to server_hooks::handle_error and ends only that request.
using stream_service = std::function<void(connection&)>;
using datagram_service = std::function<void(datagram_request&)>;

/// Runs one handler over one request: set_up(), handle(), finish().
template <class Request>
void run_handler(handler<Request>& handler, Request& request) {
    handler.set_up(request);
    try {
        handler.handle(request);
    } catch (...) {
        handler.finish(request);
        throw;
    }
    handler.finish(request);
}

/// A service that makes a handler with `make` for each request.
template <std::invocable Factory>
[[nodiscard]] auto handled_by(Factory make) {
    return [make = std::move(make)](auto& request) {
        const auto handler = make();
        run_handler(*handler, request);
    };
}

/// A service that makes a `Handler` from copies of `arguments` for each request. What they share,
/// they get by pointer or std::ref, and guard it with a mutex.
template <class Handler, class... Arguments>
    requires std::derived_from<Handler, stream_handler> ||
             std::derived_from<Handler, datagram_handler>
[[nodiscard]] auto handled_by(Arguments... arguments) {
    return handled_by(
        [... arguments = std::move(arguments)] { return std::make_unique<Handler>(arguments...); });
}

}  // namespace zocalo::net
