// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Events that a server sends as they happen, `text/event-stream` (the HTML Standard of the WHATWG,
/// §9.2). Without I/O.
namespace zocalo::http {

/// The media type of such content.
inline constexpr std::string_view event_stream_type = "text/event-stream";

/// What a server says.
struct server_event {
    std::string type = {};  ///< empty: `message`
    std::string data = {};  ///< may have several lines
    /// What a client says in Last-Event-ID when it connects again. Sent: none says nothing, and an
    /// empty one forgets the last. Received: the one that holds, of this event or of one before.
    std::optional<std::string> id = {};
    /// How long a client is to wait before it connects again; seldom.
    std::optional<std::chrono::milliseconds> retry = {};

    friend bool operator==(const server_event&, const server_event&) = default;
};

/// The event as it is sent; each begins and ends by itself. Flush what it is written to.
///
/// Line ends in the data become those of the stream: clients see LF. Throws std::invalid_argument
/// for line ends in type or id, for NUL in the id, and for a time below zero.
[[nodiscard]] std::string event_text(const server_event& from);

/// What no client sees, and what keeps a connection open when nothing happens: send one each 15
/// seconds. Throws std::invalid_argument for line ends.
[[nodiscard]] std::string event_comment(std::string_view text = {});

/// Reads events, from pieces of any size.
///
///     for (std::string_view rest = piece; !rest.empty();) {
///         const auto got = events.next(rest);
///         if (got.has_event) use(events.event());
///         rest.remove_prefix(got.used);
///     }
///
/// An event that is not complete when the stream ends was never sent. **Errors.** bad_message with
/// 413 for an event or a line above the limit. It is of no use from then on.
class event_stream_reader {
 public:
    static constexpr std::size_t usual_limit = std::size_t{1} << 20;

    /// `limit`: bytes of an event, and of a line. `last_id`: what the stream before this one ended
    /// with.
    explicit event_stream_reader(std::size_t limit = usual_limit, std::string last_id = {});

    struct step {
        std::size_t used = 0;
        bool has_event = false;  ///< the one in event(); the rest is looked at when asked again
    };
    /// Reads up to the end of the next event, or all.
    [[nodiscard]] step next(std::string_view received);

    /// The event that came last; until the next call.
    [[nodiscard]] const server_event& event() const noexcept { return event_; }
    /// For Last-Event-ID; empty: send none.
    [[nodiscard]] const std::string& last_id() const noexcept { return last_id_; }
    /// What the server said last about connecting again.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

 private:
    void read_line(std::string_view line);
    [[nodiscard]] bool dispatch();
    void grow(std::string& what, std::string_view by) const;

    std::size_t limit_;
    server_event event_;
    std::string line_;  ///< what has come of it
    std::string type_;
    std::string data_;
    std::string next_id_;
    std::string last_id_;
    std::optional<std::chrono::milliseconds> retry_;
    bool was_cr_ = false;  ///< LF belongs to the line end before it
    bool is_first_ = true;
};

}  // namespace zocalo::http
