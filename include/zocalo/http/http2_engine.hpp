// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/core/buffer.hpp"
#include "zocalo/http/http2_limits.hpp"
#include "zocalo/http/limits.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/io/timeout.hpp"

/// HTTP/2 without I/O (RFC 9113): http2_server_engine and http2_client_engine are the two ends of a
/// connection, and a stream is a request with its response.
///
/// **Receiving.** receive() takes all that has come. What it means stands in a row, from which
/// next() takes one event after the other. Content stays in the engine until it is consumed, and
/// only then the peer may send more: content that nobody reads stops its stream, not the others.
///
/// **Sending.** send(), send_data() and send_end() say what a stream is to send; produce() appends
/// to output() as much as the peer's windows and its own limit allow. The caller sends output() and
/// clears it. So nothing is made of content while the line is slow. What may not be sent now throws
/// std::logic_error, and what could be taken for something else throws std::invalid_argument;
/// neither changes anything. What is sent to a stream that has been reset goes nowhere.
///
///     for (;;) {
///         while (const auto got = engine.next()) ...;  // which may send, consume and release
///         engine.produce(65536);
///         if (!engine.output().empty()) co_await stream.write(engine.output());
///         ...                                          // clear it; if anything was, go on above
///         if (engine.is_over()) break;
///         co_await reader.fill();
///         engine.receive(reader.buffered(), co_await io::now());
///     }
///
/// **Streams** have numbers. One that an event has named exists until release().
///
/// **Strictness.** Names, values, targets and hosts are held to the rules of HTTP/1.1, so that
/// nothing gets in by HTTP/2 that HTTP/1.1 would refuse. Server push is refused, priorities of
/// RFC 7540 are ignored.
namespace zocalo::http {

/// Why a stream or a connection ends (RFC 9113 §7).
enum class http2_error : std::uint32_t {
    no_error = 0,
    protocol_error,
    internal_error,
    flow_control_error,
    settings_timeout,
    stream_closed,
    frame_size_error,
    refused_stream,  ///< nothing was done: the request can be sent again
    cancel,
    compression_error,
    connect_error,
    enhance_your_calm,
    inadequate_security,
    http_1_1_required,
};

/// "REFUSED_STREAM"; "error 99" for one that has no name.
[[nodiscard]] std::string to_text(http2_error why);

/// Something that has happened to a stream, or to the connection.
struct http2_event {
    enum class kind : std::uint8_t {
        head,      ///< the head of a message is there
        interim,   ///< client: a response with 1xx is there; the real one comes later
        refused,   ///< server: a request that can only be answered with an error: see problem()
        data,      ///< content() is no longer empty
        end,       ///< the message is complete, but for what content() has; trailers are there
        room,      ///< has_room() is true again
        sent,      ///< all of the own message is in output()
        reset,     ///< the stream has ended before its time, by whichever end
        settings,  ///< the peer has said what it allows
        pong,      ///< the answer to ping()
        leaving,   ///< the peer ends the connection; new streams are not looked at
        closed,    ///< the connection has ended by an error, and with it all streams
    };

    kind what;
    std::uint32_t stream = 0;  ///< 0: the connection; of `leaving`: the last that is looked at
    http2_error why = http2_error::no_error;  ///< of `reset`, `leaving` and `closed`
};

namespace detail {
class http2_session;
}

/// What both ends have in common.
class http2_engine {
 public:
    http2_engine(const http2_engine&) = delete;
    http2_engine& operator=(const http2_engine&) = delete;

    // --- Receiving

    /// Takes all of these bytes. `now` is what budgets go by.
    void receive(const_buffer bytes, io::time_point now);
    /// What has happened, in order; each is said once.
    [[nodiscard]] std::optional<http2_event> next();

    /// What has come of a stream's content, the first piece of it; empty while there is none. It is
    /// good until the next call of receive() or consume().
    [[nodiscard]] const_buffer content(std::uint32_t stream) const;
    /// So many bytes of that are done with.
    void consume(std::uint32_t stream, std::size_t size);
    /// Whether the message has come to its end; content() may still have some of it.
    [[nodiscard]] bool has_received_all(std::uint32_t stream) const;
    /// Whether what comes and goes is no content but another protocol's: CONNECT was answered with
    /// 2xx (RFC 9113 §8.5, RFC 8441). There is no limit on all of it.
    [[nodiscard]] bool is_tunnel(std::uint32_t stream) const;
    /// The Content-Length of the message that is being received.
    [[nodiscard]] content_size announced(std::uint32_t stream) const;
    /// The fields that came after the content, but for those that may not.
    [[nodiscard]] const fields& trailers(std::uint32_t stream) const;

    // --- Sending

