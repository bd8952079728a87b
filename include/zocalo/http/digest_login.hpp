// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/http/digest.hpp"
#include "zocalo/http/digest_nonces.hpp"
#include "zocalo/http/server.hpp"

/// Asking for a password that is not sent (RFC 7616).
namespace zocalo::http {

struct digest_login_options {
    std::string realm = {};  ///< what the user is asked a password for
    /// The best first; MD5 is what Python and older programs know.
    std::vector<digest_algorithm> algorithms = {digest_algorithm::sha256, digest_algorithm::md5};
    digest_nonce_options nonces = {};
};

/// What is kept of a user's password in that realm: digest_secret(); nothing for somebody who is
/// not known.
using find_secret =
    std::function<std::optional<std::string>(std::string_view user, digest_algorithm which)>;

/// Lets somebody in who proves to know a password, and asks all others (401).
///
///     site.filters.push_back(http::ask_digest({.realm = "here"}, secret_of));
///
/// Each proof is taken once, for the target and the method that it was made for. A client whose
/// nonce is too old is given a new one (`stale`), and asks nobody. It is told in return that the
/// server knows the password, too (Authentication-Info). How long a refusal takes does not tell
/// whether there is such a user. What it does not offer: `auth-int`, and names that are hashed. For
/// passwords over plain HTTP it is better than ask_password(), and no more: nothing of what follows
/// is protected.
[[nodiscard]] filter ask_digest(const digest_login_options& options, find_secret secret_of);

}  // namespace zocalo::http
