// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/http/message.hpp"

/// What stands before the content of a program's answer (RFC 3875 §6).
namespace zocalo::http {

/// Status and fields that a program says, without those that concern the connection.
struct cgi_head {
    response_head head;
    content_size size;  ///< its Content-Length

    /// How many bytes the head takes that `text` begins with, with the empty line; nothing while
    /// that has not come. Lines end in LF, or CR LF.
    [[nodiscard]] static std::optional<std::size_t> find_end(std::string_view text) noexcept;

    /// Reads a head with its empty line. A Location without a Status is a redirect.
    ///
    /// Throws bad_message (502) for what is none: no fields at all, a field that is none, a status
    /// that is none or 1xx, two of Status, Location, Content-Type or Content-Length, and a head
    /// without Status, Location and Content-Type.
    [[nodiscard]] static cgi_head parse(std::string_view text);
    /// The same for a head that is one of HTTP already ("nph-", §5): `HTTP/1.1 200 OK`, and fields,
    /// if any. Throws bad_message (502), too, for content in chunks, and for Status.
    [[nodiscard]] static cgi_head parse_whole(std::string_view text);

    /// As a program says it, with its empty line: what parse() makes the same of.
    [[nodiscard]] std::string to_text() const;
};

}  // namespace zocalo::http
