// SPDX-License-Identifier: MIT
#include "tls/context_state.hpp"

#include <openssl/err.h>

#include <stdexcept>
#include <utility>

#include "tls/certificate_data.hpp"
#include "tls/connection.hpp"
#include "tls/fail.hpp"
#include "tls/staple.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::tls::detail {

namespace {

/// Forward secrecy and authenticated encryption, nothing else.
constexpr const char* safe_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL";

/// Bytes that the certificates of a peer may have.
constexpr long most_certificates = 100L * 1024;

void log_key(const SSL* of, const char* line) noexcept {
    connection& on = connection::of(of);
    try {
        on.state().key_log(line);
    } catch (...) {
        on.keep(std::current_exception());
    }
}

void choose_algorithms(SSL_CTX* context, const common_options& options) {
    SSL_CTX_set_min_proto_version(context, static_cast<int>(options.lowest));
    SSL_CTX_set_max_proto_version(context, static_cast<int>(options.highest));
    const char* const list = options.ciphers.empty() ? safe_ciphers : options.ciphers.c_str();
    if (SSL_CTX_set_cipher_list(context, list) != 1) {
        fail_with_reason("TLS ciphers " + quoted(list));
    }
    if (!options.groups.empty() && SSL_CTX_set1_groups_list(context, options.groups.c_str()) != 1) {
        fail_with_reason("TLS groups " + quoted(options.groups));
    }
}

/// A context of OpenSSL with our choice of everything.
context_ptr make_context(const SSL_METHOD* method, const common_options& options) {
    if (options.lowest > options.highest) {
        throw std::invalid_argument("TLS versions: the lowest is above the highest");
    }
    context_ptr made(SSL_CTX_new(method));
    if (made == nullptr) fail_with_reason("make a TLS context");
    SSL_CTX* const context = made.get();
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_clear_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_max_cert_list(context, most_certificates);
    SSL_CTX_set_max_early_data(context, 0);  // 0-RTT: see common_options::resume
    choose_algorithms(context, options);
    if (options.key_log) SSL_CTX_set_keylog_callback(context, log_key);
    return made;
}

}  // namespace

void prepare(context_state& state, const SSL_METHOD* method, const common_options& options) {
    state.alpn = options.alpn;
    state.truncation = options.truncation;
    state.limits = options.limits;
    state.key_log = options.key_log;
    state.context = make_context(method, options);
}

void use_credentials(SSL_CTX* context, const credentials& who) {
    if (who.empty()) return;
    const credentials_data& data = who.data();
    ERR_clear_error();
    if (SSL_CTX_use_cert_and_key(context, data.leaf.get(), data.key.get(), data.chain.get(), 1) !=
        1) {
        fail_with_reason("use the certificate of " + who.certificate().subject());
    }
}

void use_credentials(SSL* connection, const credentials& who) {
    const credentials_data& data = who.data();
    if (data.staple) show_staple(connection, *data.staple);
    ERR_clear_error();
    if (SSL_use_cert_and_key(connection, data.leaf.get(), data.key.get(), data.chain.get(), 1) !=
        1) {
        fail_with_reason("use the certificate of " + who.certificate().subject());
    }
}

/// RFC 7301 §3.1: opaque ProtocolName<1..2^8-1>; ProtocolName protocol_name_list<2..2^16-1>
std::string alpn_list(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        if (name.empty() || name.size() > 255) {
            throw std::invalid_argument("application protocol " + quoted(name) +
                                        ": 1 to 255 bytes");
        }
        list += static_cast<char>(name.size());
        list += name;
    }
    if (list.size() > 65535) throw std::invalid_argument("application protocols: too many");
    return list;
}

}  // namespace zocalo::tls::detail
