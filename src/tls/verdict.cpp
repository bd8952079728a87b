// SPDX-License-Identifier: MIT
// OpenSSL judges; what is said about its verdict is ours.
#include <algorithm>
#include <utility>

#include "tls/certificate_data.hpp"
#include "tls/connection.hpp"
#include "tls/context_state.hpp"
#include "tls/fail.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/tls/known_keys.hpp"

namespace zocalo::tls::detail {

namespace {

/// "a.example, b.example and 3 more": a certificate may have thousands.
std::string list_of(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 8;
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), shown); ++i) {
        if (i > 0) list += ", ";
        list += escaped(names[i]);
    }
    if (names.size() > shown) list += " and " + std::to_string(names.size() - shown) + " more";
    return list.empty() ? "nobody" : list;
}

std::string name_mismatch(const certificate& shown, const std::string& wanted) {
    std::vector<std::string> names = shown.names();
    for (std::string& address : shown.addresses())
        names.push_back(std::move(address));
    return "the certificate is for " + list_of(names) + " and not for " + escaped(wanted);
}

bool is_pinned(const context_state& state, X509* leaf) {
    if (state.pinned_keys.empty()) return true;
    const std::string pin = key_pin_of(leaf);
    return std::find(state.pinned_keys.begin(), state.pinned_keys.end(), pin) !=
           state.pinned_keys.end();
}

/// Whether it has shown another one before.
bool has_new_key(const connection& on, X509* leaf) {
    if (on.state().known_keys == nullptr) return false;
    const auto known = on.state().known_keys->find(on.host(), on.service_port());
    return known && *known != key_pin_of(leaf);
}

/// X509_V_OK, or why not, as X509_STORE_CTX_get_error() says it.
int verdict_on(X509_STORE_CTX* walk, const connection& on) {
    const context_state& state = on.state();
    if (state.verify == verify::everything && X509_verify_cert(walk) != 1) {
        const int error = X509_STORE_CTX_get_error(walk);
        return error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error;
    }
    if (!is_pinned(state, X509_STORE_CTX_get0_cert(walk))) {
        return X509_V_ERR_APPLICATION_VERIFICATION;
    }
    if (has_new_key(on, X509_STORE_CTX_get0_cert(walk))) return X509_V_ERR_CERT_REJECTED;
    return X509_V_OK;
}

}  // namespace

std::string explain_refusal(X509_STORE_CTX* walk, const std::string& wanted_host) {
    const certificate leaf = share(X509_STORE_CTX_get0_cert(walk));
    certificate at = share(X509_STORE_CTX_get_current_cert(walk));
    if (at.empty()) at = leaf;
    const std::string subject = quoted(at.subject());
    switch (X509_STORE_CTX_get_error(walk)) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "the certificate of " + subject + " expired on " + date_text(at.not_after());
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "the certificate of " + subject + " is good from " + date_text(at.not_before()) +
                   " on";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return name_mismatch(leaf, wanted_host);
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return subject + " vouches for itself only, and is not among the trusted authorities";
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return "the authority " + subject + " is not among the trusted ones";
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "who issued the certificate of " + subject +
                   " is not known here: " + quoted(at.issuer()) +
                   " is not trusted, nor did the peer send it";
        case X509_V_ERR_CERT_REVOKED:
            return "the certificate of " + subject + " was revoked (serial number " + at.serial() +
                   ")";
        case X509_V_ERR_UNABLE_TO_GET_CRL:
            return "no revocation list of " + quoted(at.issuer()) + " is here";
        case X509_V_ERR_APPLICATION_VERIFICATION:
            return "its key " + leaf.key_pin() + " is none of the pinned ones";
        case X509_V_ERR_CERT_REJECTED:
            return "its key " + leaf.key_pin() +
                   " is not the one that it has shown before: somebody is in between, or it has a "
                   "new one";
        default:
            return "the certificate of " + subject;
    }
}

int judge_chain(X509_STORE_CTX* walk, void* /*unused*/) noexcept {
    const auto* const ssl = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(walk, SSL_get_ex_data_X509_STORE_CTX_idx()));
    connection& on = connection::of(ssl);
    try {
        const int error = verdict_on(walk, on);
        X509_STORE_CTX_set_error(walk, error);
        if (error == X509_V_OK) return 1;
        on.refuse(refusal(error), explain_refusal(walk, on.host()));
    } catch (...) {
        X509_STORE_CTX_set_error(walk, X509_V_ERR_UNSPECIFIED);
        on.keep(std::current_exception());
    }
    return 0;
}

bool is_still_good(SSL* with) {
    const connection& on = connection::of(with);
    STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(with);
    if (sk_X509_num(chain) < 1) return false;
    const store_walk_ptr walk(X509_STORE_CTX_new());
    X509_STORE* const store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(with));
    if (walk == nullptr ||
        X509_STORE_CTX_init(walk.get(), store, sk_X509_value(chain, 0), chain) != 1 ||
        X509_STORE_CTX_set_default(walk.get(), "ssl_server") != 1) {
        return false;
    }
    X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(walk.get());
    X509_VERIFY_PARAM_set_auth_level(rules, SSL_get_security_level(with));
    return X509_VERIFY_PARAM_set1(rules, SSL_get0_param(with)) == 1 &&
           verdict_on(walk.get(), on) == X509_V_OK;
}

}  // namespace zocalo::tls::detail
