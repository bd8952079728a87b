// SPDX-License-Identifier: MIT
#include "zocalo/http/digest.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/lists.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/tls/hash.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

constexpr std::array<std::string_view, 6> names{"MD5",          "MD5-sess",    "SHA-256",
                                                "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"};

bool is_session(digest_algorithm which) noexcept {
    return static_cast<unsigned>(which) % 2 == 1;
}

tls::hash hash_of(digest_algorithm which) noexcept {
    constexpr std::array<tls::hash, 3> hashes{tls::hash::md5, tls::hash::sha256,
                                              tls::hash::sha512_256};
    return hashes[static_cast<unsigned>(which) / 2];
}

std::string in_hex(digest_algorithm which, std::string_view text) {
    return tls::hex(tls::digest(hash_of(which), text));
}

std::string with_colons(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view& part : parts) {
        if (&part != parts.begin()) text += ':';
        text += part;
    }
    return text;
}

/// Everything that a response is made of (RFC 7616 §3.4.1).
struct proof {
    digest_algorithm algorithm = digest_algorithm::md5;
    std::string_view secret = {};  ///< H(user:realm:password)
    std::string_view nonce = {};
    std::string_view client_nonce = {};
    std::string_view count = {};
    std::string_view qop = {};     ///< empty: as in RFC 2069
    std::string_view method = {};  ///< empty: the server's own proof
    std::string_view target = {};
    std::string_view content = {};

    [[nodiscard]] std::string text() const {
        const std::string first =
            is_session(algorithm) ? in_hex(algorithm, with_colons({secret, nonce, client_nonce}))
                                  : std::string(secret);
        std::string second = with_colons({method, target});
        if (qop == "auth-int") second = with_colons({second, in_hex(algorithm, content)});
        second = in_hex(algorithm, second);
        if (qop.empty()) return in_hex(algorithm, with_colons({first, nonce, second}));
        return in_hex(algorithm, with_colons({first, nonce, count, client_nonce, qop, second}));
    }
};

std::string count_text(std::uint32_t count) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%08x", static_cast<unsigned>(count));
    return text.data();
}

std::optional<digest_algorithm> algorithm_of(const http::parameters& from) noexcept {
    return try_parse_algorithm(from.find("algorithm").value_or("MD5"));
}

/// The quality of protection; nothing when there is one, but none that can be had.
std::optional<std::string_view> choose_qop(const http::parameters& from, bool has_content) {
    const auto offered = from.find("qop");
    if (!offered) return "";
    if (detail::has_member(*offered, "auth")) return "auth";
    if (has_content && detail::has_member(*offered, "auth-int")) return "auth-int";
    return std::nullopt;
}

bool is_true(const http::parameters& from, std::string_view name) noexcept {
    return same_name(from.find(name).value_or(""), "true");
}

bool is_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// username, username* or the hash of it, whatever the server can read.
void set_user(http::parameters& into, const challenge& asked, digest_algorithm which,
              std::string_view user) {
    if (is_true(asked.parameters, "userhash")) {
        into.set("username", in_hex(which, with_colons({user, asked.realm()})));
        into.set("userhash", "true");
    } else if (!is_ascii(user) &&
               same_name(asked.parameters.find("charset").value_or(""), "UTF-8")) {
        into.set("username*", "UTF-8''" + url::quote(user, ""));
    } else {
        into.set("username", user);
    }
}

/// What the credentials say beside their response, with a method or without.
std::optional<proof> read_proof(const http::parameters& from) {
    const auto algorithm = algorithm_of(from);
    const auto nonce = from.find("nonce");
    const auto target = from.find("uri");
    if (!algorithm || !nonce || !target) return std::nullopt;
    return proof{.algorithm = *algorithm,
                 .nonce = *nonce,
                 .client_nonce = from.find("cnonce").value_or(""),
                 .count = from.find("nc").value_or(""),
                 .qop = from.find("qop").value_or(""),
                 .target = *target};
}

}  // namespace

std::string_view to_text(digest_algorithm which) noexcept {
    return names[static_cast<unsigned>(which)];
}

std::optional<digest_algorithm> try_parse_algorithm(std::string_view text) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (same_name(names[i], text)) return static_cast<digest_algorithm>(i);
    }
    return std::nullopt;
}

std::string digest_secret(digest_algorithm which, std::string_view user, std::string_view realm,
                          std::string_view password) {
    return in_hex(which, with_colons({user, realm, password}));
}

bool can_answer_digest(const challenge& asked) {
    return asked.is("Digest") && algorithm_of(asked.parameters) &&
           choose_qop(asked.parameters, true) && asked.parameters.find("nonce") &&
           asked.parameters.find("realm");
}

