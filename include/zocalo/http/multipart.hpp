// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/http/detail/field_reader.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/limits.hpp"

/// Several contents in one (RFC 2046 §5.1): forms with files, parts of a file. Without I/O.
namespace zocalo::http {

class media_type;

/// How much a peer may send. Content itself is limited where it is read.
struct multipart_limits {
    std::size_t parts = 1000;
    /// Of the head of each part.
    limits head = {.line = std::size_t{8} * 1024, .head = std::size_t{16} * 1024, .fields = 32};
    std::size_t preamble = 4096;  ///< bytes before the first part, which mean nothing
};

enum class part_event : std::uint8_t {
    need_data,  ///< more has to come first
    head,       ///< a part begins: its fields are there
    data,       ///< some of its content
    end,        ///< its content is complete
    finished,   ///< that was the last part; what follows means nothing
};

/// Takes parts out of what was received, as engines take messages: next() says the first thing that
/// the bytes mean, and how many of them that took. They stay where they are.
///
/// **Errors.** bad_message with 400, or 413 and 431 for a limit: a part that does not end, a line
/// that begins like a boundary and is none, a head that is none. It is of no use from then on.
class multipart_reader {
 public:
    /// Throws bad_message for a boundary that is empty, longer than 70 bytes, or has characters
    /// that may not be in there.
    explicit multipart_reader(std::string_view boundary, const multipart_limits& within = {});
    /// The boundary of a `multipart/...` type. Throws bad_message when there is none.
    explicit multipart_reader(const media_type& type, const multipart_limits& within = {});

    struct step {
        part_event what = part_event::need_data;
        std::size_t used = 0;        ///< so many bytes are done with, those of `data` among them
        std::string_view data = {};  ///< of part_event::data: part of what was given
    };
    /// What `received` begins with; `is_all` when nothing will follow.
    [[nodiscard]] step next(std::string_view received, bool is_all = false);

    /// The fields of the part that came last.
    [[nodiscard]] const fields& head() const noexcept { return head_; }

 private:
    enum class state : std::uint8_t { preamble, delimiter, head, content, finished };

    step read_preamble(std::string_view received);
    step read_delimiter(std::string_view received);
    step read_head(std::string_view received);
    step read_content(std::string_view received);

    std::string delimiter_;  ///< CR LF, two hyphens, and the boundary
    multipart_limits limits_;
    detail::field_reader fields_;
    fields head_;
    std::size_t parts_ = 0;
    std::size_t passed_ = 0;  ///< bytes of the preamble
    state state_ = state::preamble;
    bool is_at_start_ = false;  ///< of the content of a part
};

/// What a part of a form is.
struct form_part {
    std::string name;
    std::optional<std::string> file_name;  ///< as it was said: see safe_file_name()
    std::string type = "text/plain";

    /// Throws bad_message (400) when it has no name.
    static form_part of(const fields& head);
};

/// Makes the content of `multipart/form-data` (RFC 7578), of values, files, and what is read while
/// it is sent.
///
///     http::multipart_form form;
///     form.add("title", "Holidays").add_file("photo", "beach.jpg", photo, "image/jpeg");
///     server.send({.method = http::method::post, .fields = {{"Content-Type",
///                 form.content_type()}}}, form.to_string());
///
/// Names may be in UTF-8. **Errors.** std::invalid_argument for control characters in a name or a
/// type, but for line ends in a name, which are escaped as browsers do.
class multipart_form {
 public:
    /// With a boundary that is in no content: a random one.
    multipart_form();
    /// For tests. Throws std::invalid_argument when it is none.
    explicit multipart_form(std::string_view boundary);

    struct part {
        std::string head;
        std::string content;
        std::optional<std::uint64_t> size;  ///< none: it is not known before it was sent
        bool is_stream = false;             ///< the caller sends the content
    };

    /// A text; most need no type.
    multipart_form& add(std::string_view name, std::string_view value, std::string_view type = {});
    multipart_form& add_file(std::string_view name, std::string_view file_name,
                             std::string_view content,
                             std::string_view type = "application/octet-stream");
    /// Content that the caller sends when it is that part's turn: of that size, when it is given.
    /// http::body::multipart() does all that.
    multipart_form& add_stream(std::string_view name, std::optional<std::string_view> file_name,
                               std::optional<std::uint64_t> size,
                               std::string_view type = "application/octet-stream");

    [[nodiscard]] std::string content_type() const;
    /// Of everything; none when that of a stream is not known.
    [[nodiscard]] std::optional<std::uint64_t> content_size() const;
    /// Send the head and the content of each, and then tail().
    [[nodiscard]] std::span<const part> parts() const noexcept { return parts_; }
    [[nodiscard]] std::string tail() const;
    /// All of it. Throws std::logic_error when there are streams.
    [[nodiscard]] std::string to_string() const;

 private:
    part& begin(std::string_view name, std::optional<std::string_view> file_name,
                std::string_view type);

    std::string boundary_;
    std::vector<part> parts_;
};

/// 38 characters that are in no content: 128 random bits.
[[nodiscard]] std::string make_boundary();

}  // namespace zocalo::http
