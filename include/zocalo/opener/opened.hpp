// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/http/response.hpp"
#include "zocalo/http/status.hpp"
#include "zocalo/io/task.hpp"

/// What opening a URL gives, whatever its scheme is.
namespace zocalo::url {

/// Where content comes from, piece by piece.
class content_source {
 public:
    virtual ~content_source() = default;
    content_source(const content_source&) = delete;
    content_source& operator=(const content_source&) = delete;
    /// The next piece, good until the next call; empty at the end, and from then on.
    [[nodiscard]] virtual io::task<const_buffer> read() = 0;

 protected:
    content_source() = default;
};

/// A URL that was opened: where it is, what is said about it, and its content, still to be read.
///
/// Move-only. One task at a time. What it holds (a connection, a file) is closed with it.
class opened {
 public:
    /// Content that is here.
    opened(std::string url, std::string content);
    /// Content that comes from there; of this size, if that is known.
    opened(std::string url, std::unique_ptr<content_source> from, http::content_size size = {});

    /// Where it comes from, after all redirects; without user and password.
    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    /// That of HTTP; for other schemes 200, or 404 for what the server says that it does not have.
    [[nodiscard]] http::status status() const noexcept { return status_; }
    void set_status(http::status status) noexcept { status_ = status; }
    /// What is known of the content, under the names that HTTP has: Content-Type, Content-Length,
    /// Last-Modified.
    [[nodiscard]] const http::fields& fields() const noexcept { return fields_; }
    [[nodiscard]] http::fields& fields() noexcept { return fields_; }
    /// Content-Type; nothing when it is not said, or makes no sense.
    [[nodiscard]] std::optional<http::media_type> type() const;
    /// How many bytes there will be; nothing when that is not known before the end.
    [[nodiscard]] http::content_size size() const noexcept { return size_; }

    /// Waits for the next piece of content; empty at its end. It is good until the next call.
    /// Throws what its source throws: for what was cut off zocalo::protocol_error.
    [[nodiscard]] io::task<const_buffer> read();
    /// The rest of it. Throws protocol_error when that is more than `limit` bytes.
    [[nodiscard]] io::task<std::string> content(std::size_t limit = std::size_t{64} << 20);
    /// The same as UTF-8, made from UTF-8, US-ASCII or ISO-8859-1, as the type says; what says
    /// nothing has to be UTF-8. Throws protocol_error for other charsets and for what is none.
    [[nodiscard]] io::task<std::string> text(std::size_t limit = std::size_t{64} << 20);

 private:
    std::string url_;
    http::status status_ = http::status::ok;
    http::fields fields_;
    http::content_size size_;
    std::unique_ptr<content_source> from_;
};

/// The status is an error: what opener::open() throws when nobody has another answer to it.
///
///     } catch (const url::error_answer& error) {
///         std::cerr << error.status() << ": " << error.answer().content().get();
class error_answer : public http::error_response {
 public:
    explicit error_answer(opened answer);
    /// What came with it; all copies of the exception share it.
    [[nodiscard]] opened& answer() const noexcept { return *answer_; }

 private:
    std::shared_ptr<opened> answer_;
};

/// There was less content than was said: what opener::retrieve() throws.
class content_too_short : public protocol_error {
 public:
    content_too_short(const std::string& url, std::uint64_t got, std::uint64_t size);
    /// How many bytes came, of how many.
    [[nodiscard]] std::uint64_t got() const noexcept { return got_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
    std::uint64_t got_;
    std::uint64_t size_;
};

}  // namespace zocalo::url
