// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/core/deadline.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/event_stream.hpp"
#include "zocalo/http/request.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"

/// Hearing events of a server, over any number of connections (the HTML Standard of the WHATWG,
/// §9.2).
namespace zocalo::http {

struct event_source_options {
    /// How long it waits before it connects again, until the server says something else.
    timeout pause = std::chrono::seconds(3);
    /// With each attempt that fails the pause becomes twice as long, up to this. What a server says
    /// is cut to it, too, and a tenth of a second at least.
    timeout longest_pause = std::chrono::seconds(60);
    /// So many that fail, one after the other; the error of the last one comes out.
    unsigned attempts = 10;
    std::size_t limit = event_stream_reader::usual_limit;  ///< bytes of an event
    std::string last_id = {};                              ///< what another source has heard last
};

/// Events one after the other. When a connection ends, it waits, connects again, and tells the
/// server what it has heard last, so that the server can go on from there.
///
///     http::client client;
///     http::event_source news(client, {.url = "http://localhost:8080/ticks"});
///     while (const auto event = co_await news.next())
///         std::cout << event->data << '\n';
///
/// A connection on which nothing comes for client_options::stall counts as ended: servers send a
/// comment every 15 seconds. **Lifetime.** The client must outlive it. One task at a time.
/// **Cancellation** closes the connection; the next call connects again.
class event_source {
 public:
    /// Throws std::invalid_argument for no attempt at all.
    event_source(client& asks, request what, event_source_options options = {});

    /// The next event; nothing when the server says that there are no more (204).
    ///
    /// Throws error_response for another status than 200; protocol_error for content that is no
    /// event stream, and for an event above the limit; what client::open() throws when no
    /// connection comes about. The next call tries it again.
    [[nodiscard]] io::task<std::optional<server_event>> next();

    /// Of the event that came last, or of one before it.
    [[nodiscard]] const std::string& last_id() const noexcept { return reader_.last_id(); }

 private:
    [[nodiscard]] io::task<bool> connect();
    [[nodiscard]] io::task<> try_open();
    [[nodiscard]] bool accept();
    [[nodiscard]] bool take_event();
    [[nodiscard]] io::task<> fill();
    void plan_pause() noexcept;
    void end();

    client& asks_;
    request what_;
    event_source_options options_;
    event_stream_reader reader_;
    std::optional<response_stream> answer_;
    std::string_view rest_;                          ///< of the piece of content that came last
    std::optional<std::chrono::nanoseconds> pause_;  ///< to be made before the next attempt
    io::time_point not_before_ = {};
    std::optional<timeout> said_;  ///< the pause that the server wants
    unsigned failures_ = 0;        ///< one after the other
};

}  // namespace zocalo::http
