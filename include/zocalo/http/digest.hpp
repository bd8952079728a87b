// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/http/challenge.hpp"

/// Proving that one knows a password without sending it: Digest (RFC 7616).
///
/// Everything here is a function of what it is given. digest_nonces.hpp is what a server remembers.
/// Without TLS it protects the password against those who listen only as well as its being hard to
/// guess does, and nothing else of the message.
namespace zocalo::http {

enum class digest_algorithm : std::uint8_t {
    md5,
    md5_sess,
    sha256,
    sha256_sess,
    sha512_256,
    sha512_256_sess,
};

/// "SHA-256-sess"
[[nodiscard]] std::string_view to_text(digest_algorithm which) noexcept;
/// Nothing for an unknown one. Upper and lower case are the same.
[[nodiscard]] std::optional<digest_algorithm> try_parse_algorithm(std::string_view text) noexcept;

/// What servers keep instead of a password: the hash of user, realm and password, in hexadecimal
/// digits. As good as the password in that realm.
[[nodiscard]] std::string digest_secret(digest_algorithm which, std::string_view user,
                                        std::string_view realm, std::string_view password);

// --- The client's side

/// The request that is to be sent, and what the client says beside.
struct digest_request {
    std::string_view method = "GET";
    std::string_view target = "/";  ///< exactly as it will be sent
    /// The whole of the content, for servers that want it proved; none: the request goes without.
    std::optional<std::string_view> content = {};
    /// How often this nonce was used, this time included. Each time it is one more.
    std::uint32_t count = 1;
    std::string_view client_nonce = {};  ///< random: make_client_nonce()
};

/// Whether it is a Digest challenge that answer_digest() has an answer to.
[[nodiscard]] bool can_answer_digest(const challenge& asked);

/// What proves the password to whoever asked.
///
/// `auth` is chosen before `auth-int`. Throws std::invalid_argument when it cannot be answered: the
/// algorithm or all of `qop` is unknown, realm or nonce is not there, or it wants proof of content
/// that was not given; and for control characters in the name.
[[nodiscard]] credentials answer_digest(const challenge& asked, const digest_request& request,
                                        std::string_view user, std::string_view password);

/// Whether the server knows the password, too: what its Authentication-Info says to the answer that
/// it was given. `content` is that of the response, for `auth-int`.
[[nodiscard]] bool server_knows(std::string_view authentication_info, const credentials& shown,
                                std::string_view secret, std::string_view content = {});

/// The one that proves most without sending a password; Basic when there is nothing else. Null when
/// there is neither.
[[nodiscard]] const challenge* strongest(std::span<const challenge> all);

/// 32 random digits.
[[nodiscard]] std::string make_client_nonce();

// --- The server's side

/// One challenge for each algorithm, the best first, as clients are to be asked.
struct digest_offer {
    std::string_view realm;
    std::string_view nonce;
    bool is_stale = false;  ///< the password was right, but the nonce too old
    /// MD5 is what Python and older programs know.
    std::vector<digest_algorithm> algorithms = {digest_algorithm::sha256, digest_algorithm::md5};
};
[[nodiscard]] std::vector<challenge> digest_challenges(const digest_offer& offer);

/// What a client says in its Authorization.
struct digest_claim {
    /// Nothing when it is not Digest, when something is missing, or when it is of a kind that is
    /// not offered: without qop (RFC 2069) or with a hashed name.
    static std::optional<digest_claim> try_parse(const credentials& shown);

    std::string user;
    std::string realm;   ///< compare it with the one that was offered
    std::string nonce;   ///< digest_nonces knows whether it is one
    std::string target;  ///< compare it with that of the request
    std::string response;
    std::string client_nonce;
    std::uint32_t count = 0;
    digest_algorithm algorithm = digest_algorithm::md5;
    bool proves_content = false;

    /// Whether the client knows the password that digest_secret() made `secret` of; in a time that
    /// does not tell how close it was. `content` is that of the request, for `proves_content`.
    [[nodiscard]] bool knows(std::string_view secret, std::string_view method,
                             std::string_view content = {}) const;
    /// The value of Authentication-Info by which the server proves that it knows it, too.
    [[nodiscard]] std::string answer(std::string_view secret, std::string_view content = {}) const;
};

}  // namespace zocalo::http
