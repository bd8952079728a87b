// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <string>

#include "zocalo/core/buffer.hpp"
#include "zocalo/http/detail/inbox.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

/// Asking a server, step by step, on a connection that is there.
namespace zocalo::http {

/// One connection, and one exchange after the other on it.
///
///     http::client_connection server(co_await io::connect("localhost", "http"));
///     server.send({.target = "/", .fields = {{"Host", "localhost"}}});
///     co_await server.receive();
///     std::cout << server.response().status << '\n' << co_await server.content(65536);
///
/// A request is send(), or begin(), any number of write(), and end(); its response is receive() and
/// then read() until that is empty, or content(). What is small goes out when the response is
/// waited for. Next to this there is no policy: no redirects, no passwords, no limits in time (put
/// io::timeout() around it). **Threads.** One task at a time, from one loop or from several
/// .get(). **Errors.** std::logic_error out of turn; std::invalid_argument for a request that could
/// be taken for something else, before anything is sent; bad_message for a response that is none.
class client_connection {
 public:
    explicit client_connection(io::stream server, const limits& within = client_limits());
    client_connection(const client_connection&) = delete;
    client_connection& operator=(const client_connection&) = delete;

    // --- The request

    /// The whole of a request.
    void send(const request_head& head, std::string_view content = {});
    /// Its head; so much content follows. Of a size that is not known it goes in chunks.
    void begin(const request_head& head, content_size size);
    /// Sends content, and waits while too much waits to be sent.
    ///
    /// When the server has stopped to listen, what is left is not sent, and no error yet:
    /// receive() may bring what it had to say.
    [[nodiscard]] io::task<> write(const_buffer data);
    void end(const fields& trailers = {});
    /// Sends what was written so far.
    [[nodiscard]] io::task<> flush();

    // --- The response

    /// Waits for the head of the response. What comes before it with 1xx is given to `interim`.
    ///
    /// Throws std::system_error with std::errc::connection_reset when the server ended the
    /// connection instead: it may never have seen the request.
    [[nodiscard]] io::task<> receive(std::function<void(const response_head&)> interim = {});
    /// Runs a task that writes the content, and listens meanwhile: true when the head of the
    /// response is there, and false when receive() has to wait for it. Beside a response of 2xx the
    /// task goes on, and what comes is kept for read(). A head of any other, the end of the
    /// response, or 4 MiB of it cancel the task; what that has left is not sent, and the connection
    /// ends with this exchange.
    [[nodiscard]] io::task<bool> receive_beside(
        io::task<> sending, std::function<void(const response_head&)> interim = {});
    /// The head that came last.
    [[nodiscard]] const response_head& response() const noexcept { return engine_.response(); }
    /// Waits for the next piece of content; empty at its end. It is good until the next call.
    [[nodiscard]] io::task<const_buffer> read();
    /// The same when it is there already; nothing when one would have to wait.
    [[nodiscard]] std::optional<const_buffer> try_read();
    /// All of the content. Throws protocol_error when it is more than `limit` bytes.
    [[nodiscard]] io::task<std::string> content(std::size_t limit);
    /// The fields after the content, when that was read to its end.
    [[nodiscard]] const fields& trailers() const noexcept { return engine_.trailers(); }
    /// How much content the server says that there is.
    [[nodiscard]] content_size announced() const noexcept { return engine_.announced(); }
    /// Whether anything has come since the request began, be it a part of a response only.
    [[nodiscard]] bool has_heard() const noexcept { return has_heard_; }

    // --- The connection

    /// Whether a request can be sent: all of the response was read, nothing came after it, and the
    /// connection goes on.
    [[nodiscard]] bool is_idle() const noexcept {
        return engine_.is_idle() && !broken_ && in_.empty();
    }
    /// The same after a look at the connection: false, too, when the server has ended it, or has
    /// said something, while nobody looked, or does so within `patience`. Lets all others have a
    /// turn.
    [[nodiscard]] io::task<bool> is_still_idle(timeout patience = timeout::zero());
    /// The connection without HTTP, after 101, or 2xx to CONNECT. Throws std::logic_error before.
    [[nodiscard]] io::stream take_over();
    [[nodiscard]] io::stream& stream() noexcept { return stream_; }
    [[nodiscard]] const io::stream& stream() const noexcept { return stream_; }

 private:
    [[nodiscard]] io::task<> send_pieces(const_buffer data);
    [[nodiscard]] io::task<> hear(std::function<void(const response_head&)> interim);
    [[nodiscard]] io::task<> hear_the_end(std::function<void(const response_head&)> interim);
    [[nodiscard]] io::task<> wait_for_more();

    io::stream stream_;
    detail::inbox in_;
    client_engine engine_;
    std::string early_;        ///< content that came while the request's was sent
    bool gave_early_ = false;  ///< it was given out
    bool has_heard_ = false;
    bool has_head_ = false;        ///< the real one, of the exchange under way
    bool is_sent_beside_ = false;  ///< another task writes: this one must not
    std::exception_ptr broken_;    ///< why nothing more can be sent
};

}  // namespace zocalo::http
