// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/http/parameters.hpp"

namespace zocalo::http {

/// What content is: `text/html; charset=utf-8` (RFC 9110 §8.3.1).
class media_type {
 public:
    /// Throws std::invalid_argument that shows the text.
    static media_type parse(std::string_view text);
    /// The same, with nothing in place of an error.
    static std::optional<media_type> try_parse(std::string_view text);

    /// `text` of `text/html`, in lower case.
    [[nodiscard]] std::string_view type() const noexcept;
    /// `html` of `text/html`, in lower case.
    [[nodiscard]] std::string_view subtype() const noexcept;
    /// `text/html`: both, without parameters. What one compares.
    [[nodiscard]] const std::string& essence() const noexcept { return essence_; }
    /// Whether it is that one, whatever its parameters; upper and lower case are the same.
    [[nodiscard]] bool is(std::string_view essence) const noexcept;

    http::parameters parameters;

    /// The character encoding that it names, in lower case; empty when it names none.
    [[nodiscard]] std::string charset() const;
    /// Whether people could read it: `text/` anything, JSON, XML, scripts. It is worth compressing,
    /// and servers should say its charset.
    [[nodiscard]] bool is_text() const noexcept;
    /// The charset that its content is in when nobody says so: UTF-8 for JSON (RFC 8259 §8.1) and
    /// scripts (RFC 9239 §4.2), and for all other text what `otherwise` says, because the rules of
    /// RFC 2046 (US-ASCII) and of old HTTP (ISO-8859-1) are kept by nobody.
    [[nodiscard]] std::string charset_or(std::string_view otherwise) const;

    /// `text/html; charset=utf-8`
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const media_type&, const media_type&) = default;

 private:
    explicit media_type(std::string essence) noexcept : essence_(std::move(essence)) {}

    std::string essence_;
};

std::ostream& operator<<(std::ostream& out, const media_type& value);

}  // namespace zocalo::http
