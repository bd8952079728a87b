// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

/// URLs as RFC 3986 defines them: read strictly, joined and normalised.
///
/// What people and web pages write is often not allowed here (a space, an umlaut, a backslash);
/// web_url.hpp reads that as browsers do, and gives something that is. Never read one text with
/// both: what one takes for the host is a path to the other, and filters have been passed that way.
namespace zocalo::url {

/// The parts that a URI is made of, as they are written in it.
struct uri_parts {
    std::string scheme = {};  ///< empty: a relative reference
    /// `name` or `name:password`. Nothing that is printed by itself has it.
    std::optional<std::string> user_info = std::nullopt;
    std::optional<std::string> host = std::nullopt;  ///< IPv6 in brackets; none: no authority
    std::optional<std::uint16_t> port = std::nullopt;
    std::string path = {};
    std::optional<std::string> query = std::nullopt;     ///< without its `?`
    std::optional<std::string> fragment = std::nullopt;  ///< without its `#`
};

/// A URI or a relative reference (RFC 3986 §4.1): a value that is its text, and knows the parts.
///
/// Views into it are good as long as it is unchanged. Nothing is decoded: split first, then
/// unquote() what was split, once.
class uri {
 public:
    /// Texts that are longer are refused.
    static constexpr std::size_t longest = std::size_t{1} << 20;

    /// The empty reference: the document itself.
    uri() = default;

    /// Throws std::invalid_argument that shows the text, without its user info, and says what is
    /// wrong.
    static uri parse(std::string_view text);
    /// The same, with nothing in place of an error.
    static std::optional<uri> try_parse(std::string_view text);

    /// Throws std::invalid_argument when a part may not have that in it, or when the parts would be
    /// read as others: the path `//b` without an authority, `a:b` without a scheme.
    static uri from(const uri_parts& parts);
    [[nodiscard]] uri_parts parts() const;

    /// As it is written; empty for a relative reference. Case does not count in it: compare with
    /// has_scheme().
    [[nodiscard]] std::string_view scheme() const noexcept { return view(0, scheme_end_); }
    /// `lower_case` is the scheme.
    [[nodiscard]] bool has_scheme(std::string_view lower_case) const noexcept;
    [[nodiscard]] bool is_relative() const noexcept { return scheme_end_ == 0; }

    [[nodiscard]] bool has_authority() const noexcept { return has_authority_; }
    [[nodiscard]] std::optional<std::string_view> user_info() const noexcept;
    /// As it is written, IPv6 in brackets; empty without an authority. url::host makes it
    /// comparable.
    [[nodiscard]] std::string_view host() const noexcept { return view(host_begin_, host_end_); }
    /// The number, if one is written.
    [[nodiscard]] std::optional<std::uint16_t> port() const noexcept { return port_; }

    [[nodiscard]] std::string_view path() const noexcept { return view(path_begin_, path_end_); }
    /// Without its `?`.
    [[nodiscard]] std::optional<std::string_view> query() const noexcept;
    /// Without its `#`.
    [[nodiscard]] std::optional<std::string_view> fragment() const noexcept;

    /// What a reference in this document means (RFC 3986 §5.2): the target. This one has to have a
    /// scheme, else std::invalid_argument.
    [[nodiscard]] uri join(const uri& reference) const;
    [[nodiscard]] uri join(std::string_view reference) const { return join(parse(reference)); }

    /// The same resource in one spelling (RFC 3986 §6.2): case of scheme, host and escapes; no
    /// escapes of what needs none; no dot segments; no port that goes without saying; `/` for an
    /// empty path behind a host.
    ///
    /// Throws std::invalid_argument for a host that is none.
    [[nodiscard]] uri normalised() const;

    /// Without the fragment, which is not for servers.
    [[nodiscard]] uri without_fragment() const;
    [[nodiscard]] uri without_user_info() const;

    /// The text, but user info: a password is in none of our messages.
    [[nodiscard]] std::string to_string() const;
    /// The very text that was parsed, user info too: a secret, maybe.
    [[nodiscard]] const std::string& to_string_with_user_info() const noexcept { return text_; }

    /// By spelling. Compare what normalised() gives for the sense.
    friend bool operator==(const uri& a, const uri& b) noexcept { return a.text_ == b.text_; }

 private:
    class parser;

    [[nodiscard]] std::string_view view(std::size_t begin, std::size_t end) const noexcept {
        return std::string_view(text_).substr(begin, end - begin);
    }

    std::string text_;
    // Where parts begin and end in it. What is not there is empty and stands where it would be.
    std::uint32_t scheme_end_ = 0;
    std::uint32_t user_end_ = 0;  ///< where its @ is; 0: no user info
    std::uint32_t host_begin_ = 0;
    std::uint32_t host_end_ = 0;
    std::uint32_t path_begin_ = 0;
    std::uint32_t path_end_ = 0;
    std::uint32_t query_end_ = 0;
    std::optional<std::uint16_t> port_;
    bool has_authority_ = false;
};

/// Without user info.
std::ostream& operator<<(std::ostream& out, const uri& value);

/// The path without `.` and `..` segments (RFC 3986 §5.2.4).
[[nodiscard]] std::string remove_dot_segments(std::string_view path);

/// The port that goes without saying: 80 for `http`, 70 for `gopher`; `scheme` in lower case.
[[nodiscard]] std::optional<std::uint16_t> default_port(std::string_view scheme) noexcept;

}  // namespace zocalo::url