    /// Content for a stream whose head was sent. It is taken however much waits: see has_room().
    void send_data(std::uint32_t stream, const_buffer data);
    /// The message is complete. Fields after it are left out where there can be no content.
    void send_end(std::uint32_t stream, const fields& last = {});
    /// How many bytes of content wait in a stream, for the peer's window or for produce().
    [[nodiscard]] std::size_t waiting(std::uint32_t stream) const;
    /// Whether less than http2_limits::stream_queue does, or the stream was reset.
    [[nodiscard]] bool has_room(std::uint32_t stream) const;
    /// Whether all of the message, with its end, is in output() or was.
    [[nodiscard]] bool has_sent_all(std::uint32_t stream) const;

    /// Appends to output() what can be sent now, until it has `limit` bytes or a frame more.
    void produce(std::size_t limit);
    /// Bytes for the peer.
    [[nodiscard]] std::string& output() noexcept;
    /// Whether produce() has something to append, as far as is known without trying.
    [[nodiscard]] bool wants_to_send() const noexcept;

    // --- Streams

    /// Whether there is such a stream, which nobody has reset. False for numbers that are none.
    [[nodiscard]] bool is_open(std::uint32_t stream) const noexcept;
    /// Ends it (RST_STREAM). There is no event. release() still has to be said.
    void reset(std::uint32_t stream, http2_error why);
    /// The caller is done with it, and its number means nothing any more. If it is not complete in
    /// both directions it is reset: with NO_ERROR when a server has sent all, otherwise CANCEL.
    void release(std::uint32_t stream);
    /// Streams that were not released.
    [[nodiscard]] std::size_t streams() const noexcept;

    // --- The connection

    /// Asks for event `pong`.
    void ping();
    /// Ends the connection when the streams that are open have ended (GOAWAY). A server goes on
    /// accepting those that are on their way, for one round trip.
    void drain();
    /// Ends it now.
    void close(http2_error why);
    /// Whether drain() or close() was said, here or by the peer.
    [[nodiscard]] bool is_leaving() const noexcept;
    /// Nothing will come or go any more, when output() has been sent.
    [[nodiscard]] bool is_over() const noexcept;
    /// What was wrong, in words for a log, after event `closed`; what the peer sent is escaped.
    [[nodiscard]] const std::string& failure() const noexcept;

 protected:
    explicit http2_engine(std::unique_ptr<detail::http2_session> session) noexcept;
    ~http2_engine();

    std::unique_ptr<detail::http2_session> session_;
};

/// The server's end: requests come in, responses go out.
class http2_server_engine final : public http2_engine {
 public:
    explicit http2_server_engine(const limits& within = {}, const http2_limits& also = {});
    ~http2_server_engine() = default;

    /// The request of a stream, whose Host is what `:authority` says; of event `refused`, what
    /// could be read of it. Its version is http_2.
    [[nodiscard]] const request_head& request(std::uint32_t stream) const;
    /// Of event `refused`: what to answer. The stream is reset when it is released.
    [[nodiscard]] status problem(std::uint32_t stream) const;
    /// Whether the client waits for `100 Continue` before it sends content.
    [[nodiscard]] bool expects_continue(std::uint32_t stream) const;
    /// Whether the head of a response can be sent.
    [[nodiscard]] bool can_begin(std::uint32_t stream) const;
    /// Whether a response has begun whose end was not said.
    [[nodiscard]] bool is_sending(std::uint32_t stream) const;

    /// Sends the head of a response with so much content; 1xx before the response.
    ///
    /// Content-Length is written here, and a field of that name throws std::invalid_argument. What
    /// is about the connection (Connection, Keep-Alive, Upgrade) is left out.
    void send(std::uint32_t stream, const response_head& head, content_size size = {});
};

/// The client's end: requests go out, responses come in.
class http2_client_engine final : public http2_engine {
 public:
    explicit http2_client_engine(const limits& within = client_limits(),
                                 const http2_limits& also = client_http2_limits());
    ~http2_client_engine() = default;

    /// Whether the peer takes another request: it has said nothing of leaving, and there are
    /// numbers left.
    [[nodiscard]] bool can_open() const noexcept;
    /// How many streams the peer allows at a time; a request beyond that waits here. 100 until it
    /// has said so.
    [[nodiscard]] std::uint32_t allowed_streams() const noexcept;

    /// Whether the peer has said that request_head::protocol may be asked for.
    [[nodiscard]] bool can_connect() const noexcept;

    /// Opens a stream with the head of a request with so much content. `scheme` is "http" or
    /// "https". Its Host becomes `:authority`; what is about the connection is left out.
    ///
    /// Throws std::logic_error unless can_open(), and can_connect() for a protocol;
    /// std::invalid_argument as client_engine::send() does, and for an absolute target.
    [[nodiscard]] std::uint32_t send(const request_head& head, content_size size,
                                     std::string_view scheme);

    /// The response whose head the last event of that stream was about, 1xx among them; it may be
    /// moved from.
    [[nodiscard]] response_head& response(std::uint32_t stream);
};

}  // namespace zocalo::http