credentials answer_digest(const challenge& asked, const digest_request& request,
                          std::string_view user, std::string_view password) {
    const auto qop = choose_qop(asked.parameters, request.content.has_value());
    if (!can_answer_digest(asked) || !qop)
        throw std::invalid_argument("a challenge that cannot be answered");
    const digest_algorithm which = *algorithm_of(asked.parameters);
    const std::string secret = digest_secret(which, user, asked.realm(), password);
    const std::string count = count_text(request.count);
    const proof made{.algorithm = which,
                     .secret = secret,
                     .nonce = *asked.parameters.find("nonce"),
                     .client_nonce = request.client_nonce,
                     .count = count,
                     .qop = *qop,
                     .method = request.method,
                     .target = request.target,
                     .content = request.content.value_or("")};
    credentials shown{.scheme = "Digest"};
    set_user(shown.parameters, asked, which, user);
    shown.parameters.set("realm", asked.realm())
        .set("nonce", made.nonce)
        .set("uri", request.target)
        .set("response", made.text());
    if (asked.parameters.find("algorithm")) shown.parameters.set("algorithm", to_text(which));
    if (!qop->empty()) shown.parameters.set("qop", *qop).set("nc", count);
    if (!qop->empty() || is_session(which)) shown.parameters.set("cnonce", request.client_nonce);
    if (const auto opaque = asked.parameters.find("opaque"))
        shown.parameters.set("opaque", *opaque);
    return shown;
}

bool server_knows(std::string_view authentication_info, const credentials& shown,
                  std::string_view secret, std::string_view content) {
    // The same grammar as that of a challenge behind its scheme.
    const auto read = credentials::try_parse("Digest " + std::string(authentication_info));
    auto expected = read_proof(shown.parameters);
    if (!read || !expected) return false;
    expected->secret = secret;
    expected->content = content;
    return tls::is_same_secret(read->parameters.find("rspauth").value_or(""), expected->text());
}

const challenge* strongest(std::span<const challenge> all) {
    const challenge* best = nullptr;
    int strength = 0;
    for (const challenge& each : all) {
        int here = each.is("Basic") ? 1 : 0;
        if (can_answer_digest(each)) here = 2 + static_cast<int>(*algorithm_of(each.parameters));
        if (here <= strength) continue;
        strength = here;
        best = &each;
    }
    return best;
}

std::string make_client_nonce() {
    return tls::hex(tls::random_bytes(16));
}

std::vector<challenge> digest_challenges(const digest_offer& offer) {
    std::vector<challenge> all;
    for (const digest_algorithm which : offer.algorithms) {
        challenge next{.scheme = "Digest"};
        next.parameters.set("realm", offer.realm)
            .set("qop", "auth")
            .set("algorithm", to_text(which))
            .set("nonce", offer.nonce)
            .set("charset", "UTF-8");
        if (offer.is_stale) next.parameters.set("stale", "true");
        all.push_back(std::move(next));
    }
    return all;
}

std::optional<digest_claim> digest_claim::try_parse(const credentials& shown) {
    const http::parameters& from = shown.parameters;
    const auto proof = read_proof(from);
    if (!shown.is("Digest") || !proof || is_true(from, "userhash")) return std::nullopt;
    const bool is_auth = same_name(proof->qop, "auth");
    if (!is_auth && !same_name(proof->qop, "auth-int")) return std::nullopt;
    const auto count = from_digits<std::uint32_t>(proof->count, 16);
    if (!count || *count == 0 || proof->count.size() != 8 || proof->client_nonce.empty())
        return std::nullopt;
    std::optional<std::string> user;
    if (const auto plain = from.find("username")) user = *plain;
    if (const auto coded = from.find("username*")) {
        if (user || !same_name(coded->substr(0, 7), "UTF-8''")) return std::nullopt;
        user = url::try_unquote(coded->substr(7));
    }
    const auto realm = from.find("realm");
    const auto response = from.find("response");
    if (!user || !realm || !response) return std::nullopt;
    return digest_claim{.user = *std::move(user),
                        .realm = std::string(*realm),
                        .nonce = std::string(proof->nonce),
                        .target = std::string(proof->target),
                        .response = std::string(*response),
                        .client_nonce = std::string(proof->client_nonce),
                        .count = *count,
                        .algorithm = proof->algorithm,
                        .proves_content = !is_auth};
}

namespace {

std::string expected_of(const digest_claim& claim, std::string_view secret, std::string_view method,
                        std::string_view content) {
    const std::string count = count_text(claim.count);
    const proof expected{.algorithm = claim.algorithm,
                         .secret = secret,
                         .nonce = claim.nonce,
                         .client_nonce = claim.client_nonce,
                         .count = count,
                         .qop = claim.proves_content ? "auth-int" : "auth",
                         .method = method,
                         .target = claim.target,
                         .content = content};
    return expected.text();
}

}  // namespace

bool digest_claim::knows(std::string_view secret, std::string_view method,
                         std::string_view content) const {
    if (method.empty()) return false;
    return tls::is_same_secret(lower(response), expected_of(*this, secret, method, content));
}

std::string digest_claim::answer(std::string_view secret, std::string_view content) const {
    std::string text = "qop=";
    text += proves_content ? "auth-int" : "auth";
    text += ", rspauth=\"" + expected_of(*this, secret, "", content);
    text += "\", cnonce=" + quoted_string(client_nonce);
    return text += ", nc=" + count_text(count);
}

}  // namespace zocalo::http
