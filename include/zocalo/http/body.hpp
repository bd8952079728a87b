// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/url/query.hpp"

/// The content of a request.
namespace zocalo::http {

struct body_part;

namespace detail {
class body_parts;
}

/// Where a producer puts content.
class body_writer {
 public:
    virtual ~body_writer() = default;
    body_writer(const body_writer&) = delete;
    body_writer& operator=(const body_writer&) = delete;
    /// Sends it, and waits while too much waits to be sent.
    [[nodiscard]] virtual io::task<> write(const_buffer data) = 0;
    /// Sends what was written so far: what is small waits otherwise.
    [[nodiscard]] virtual io::task<> flush() = 0;
    /// Fields that come behind the content (RFC 9110 §6.5); HTTP/1.1 has no room for them where the
    /// size was announced. Those that may not stand there make the request fail with
    /// std::invalid_argument.
    virtual void set_trailers(fields last) = 0;

 protected:
    body_writer() = default;
};

/// Content from wherever it comes: bytes, a form, a file, or a function that writes it piece by
/// piece.
///
///     http::body form = http::body::form({{"name", "Ada"}, {"age", "36"}});
///     co_await client.post(url, std::move(form));
///     co_await client.put(url, http::body::file("letter.txt", "text/plain"));
///
/// What is repeatable can be sent once more: to where a redirect leads, with a password, on another
/// connection.
class body {
 public:
    using producer = std::function<io::task<>(body_writer& to)>;
    enum class again : bool { never, repeatable };

    /// No content.
    body() = default;
    /// Bytes; without a type no Content-Type is sent.
    body(std::string bytes, std::string type = {})  // NOLINT: as good as bytes
        : bytes_(std::move(bytes)), size_(bytes_.size()), type_(std::move(type)) {}
    body(const char* text) : body(std::string(text)) {}  // NOLINT

    /// `application/json`: text that is JSON already.
    [[nodiscard]] static body json(std::string text);
    /// `application/x-www-form-urlencoded`
    [[nodiscard]] static body form(const url::fields& fields);
    /// `multipart/form-data` (RFC 7578): see body_part. Its length is known when those of all parts
    /// are; it is repeatable when they are.
    ///
    /// Throws std::invalid_argument as multipart_form does.
    [[nodiscard]] static body multipart(std::vector<body_part> parts);
    /// What is in a file when it is sent.
    [[nodiscard]] static body file(std::string path, std::string type = "application/octet-stream");
    /// What `from` writes, `size` bytes; without a size it is sent in chunks. A repeatable one may
    /// be called once more, and has to write the same.
    [[nodiscard]] static body stream(producer from, content_size size = {},
                                     std::string type = "application/octet-stream",
                                     again how = again::never);

    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    [[nodiscard]] bool is_repeatable() const noexcept { return is_repeatable_; }
    /// Whether it is bytes, which are there: bytes(). All else is written by write_to().
    [[nodiscard]] bool is_bytes() const noexcept { return !from_ && !parts_ && path_.empty(); }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
    /// How many bytes it has, as far as that is known before it is sent.
    [[nodiscard]] io::task<content_size> size() const;
    /// Writes `size` bytes of it, or as many as there are.
    [[nodiscard]] io::task<> write_to(body_writer& to, content_size size) const;

 private:
    std::string bytes_;
    std::string path_;
    producer from_;
    std::shared_ptr<const detail::body_parts> parts_;
    content_size size_ = 0;
    std::string type_;
    bool is_repeatable_ = true;
};

/// A field of a form, and what is in it: a text, a file, or anything else that a body can be.
///
///     http::body form = http::body::multipart({
///         {.name = "title", .content = "Holidays"},
///         {.name = "photo", .content = http::body::file("beach.jpg", "image/jpeg")},
///     });
///     co_await client.post(url, std::move(form));
struct body_part {
    std::string name;
    body content;  ///< its type is that of the part
    /// A file of the disk has its own name when nothing is said; others have none.
    std::optional<std::string> file_name = std::nullopt;
};

}  // namespace zocalo::http
