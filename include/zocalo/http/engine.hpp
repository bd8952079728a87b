// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "zocalo/core/buffer.hpp"
#include "zocalo/http/detail/content_reader.hpp"
#include "zocalo/http/detail/content_writer.hpp"
#include "zocalo/http/detail/field_reader.hpp"
#include "zocalo/http/detail/head_facts.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/event.hpp"
#include "zocalo/http/limits.hpp"
#include "zocalo/http/message.hpp"

/// HTTP/1.1 without I/O (RFC 9110, RFC 9112), strict: server_engine and client_engine are the two
/// ends of a connection.
///
/// **Receiving.** next() looks at the bytes that have come and says the first thing that they mean
/// and how many of them that took; it is called again with the rest. The bytes are the caller's and
/// stay where they are; content is not copied. What is said does not depend on how the bytes were
/// split.
///
///     for (;;) {
///         const http::incoming got = engine.next(reader.buffered());
///         if (got.what == http::event::data) use(got.data);
///         reader.consume(got.used);
///         if (got.what == http::event::need_data) co_await reader.fill();
///         ...
///     }
///
/// **Sending.** send(), send_data() and send_end() append to output(), which the caller sends and
/// clears. What may not be sent now throws std::logic_error, and what could be taken for something
/// else throws std::invalid_argument; neither changes anything.
///
/// **Exchanges.** A request and its response are one; the next one begins when both have ended. A
/// server that was sent requests in advance hears event::paused until it has answered. A client
/// sends one request at a time.
///
/// **Strictness.** Where two readers could disagree about where a message ends, it is refused: bare
/// CR or LF, white space before a colon, two lengths, a length beside chunks, chunks in HTTP/1.0, a
/// coding other than `chunked`, a request without exactly one Host (RFC 9112 §11.2). A field that
/// goes on in the next line is refused by a server, and read with a space there by a client (§5.2).
///
/// **Memory.** Heads and output keep theirs, so a connection that goes on allocates nothing.
///
/// HTTP/2 has an engine of its own: http2_engine.
namespace zocalo::http {

/// What both ends have in common.
class engine {
 public:
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    // --- Receiving

    /// What `received` begins with. It is all that has come and was not used, in one piece;
    /// `is_all` when nothing will follow.
    ///
    /// Throws bad_message. From then on it throws again, and only a server's last answer can be
    /// sent, if none has begun.
    [[nodiscard]] incoming next(const_buffer received, bool is_all = false);

    /// The fields that came after the content, but for those that may not.
    [[nodiscard]] const fields& trailers() const noexcept { return trailers_; }
    /// The Content-Length of the message that is being received.
    [[nodiscard]] content_size announced() const noexcept { return facts_.length; }
    /// Whether the message that is being received has content: one byte of it at least, or chunks.
    [[nodiscard]] bool has_content() const noexcept { return has_content_; }
    /// Whether the end of that message was said.
    [[nodiscard]] bool has_received_all() const noexcept;

    // --- Sending

    /// Appends content.
    void send_data(const_buffer data);
    /// The message is complete. Trailers go with content whose size was not known, to those who
    /// know HTTP/1.1; to others they are left out.
    void send_end(const fields& last = {});

    /// For content that the caller sends by itself: appends what stands before `size` bytes of it.
    /// Then send output(), the bytes unless this is false, and call end_piece().
    [[nodiscard]] bool begin_piece(std::size_t size);
    void end_piece() { writer_.end_piece(output_); }
    /// Whether pieces go out with nothing around them: then they may be sent first, when all of
    /// output() has been, and be told of afterwards.
    [[nodiscard]] bool sends_as_it_is() const noexcept {
        return is_sending() && writer_.sends_as_it_is();
    }
    void sent_piece(std::size_t size) { (void)begin_piece(size); }

    /// Bytes for the peer.
    [[nodiscard]] std::string& output() noexcept { return output_; }

    /// Whether a head can be sent now, that of a request or of a response.
    [[nodiscard]] bool can_begin() const noexcept { return sending_ <= sending::head; }
    /// Whether a message is being sent whose end was not.
    [[nodiscard]] bool is_sending() const noexcept { return sending_ == sending::content; }
    /// Whether the connection must not end now as it ends by itself (see
    /// serve::connection::abort()), for its end would be taken for that of the message.
    [[nodiscard]] bool would_look_whole() const noexcept {
        return is_sending() && writer_.ends_with_connection();
    }

    // --- The connection

    /// This exchange shall be the last one. The head that is sent next says so.
    void close_after() noexcept { keeps_alive_ = false; }
    /// Whether there can be another exchange after this one.
    [[nodiscard]] bool keeps_alive() const noexcept { return keeps_alive_; }
    /// Whether it is between two exchanges: nothing of a message has come or been sent.
    [[nodiscard]] bool is_idle() const noexcept;
    /// The same, and nothing that went before counts for the next exchange.
    [[nodiscard]] bool is_as_new() const noexcept;

