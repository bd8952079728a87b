// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "core/ascii.hpp"
#include "net/fail.hpp"
#include "tls/connection.hpp"
#include "tls/context_state.hpp"
#include "tls/fail.hpp"
#include "tls/staple.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/tls/stream.hpp"

namespace zocalo::tls {

namespace detail {

tls::credentials server_state::find(std::string_view name) const {
    if (find_credentials) {
        tls::credentials found = find_credentials(name);
        if (!found.empty()) return found;
    }
    if (const auto exact = by_name.find(name); exact != by_name.end()) return exact->second;
    if (const std::size_t dot = name.find('.'); dot != std::string_view::npos) {
        const auto wild = by_name.find("*" + std::string(name.substr(dot)));
        if (wild != by_name.end()) return wild->second;
    }
    return credentials;
}

}  // namespace detail

namespace {

using namespace detail;

/// What a client is given at once; more would be a flood to ours.
constexpr std::size_t most_tickets = 16;

const server_state& server_of(const connection& on) noexcept {
    return static_cast<const server_state&>(on.state());
}

/// What OpenSSL calls when it knows whom the client wants to speak with.
int greet_client(SSL* of, int* alert, void* /*unused*/) noexcept {
    connection& on = connection::of(of);
    try {
        const char* const given = SSL_get_servername(of, TLSEXT_NAMETYPE_host_name);
        const std::string name = given == nullptr ? "" : lower(given);
        const tls::credentials found = server_of(on).find(name);
        if (!found.empty()) {
            use_credentials(of, found);
            return SSL_TLSEXT_ERR_OK;
        }
        on.refuse(make_error_code(errc::nothing_in_common),
                  name.empty() ? "the client names no host"
                               : "the client wants " + quoted(name) + ", for which there is no " +
                                     "certificate here");
    } catch (...) {
        on.keep(std::current_exception());
    }
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// "h2, http/1.1" of a list as it goes over the wire.
std::string readable(std::string_view list) {
    std::string text;
    while (!list.empty()) {
        const auto size = static_cast<unsigned char>(list.front());
        if (!text.empty()) text += ", ";
        text += escaped(list.substr(1, size), 32);
        list.remove_prefix(std::min(list.size(), std::size_t{size} + 1));
    }
    return text;
}

/// RFC 7301 §3.2: the server's order decides, and with nothing in common the handshake ends.
int choose_alpn(SSL* of, const unsigned char** chosen, unsigned char* chosen_size,
                const unsigned char* offered, unsigned offered_size, void* /*unused*/) noexcept {
    connection& on = connection::of(of);
    try {
        const std::string ours = alpn_list(on.state().alpn);
        unsigned char* found = nullptr;
        if (SSL_select_next_proto(&found, chosen_size,
                                  reinterpret_cast<const unsigned char*>(ours.data()),
                                  static_cast<unsigned>(ours.size()), offered,
                                  offered_size) == OPENSSL_NPN_NEGOTIATED) {
            // It stands in our list, which does not outlive this; the client's has it, too.
            const std::string_view name(reinterpret_cast<const char*>(found), *chosen_size);
            const std::string_view all(reinterpret_cast<const char*>(offered), offered_size);
            for (std::size_t at = 0; at < all.size();) {
                const auto size = static_cast<unsigned char>(all[at]);
                if (all.substr(at + 1, size) == name) *chosen = offered + at + 1;
                at += std::size_t{size} + 1;
            }
            return SSL_TLSEXT_ERR_OK;
        }
        on.refuse(make_error_code(errc::nothing_in_common),
                  "the client speaks " +
                      readable({reinterpret_cast<const char*>(offered), offered_size}) +
                      " and we speak " + readable(ours));
    } catch (...) {
        on.keep(std::current_exception());
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void ask_for_certificates(SSL_CTX* context, const server_options& options) {
    const bool trusts_nobody = options.trust.names_nothing() && !options.trust.system_too;
    if (options.client_certificates == client_certificates::not_asked) {
        if (trusts_nobody) return;
        throw std::invalid_argument(
            "TLS server: somebody is trusted to issue client certificates, and none are asked for");
    }
    if (trusts_nobody) {
        throw std::invalid_argument(
            "TLS server: client certificates are asked for, and nobody is trusted to issue them");
    }
    use_trust(context, options.trust, true);
    const bool required = options.client_certificates == client_certificates::required;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       nullptr);
    SSL_CTX_set_cert_verify_callback(context, judge_chain, nullptr);
}

/// What OpenSSL calls to seal and to open the sessions that clients keep for us.
int use_ticket_key(SSL* of, unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, int seals) noexcept {
    connection& on = connection::of(of);
    try {
        ticket_keys& keys = server_of(on).tickets;
        if (seals == 1) return keys.seal(name, vector, cipher, mac) ? 1 : -1;
        switch (keys.open(name, vector, cipher, mac)) {
            case ticket_keys::opened::not_ours:
                return 0;
            case ticket_keys::opened::with_current:
                // In TLS 1.3 a session is gone on with once, so that nobody sees that two
                // connections belong together: there is always a new one.
                return SSL_version(of) >= TLS1_3_VERSION ? 2 : 1;
            case ticket_keys::opened::with_previous:
                return 2;
            case ticket_keys::opened::failed:
                break;
        }
    } catch (...) {
        on.keep(std::current_exception());
    }
    return -1;
}

void give_sessions(SSL_CTX* context, const server_options& options) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    const bool asks = options.client_certificates != client_certificates::not_asked;
    if (!options.resume || asks) {
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(context, 0);
        return;
    }
    SSL_CTX_set_num_tickets(context, options.session_tickets);
    SSL_CTX_set_timeout(context, static_cast<long>(options.session_lifetime.count()));
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, use_ticket_key);
}

void check(const server_options& options) {
    if (options.credentials.empty() && options.by_name.empty() && !options.find_credentials) {
        throw std::invalid_argument("TLS server: no certificate is given");
    }
    if (options.session_tickets > most_tickets) {
        throw std::invalid_argument(
            "TLS session tickets: " + std::to_string(options.session_tickets) + ", more than " +
            std::to_string(most_tickets));
    }
}

std::shared_ptr<const server_state> make_state(const server_options& options) {
    check(options);
    auto state = std::make_shared<server_state>(options.session_lifetime);
    prepare(*state, TLS_server_method(), options);
    state->credentials = options.credentials;
    for (const auto& [name, who] : options.by_name)
        state->by_name.emplace(lower(name), who);
    state->find_credentials = options.find_credentials;
    SSL_CTX* const context = state->context.get();
    ask_for_certificates(context, options);
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_tlsext_servername_callback(context, greet_client);
    if (!state->alpn.empty()) {
        static_cast<void>(alpn_list(state->alpn));  // throws when it cannot be sent
        SSL_CTX_set_alpn_select_cb(context, choose_alpn, nullptr);
    }
    SSL_CTX_set_tlsext_status_cb(context, has_staple);
    give_sessions(context, options);
    return state;
}

}  // namespace

server_context::server_context(const server_options& options)
    : slot_(std::make_shared<server_slot>(make_state(options))) {}

void server_context::replace(const server_options& options) const {
    slot_->set(make_state(options));
}

io::task<io::stream> accept(io::stream below, server_context context) {
    if (!below.is_open()) net::fail("TLS handshake", -EBADF);
    auto made = std::make_unique<connection>(std::move(below), context.slot().get(), "");
    SSL_set_accept_state(made->ssl());
    co_await made->handshake();
    co_return io::stream(std::move(made));
}

}  // namespace zocalo::tls
