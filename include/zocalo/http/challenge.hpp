// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/http/parameters.hpp"

/// Who are you? WWW-Authenticate and Authorization, their likes for proxies, and the schemes Basic
/// (RFC 7617) and Bearer (RFC 6750). Digest is in digest.hpp.
namespace zocalo::http {

/// What a server wants to see: `Basic realm="here"`, or `Negotiate YII=` (RFC 9110 §11.3).
struct challenge {
    std::string scheme = {};  ///< compare with is(): upper and lower case are the same
    std::string token = {};   ///< what some schemes have instead of parameters
    http::parameters parameters = {};

    /// More of them in one field are refused.
    static constexpr std::size_t most = 16;

    /// All challenges of a response: the fields of that name as one list (fields::joined()).
    ///
    /// Nothing when it breaks the grammar. An empty text is an empty list.
    static std::optional<std::vector<challenge>> try_parse_all(std::string_view text);

    [[nodiscard]] bool is(std::string_view other) const noexcept;
    /// What the user is asked a password for; empty when nothing is said.
    [[nodiscard]] std::string_view realm() const noexcept;
    /// Throws std::invalid_argument for a scheme or a token that is none, and for both a token and
    /// parameters.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const challenge&, const challenge&) = default;
};

/// What a client shows: `Basic YTpi` (RFC 9110 §11.4). A secret, more often than not.
struct credentials {
    std::string scheme = {};
    std::string token = {};
    http::parameters parameters = {};

    /// The value of an Authorization field; nothing when it is none.
    static std::optional<credentials> try_parse(std::string_view text);

    [[nodiscard]] bool is(std::string_view other) const noexcept;
    /// Throws as challenge::to_string() does.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const credentials&, const credentials&) = default;
};

/// Asks for a name and a password in UTF-8.
[[nodiscard]] challenge basic_challenge(std::string_view realm);

/// A name and a password for anybody who listens: only over TLS.
///
/// Throws std::invalid_argument for a colon in the name and for control characters in either.
[[nodiscard]] credentials basic_credentials(std::string_view user, std::string_view password);

struct user_and_password {
    std::string user;
    std::string password;
};
/// What basic_credentials() was given; nothing for another scheme, and for what it would refuse.
[[nodiscard]] std::optional<user_and_password> read_basic(const credentials& shown);

/// A token that is as good as a password. Throws std::invalid_argument for what is no token.
[[nodiscard]] credentials bearer_credentials(std::string_view token);

}  // namespace zocalo::http
