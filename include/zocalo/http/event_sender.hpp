// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/core/deadline.hpp"
#include "zocalo/http/event_stream.hpp"
#include "zocalo/http/exchange.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"

/// A server's events, as they happen.
namespace zocalo::http {

struct event_sender_options {
    /// When nothing has happened for so long, a comment shows that the connection is alive.
    timeout keep_alive = std::chrono::seconds(15);
    /// How long clients wait before they connect again; not said when not given.
    std::optional<std::chrono::milliseconds> retry = std::nullopt;
};

/// Sends events to one client: see send_events(). Any tasks of that loop may send.
class event_sender {
 public:
    explicit event_sender(exchange& asked) noexcept : asked_(asked) {}
    event_sender(const event_sender&) = delete;
    event_sender& operator=(const event_sender&) = delete;

    /// Throws std::invalid_argument as event_text() does.
    [[nodiscard]] io::task<> send(const server_event& what);
    /// The last event that the client has of an earlier connection; empty for a client that has
    /// none: any text that a client wants to say.
    [[nodiscard]] std::string_view last_id() const noexcept;

 private:
    friend io::task<> send_events(exchange& asked, std::function<io::task<>(event_sender& to)> tell,
                                  event_sender_options options);
    [[nodiscard]] io::task<> write(std::string text);
    [[nodiscard]] io::task<> begin(event_sender_options options);
    [[nodiscard]] io::task<> keep_alive(timeout pause);
    [[nodiscard]] io::task<> finish(io::task<> telling);

    exchange& asked_;
    io::mutex writing_;
    io::semaphore::permit last_turn_;  ///< nothing is written after that
    io::time_point last_ = {};         ///< when something was sent
};

/// Answers with events, for as long as `tell` goes on and the client is there.
///
///     io::task<> tick(http::event_sender& to) {
///         for (int i = 1;; ++i) {
///             http::server_event next;
///             next.data = std::to_string(i);
///             co_await to.send(next);
///             co_await io::sleep(std::chrono::seconds(1));
///         }
///     }
///     site.routes.get("/ticks", [](auto& asked) { return http::send_events(asked, tick); });
///
/// When the client goes, `tell` is cancelled. Between two events the connection rests
/// (serve::phase::resting): it ends at once when the server stops, and when a server that is full
/// needs the place. Clients connect again by themselves; a reply with 204 tells them not to.
[[nodiscard]] io::task<> send_events(exchange& asked,
                                     std::function<io::task<>(event_sender& to)> tell,
                                     event_sender_options options = {});

}  // namespace zocalo::http
