// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Cookies as they go over the line (RFC 6265, and its successor that browsers follow).
namespace zocalo::http {

/// On whose account a cookie is sent.
enum class same_site : std::uint8_t {
    unset,   ///< nothing was said; as `lax`
    none,    ///< to all: only with Secure
    lax,     ///< to the site itself, and when somebody follows a link to it
    strict,  ///< to the site itself
};

/// The value of a Set-Cookie field: what a server says, and a client reads.
struct set_cookie {
    /// Longer names and values, both together, are refused.
    static constexpr std::size_t longest = 4096;
    /// Attributes whose value is longer are passed over.
    static constexpr std::size_t longest_attribute = 1024;

    std::string name = {};
    std::string value = {};
    std::optional<std::chrono::sys_seconds> expires = {};
    std::optional<std::chrono::seconds> max_age = {};  ///< wins over `expires`
    std::string domain = {};  ///< without a dot in front; empty: only the host that says it
    std::string path = {};    ///< empty: the folder of the request
    bool secure = false;
    bool http_only = false;
    http::same_site same_site = http::same_site::unset;

    /// Reads it as browsers do: attributes that make no sense are passed over, and the last one of
    /// a name counts. Nothing for control characters, for no name and no value, and when it is too
    /// long.
    static std::optional<set_cookie> try_parse(std::string_view text);

    /// For servers.
    ///
    /// Throws std::invalid_argument for a name that is no token; for a value with spaces, quotes,
    /// commas, semicolons, backslashes or anything but ASCII (url::quote() makes one of any bytes);
    /// for a domain or path that is none; and for what clients drop: longer than they take,
    /// `same_site::none` without `secure`, names that begin with `__Secure-` without that, or with
    /// `__Host-` without `secure`, the path `/` and no domain.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const set_cookie&, const set_cookie&) = default;
};

/// A cookie for the whole of this host and for nobody else: over TLS only, out of reach of scripts,
/// not sent for other sites. What a session should be in.
[[nodiscard]] set_cookie session_cookie(std::string_view name, std::string_view value);

/// The cookies of a Cookie field, in their order: for servers. Names may come twice, from paths of
/// different length; the first is the one that is meant. Nothing is decoded.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> read_cookies(
    std::string_view field);

/// A value as Python writes those that have more in them than a cookie may: between double quotes,
/// with `\"`, `\\` and three octal digits for other bytes. Without such quotes it comes back as it
/// is, and so does a backslash that begins nothing.
[[nodiscard]] std::string unquote_cookie(std::string_view value);
/// The other way: as it is if a cookie may have it so, else between quotes.
[[nodiscard]] std::string quote_cookie(std::string_view text);

/// A date as cookies have them, in whatever order (RFC 6265 §5.1.1); nothing when it is none.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text);

}  // namespace zocalo::http