 protected:
    enum class receiving : std::uint8_t {
        start_line,
        field_lines,
        content,
        finished,
        switching,  ///< no more HTTP: event::switched
        closed,
        failed,
    };
    enum class sending : std::uint8_t { waiting, head, content, finished, over };
    enum class command : std::uint8_t { interim, head, data, end };

    /// Where the content of a message that is received ends.
    enum class ending : std::uint8_t { none, as_said, with_the_connection };

    engine(const limits& within, sending first) noexcept;
    virtual ~engine() = default;

    [[nodiscard]] virtual fields& head_fields() noexcept = 0;
    virtual void read_start_line(std::string_view line) = 0;
    /// The head has come: event::head or event::interim.
    virtual event finish_head() = 0;
    /// The first line, of which this is the beginning, will not be read: it is too long, or none.
    virtual void give_up_line(std::string_view /*begin*/) noexcept {}

    void receive_content(ending where);
    void must_be_allowed(command what) const;
    /// Appends the fields of a head, those that say how the content is sent, and the empty line.
    void append_fields(const fields& all, std::string_view connection,
                       detail::content_writer::coding how, content_size length);
    void switch_protocols() noexcept;
    void forget() noexcept;
    /// Begins the next exchange when this one is over at both ends.
    void settle() noexcept;

    limits limits_;
    detail::head_facts facts_;
    fields trailers_;
    std::string output_;
    detail::line_cutter lines_;
    detail::field_reader fields_;
    detail::content_reader reader_;
    detail::content_writer writer_;
    const sending first_;  ///< of an exchange
    const detail::folds folds_;
    sending sending_;
    receiving receiving_ = receiving::start_line;
    bool keeps_alive_ = true;
    bool has_content_ = false;
    bool expects_continue_ = false;  ///< the client waits, and nothing of its content has come
    bool has_begun_ = false;         ///< a first line has come, of the message that is read

 private:
    incoming step(std::string_view received, bool is_all);
    incoming begin_message(std::string_view received, bool is_all);
    incoming read_fields(std::string_view received, std::size_t used, bool is_all);
    incoming read_content(std::string_view received, bool is_all);

    bool skipped_line_ = false;
};

/// The server's end: requests come in, responses go out.
class server_engine final : public engine {
 public:
    explicit server_engine(const limits& within = {}) noexcept;

    /// Forgets everything, for another connection; the memory stays.
    void begin_anew(const limits& within) noexcept;

    /// The request whose head came last; it stays until the next one comes.
    [[nodiscard]] const request_head& request() const noexcept { return request_; }
    /// Whether no request is there that has to be answered, or is being: the next head is awaited.
    [[nodiscard]] bool awaits_request() const noexcept { return sending_ == sending::waiting; }
    /// Whether the client waits for `100 Continue` before it sends content.
    [[nodiscard]] bool expects_continue() const noexcept { return expects_continue_; }

    /// Appends the head of a response with so much content; the size must be given to a client
    /// that knows only HTTP/1.0 if the connection is to go on. 1xx is sent before the response.
    ///
    /// Content-Length, Transfer-Encoding and `Connection: close` or `keep-alive` are written here:
    /// fields of the first two names throw std::invalid_argument. 101 and the 2xx to CONNECT end
    /// HTTP: event::switched follows.
    void send(const response_head& head, content_size size = {});

 private:
    fields& head_fields() noexcept override { return request_.fields; }
    void read_start_line(std::string_view line) override;
    event finish_head() override;
    void give_up_line(std::string_view begin) noexcept override;
    void send_switch(const response_head& head);
    void send_final(const response_head& head, content_size size, bool says_close);

    request_head request_;
};

/// The client's end: requests go out, responses come in.
class client_engine final : public engine {
 public:
    explicit client_engine(const limits& within = client_limits()) noexcept;

    /// The response whose head came last, 1xx among them.
    [[nodiscard]] const response_head& response() const noexcept { return response_; }

    /// Appends the head of a request with so much content. The size must be given to servers that
    /// know only HTTP/1.0; the version of the head says so.
    ///
    /// Content-Length and Transfer-Encoding are written here: fields of these names throw
    /// std::invalid_argument, and so does a target that is none, or HTTP/1.1 without one Host.
    void send(const request_head& head, content_size size = 0);

 private:
    fields& head_fields() noexcept override { return response_.fields; }
    void read_start_line(std::string_view line) override;
    event finish_head() override;
    [[nodiscard]] ending where_it_ends() noexcept;

    response_head response_;
    std::size_t interim_ = 0;  ///< responses before the real one
    method asked_ = method::get;
    bool asked_upgrade_ = false;
};

}  // namespace zocalo::http
