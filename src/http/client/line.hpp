// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::http::detail {

/// What a request goes out on and its response comes from: a connection of HTTP/1.1, or a stream of
/// one of HTTP/2 that it shares with others.
///
/// The functions are those of client_connection. What is not read to its end is cut off when this
/// is gone: the connection is closed, the stream is reset.
class line {
 public:
    using listener = std::function<void(const response_head&)>;

    line() noexcept = default;
    line(const line&) = delete;
    line& operator=(const line&) = delete;
    virtual ~line() = default;

    // --- The request

    virtual void send(const request_head& head, std::string_view content) = 0;
    virtual void begin(const request_head& head, content_size size) = 0;
    [[nodiscard]] virtual io::task<> write(const_buffer data) = 0;
    virtual void end(const fields& trailers) = 0;
    [[nodiscard]] virtual io::task<> flush() = 0;

    // --- The response

    [[nodiscard]] virtual io::task<> receive(listener interim) = 0;
    [[nodiscard]] virtual io::task<bool> receive_beside(io::task<> sending, listener interim) = 0;
    [[nodiscard]] virtual const response_head& response() const noexcept = 0;
    [[nodiscard]] virtual io::task<const_buffer> read() = 0;
    [[nodiscard]] virtual std::optional<const_buffer> try_read() = 0;
    [[nodiscard]] virtual const fields& trailers() const noexcept = 0;
    [[nodiscard]] virtual content_size announced() const noexcept = 0;
    [[nodiscard]] virtual bool has_heard() const noexcept = 0;
    /// Whether the server has said that it did nothing with the request, or nothing of it was sent:
    /// then it may be sent again, whatever it is (RFC 9113 §8.7).
    [[nodiscard]] virtual bool is_untouched() const noexcept = 0;

    /// Whether that was because it wants to be asked by HTTP/1.1.
    [[nodiscard]] virtual bool is_wrong_version() const noexcept { return false; }

    /// Whether the server has said so when it had enough requests, of others, on this connection.
    [[nodiscard]] virtual bool has_taken_others() const noexcept { return false; }

    /// Whether content can be sent while the response is read, whatever its head says.
    [[nodiscard]] virtual bool goes_both_ways() const noexcept { return false; }

    // --- The connection

    /// Waits until it is known whether a request may ask for another protocol.
    [[nodiscard]] virtual io::task<bool> allows_protocols() = 0;
    [[nodiscard]] virtual bool is_idle() const noexcept = 0;
    [[nodiscard]] virtual io::task<bool> is_still_idle(timeout patience) = 0;
    [[nodiscard]] virtual io::stream take_over() = 0;
    [[nodiscard]] virtual net::endpoint peer() const = 0;
    [[nodiscard]] virtual net::endpoint local() const = 0;
};

}  // namespace zocalo::http::detail
