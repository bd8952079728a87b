// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "zocalo/core/buffer.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/serve/connection.hpp"

/// A request and its response, as a server's handler has them.
namespace zocalo::http {

enum class coding : std::uint8_t;
class encoder;
class site;

namespace detail {
class conversation;
class dialogue;
class http2_dialogue;
}  // namespace detail

/// Thrown by a handler that has not replied yet: the reply is that status, with the text in it.
class status_error : public std::runtime_error {
 public:
    explicit status_error(http::status answer) : status_error(answer, {}) {}
    status_error(http::status answer, const std::string& text)
        : std::runtime_error(text), answer_(answer) {}

    [[nodiscard]] http::status answer() const noexcept { return answer_; }

 private:
    http::status answer_;
};

/// What a handler is given: who asks for what, and the means to answer.
///
///     io::task<> count(http::exchange& asked) {
///         const std::string text = co_await asked.content(65536);
///         asked.reply(std::to_string(text.size()) + "\n");
///     }
///
/// A handler replies once: with reply(), or with begin(), any number of write(), and end(). What is
/// small waits until everything has been answered that came together, and then goes out in one
/// piece. To HEAD the same is said as to GET; its content is left out by itself. A handler that
/// ends without a reply, or throws, is answered for with 500. **Lifetime.** It ends with the
/// handler. **Threads.** That of the connection's loop.
class exchange {
 public:
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;
    ~exchange();

    // --- The request

    [[nodiscard]] const request_head& request() const noexcept;
    /// The host that is asked for, with its port if it was sent: what the target says where that is
    /// absolute, otherwise Host (RFC 9112 §3.2.2). Empty when neither does.
    [[nodiscard]] std::string_view authority() const noexcept;
    /// The target up to `?`, as it was sent.
    [[nodiscard]] std::string_view path() const noexcept;
    /// What is behind `?`, as it was sent.
    [[nodiscard]] std::string_view query() const noexcept;
    /// What stood in the path where the route has `{name}`, decoded. Throws std::logic_error when
    /// the route has no such name, and status_error (400) for escapes that are none.
    [[nodiscard]] std::string parameter(std::string_view name) const;
    /// The connection, and who is at its other end.
    [[nodiscard]] serve::connection& client() const noexcept;
    /// Whether the client came by TLS: to this server, or to a proxy that says so in its PROXY
    /// header (serve::proxy_header::tls), or to a gateway that site::behind_tls vouches for and
    /// that says so, by a target `https://…` or by `X-Forwarded-Proto: https`.
    [[nodiscard]] bool is_secure() const;
    /// Who has logged in, as a filter has found that out (ask_password(), ask_digest(), or one of
    /// your own); empty where nobody was asked.
    [[nodiscard]] const std::string& user() const noexcept { return user_; }
    void set_user(std::string name) noexcept { user_ = std::move(name); }

    /// Waits for the next piece of content; empty at its end. It is good until the next call. A
    /// client that waits for `100 Continue` gets it here.
    ///
    /// Throws bad_message, which is answered if it is let pass.
    [[nodiscard]] io::task<const_buffer> read();
    /// All of the content. Throws status_error (413) when it is more than `limit` bytes.
    [[nodiscard]] io::task<std::string> content(std::size_t limit);
    /// How much content there will be, where the request says so.
    [[nodiscard]] content_size announced() const noexcept;
    /// Whether content comes with the request (RFC 9110 §6.4): a byte of it at least, or as much as
    /// nobody says.
    [[nodiscard]] bool has_content() const noexcept;
    /// The fields after the content, when that was read to its end.
    [[nodiscard]] const fields& trailers() const noexcept;

    /// Waits until the client ends the connection, however it does that: for a handler that answers
    /// for as long as somebody listens. It ends here, too, after that: a response that is not
    /// complete stays so. A client that goes on sending meanwhile, more than 64 KiB, counts as one
    /// that has left. Not beside read().
    [[nodiscard]] io::task<> client_left();
    /// Says where the dialogue is while the handler waits for something else than the client: see
    /// serve::phase. It is phase::body before.
    void enter(serve::phase next) noexcept;

    // --- The response

    /// The head that begin() and reply() send: status and fields.
    [[nodiscard]] response_head& response() noexcept { return response_; }
    [[nodiscard]] const response_head& response() const noexcept { return response_; }

    /// From here on the response may be sent in that coding: if it is text, whole, not too small,
    /// and in no other. Its entity tag becomes a weak one.
    void may_encode(coding which) noexcept { coding_ = which; }

    /// The whole response, with a Content-Type unless that is empty or set already. What was not
    /// read of the request will not be.
    void reply(std::string_view content, std::string_view type = "text/plain; charset=utf-8");
    /// The same for a status that says it all: its words are the content, where it can have some;
    /// that of an error is site::error_page.
    void reply(http::status answer);
    /// The same with other words, for people to read.
    void reply(http::status answer, std::string_view why);

    /// Sends the head, with Date; the content follows.
    void begin(content_size size = {});
    /// Sends content, and waits while too much waits to be sent.
    [[nodiscard]] io::task<> write(const_buffer data);
    /// The same for a part of a file, as far as it need not be read: how many bytes went out, after
    /// all that was written before. 0 for those that have to be read and written; see
    /// serve::connection::send_cached().
    [[nodiscard]] io::task<std::uint64_t> send_cached(const serve::opened_entry& file,
                                                      std::uint64_t offset, std::uint64_t most);
    /// Sends what was written so far.
    [[nodiscard]] io::task<> flush();
    void end(const fields& trailers = {});

    /// A response with 1xx, before the real one: `103 Early Hints`.
    void send_interim(const response_head& head);
    /// The connection without HTTP, after begin() with 101, or with 2xx to CONNECT. Of HTTP/2 it
    /// is a stream, whose end is END_STREAM and whose loss RST_STREAM; it ends with the handler.
    ///
    /// What a request without CONNECT has as content has to be read before it, to its end
    /// (content() does): what the client sends from then on is the other protocol's. Throws
    /// std::logic_error otherwise, and for any other response.
    [[nodiscard]] io::task<io::stream> take_over();

    /// Has another site answer: its filters, its routes, its error pages and hooks; all limits stay
    /// those of the site whose filter asks for this. It has to outlive the request.
    [[nodiscard]] io::task<> continue_in(const site& other);

    /// Whether begin() or reply() was called.
    [[nodiscard]] bool has_begun() const noexcept { return has_begun_; }
    /// Content that was written, in bytes.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
    friend class detail::conversation;
    friend class detail::http2_dialogue;
    /// `head` is memory for its response: what is in there is forgotten.
    exchange(detail::dialogue& in, response_head& head) noexcept;

    void add_date();
    void send_whole(std::string_view content);
    [[nodiscard]] bool is_worth_encoding(content_size size) const;
    void begin_encoding();
    [[nodiscard]] io::task<> write_encoded(const_buffer data);
    [[nodiscard]] io::task<> flush_encoded();

    detail::dialogue& in_;
    response_head& response_;
    std::string user_;
    std::uint64_t size_ = 0;
    std::unique_ptr<encoder> encoder_;  ///< null: content goes as it is
    std::optional<coding> coding_;
    bool has_begun_ = false;
};

}  // namespace zocalo::http
