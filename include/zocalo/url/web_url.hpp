// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/url/uri.hpp"

/// URLs as browsers read them: the URL Standard of the WHATWG.
namespace zocalo::url {

/// What a browser makes of any text: spaces are taken off, backslashes are slashes, `HTTP:a` has a
/// host, `0x7f.1` is 127.0.0.1.
///
/// For what people type and pages link to; to_uri() goes on from there. Its parts are normalised
/// as the standard says: scheme and host in lower case, addresses in one spelling, what may not be
/// there escaped.
///
/// Where it says less than the standard: host names outside ASCII are those of IDNA 2008
/// (net::idna_to_ascii), which refuses a little more; in text that is not UTF-8 the bytes are
/// escaped as they are.
struct web_url {
    /// Throws std::invalid_argument that shows the text, without its user info. `base` is what a
    /// relative one is relative to.
    static web_url parse(std::string_view text, const web_url* base = nullptr);
    /// The same, with nothing in place of an error.
    static std::optional<web_url> try_parse(std::string_view text, const web_url* base = nullptr);

    std::string scheme = {};
    std::string user_name = {};
    std::string password = {};
    std::optional<std::string> host = std::nullopt;  ///< IPv6 in brackets; may be empty: `file:///`
    std::optional<std::uint16_t> port = std::nullopt;  ///< none when it goes without saying
    std::string path = {};
    bool has_opaque_path = false;  ///< `mailto:a`: nothing can be relative to it
    std::optional<std::string> query = std::nullopt;
    std::optional<std::string> fragment = std::nullopt;

    /// http, https, ws, wss, ftp or file: those with a host and a path, whatever is written.
    [[nodiscard]] bool is_special() const noexcept;

    /// The same by RFC 3986, with escapes for what that does not allow.
    [[nodiscard]] uri to_uri() const;

    /// The text, but user name and password.
    [[nodiscard]] std::string to_string() const;
    /// What browsers call `href`: all of it, a secret, maybe. parse() gives the same again.
    [[nodiscard]] std::string to_string_with_user_info() const;

    friend bool operator==(const web_url&, const web_url&) = default;
};

/// Without user name and password.
std::ostream& operator<<(std::ostream& out, const web_url& value);

}  // namespace zocalo::url
