// SPDX-License-Identifier: MIT
#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "net/fail.hpp"
#include "tls/certificate_data.hpp"
#include "tls/connection.hpp"
#include "tls/context_state.hpp"
#include "tls/fail.hpp"
#include "tls/host_name.hpp"
#include "tls/staple.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/tls/known_keys.hpp"
#include "zocalo/tls/stream.hpp"

namespace zocalo::tls {

namespace {

using namespace detail;

const client_state& client_of(const connection& on) noexcept {
    return static_cast<const client_state&>(on.state());
}

/// Sessions are those of one service: the same host may show other certificates on other ports, and
/// who offers other protocols than the context may be let go on by somebody else.
std::string service_of(const connection& on) {
    std::string name = on.host() + ' ';
    if (on.port() != 0) return name + std::to_string(on.port()) + on.offers();
    const net::endpoint peer = on.peer_endpoint();
    const bool has_port = peer.family() == net::family::inet || peer.family() == net::family::inet6;
    name += has_port ? std::to_string(peer.port()) : peer.to_string();
    return name + on.offers();
}

/// What OpenSSL calls with a session that can be gone on with. 1: it is ours now.
int remember_session(SSL* of, SSL_SESSION* session) noexcept {
    connection& on = connection::of(of);
    try {
        client_of(on).sessions.put(service_of(on), session_ptr(session));
    } catch (...) {
        on.keep(std::current_exception());
    }
    return 1;
}

/// What is asked for and would not be done is refused: the caller believes that it is.
void refuse_contradictions(const client_options& options) {
    if (options.verify == verify::everything) return;
    if (options.verify == verify::first_use && options.known_keys == nullptr) {
        throw std::invalid_argument("TLS client: trust on first use, and no known_keys");
    }
    if (options.stapling == stapling::required) {
        throw std::invalid_argument(
            "TLS client: an OCSP answer is required, and no chain is to be verified");
    }
    const tls::trust& whom = options.trust;
    if (!whom.names_nothing() || whom.system_too || whom.strict || !whom.revocation_lists.empty() ||
        whom.revocation_of_authorities) {
        throw std::invalid_argument(
            "TLS client: it is said whom to trust, and no chain is to be verified");
    }
}

std::shared_ptr<const client_state> make_state(const client_options& options) {
    refuse_contradictions(options);
    auto state = std::make_shared<client_state>();
    prepare(*state, TLS_client_method(), options);
    state->verify = options.verify;
    state->stapling = options.stapling;
    state->pinned_keys = options.pinned_keys;
    state->known_keys = options.known_keys;
    state->resume = options.resume;
    SSL_CTX* const context = state->context.get();
    use_credentials(context, options.credentials);
    if (options.verify == verify::everything) {
        use_trust(context, options.trust, false);
        SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
        SSL_CTX_set_tlsext_status_cb(context, judge_staple);
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, judge_chain, nullptr);
    const std::string protocols = alpn_list(options.alpn);
    if (!protocols.empty() &&
        SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(protocols.data()),
                                static_cast<unsigned>(protocols.size())) != 0) {
        fail_with_reason("set application protocols");
    }
    SSL_CTX_set_session_cache_mode(context, options.resume
                                                ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL
                                                : SSL_SESS_CACHE_OFF);
    if (options.resume) SSL_CTX_sess_set_new_cb(context, remember_session);
    if (!options.credentials.empty()) {
        client_options nobody = options;
        nobody.credentials = {};
        state->without_credentials = make_state(nobody);
    }
    return state;
}

/// An IP address is not named to servers (RFC 6066 §3).
void expect_name(SSL* ssl, std::string_view host) {
    X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(
        rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (const auto ip = net::address::try_parse(host)) {
        const std::string plain = ip->with_scope(0).to_string();
        if (X509_VERIFY_PARAM_set1_ip_asc(rules, plain.c_str()) != 1) {
            fail_with_reason("expect the address " + plain);
        }
        return;
    }
    const std::string name = plain_host_name(host);
    if (X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size()) != 1 ||
        SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) {
        fail_with_reason("expect the host " + quoted(host));
    }
}

void offer_session(connection& on) {
    const client_state& state = client_of(on);
    if (!state.resume) return;
    const session_ptr session = state.sessions.take(service_of(on));
    if (session == nullptr) return;
    if (SSL_set_session(on.ssl(), session.get()) != 1 || !is_still_good(on.ssl())) {
        SSL_set_session(on.ssl(), nullptr);
    }
    ERR_clear_error();
}

/// After the handshake, in which it has proved that the key is its own.
io::task<> remember_key(connection& of) {
    const std::shared_ptr<known_keys> all = of.state().known_keys;
    const bool is_known = all->find(of.host(), of.service_port()).has_value();
    if (is_known) co_return;  // and the right one
    const std::string shown = key_pin_of(SSL_get0_peer_certificate(of.ssl()));
    const auto learn = [all, shown, host = of.host(), port = of.service_port()] {
        return all->learn(host, port, shown);
    };
    const std::string known = co_await io::spawn_blocking(learn);
    if (known == shown) co_return;
    throw std::system_error(refusal(X509_V_ERR_CERT_REJECTED),
                            "TLS handshake with " + escaped(of.host()) +
                                ": it has shown another key to somebody else just now");
}

}  // namespace

client_context::client_context(const client_options& options) : state_(make_state(options)) {}

client_context::client_context(std::shared_ptr<const client_state> state) noexcept
    : state_(std::move(state)) {}

client_context client_context::without_credentials() const {
    const auto& bare = state_->without_credentials;
    return bare == nullptr ? *this : client_context(bare);
}

const std::vector<std::string>& client_context::alpn() const noexcept {
    return state_->alpn;
}

io::task<io::stream> connect(io::stream below, client_context context, std::string host,
                             std::uint16_t port, std::vector<std::string> alpn) {
    if (!below.is_open()) net::fail("TLS handshake", -EBADF);
    if (host.empty() && (context.state()->verify != verify::dangerously_nothing ||
                         context.state()->known_keys != nullptr)) {
        throw std::invalid_argument("TLS host: empty, so there is nobody to expect");
    }
    auto made = std::make_unique<connection>(std::move(below), context.state(), host, port);
    SSL_set_connect_state(made->ssl());
    if (!alpn.empty()) made->offer(alpn_list(alpn));
    if (!host.empty()) {
        expect_name(made->ssl(), host);
        offer_session(*made);
    }
    co_await made->handshake();
    if (made->state().known_keys != nullptr) co_await remember_key(*made);
    co_return io::stream(std::move(made));
}

}  // namespace zocalo::tls
