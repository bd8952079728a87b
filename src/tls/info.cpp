// SPDX-License-Identifier: MIT
#include "zocalo/tls/info.hpp"

#include <openssl/objects.h>

#include <stdexcept>

#include "tls/certificate_data.hpp"
#include "tls/connection.hpp"
#include "tls/fail.hpp"
#include "zocalo/tls/stream.hpp"

namespace zocalo::tls {

namespace {

using namespace detail;

const connection& tls_of(const io::stream& secured) {
    const connection* const on = connection_of(secured);
    if (on == nullptr) throw std::invalid_argument("this is no TLS stream");
    return *on;
}

std::string agreed_alpn(const SSL* ssl) {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

info info_of(const connection& on) {
    SSL* const ssl = on.ssl();
    info agreed;
    agreed.version = static_cast<version>(SSL_version(ssl));
    agreed.cipher = SSL_get_cipher_name(ssl);
    agreed.alpn = agreed_alpn(ssl);
    const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (name != nullptr) agreed.server_name = name;
    agreed.resumed = SSL_session_reused(ssl) == 1;
    agreed.certificate = share(SSL_get0_peer_certificate(ssl));
    agreed.verified = on.state().verify == verify::everything && !agreed.certificate.empty();
    agreed.stapled = on.has_good_staple();
    agreed.chain = share_all(SSL_get_peer_cert_chain(ssl));
    // A server does not find the client's own certificate in the chain.
    if (SSL_is_server(ssl) == 1 && !agreed.certificate.empty()) {
        agreed.chain.insert(agreed.chain.begin(), agreed.certificate);
    }
    return agreed;
}

/// RFC 9266: no context, 32 bytes, and TLS 1.2 with an extended master secret only (RFC 7627).
std::string exported(const connection& on) {
    if (SSL_version(on.ssl()) < TLS1_3_VERSION && SSL_get_extms_support(on.ssl()) != 1) {
        throw std::system_error(make_error_code(errc::unusable),
                                "tls-exporter: TLS 1.2 without an extended master secret");
    }
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    std::string binding(32, '\0');
    if (SSL_export_keying_material(on.ssl(), reinterpret_cast<unsigned char*>(binding.data()),
                                   binding.size(), label.data(), label.size(), nullptr, 0,
                                   1) != 1) {
        fail_with_reason("tls-exporter");
    }
    return binding;
}

/// RFC 5929 §4.1: the hash of the certificate's signature, but SHA-256 instead of MD5 and SHA-1.
const EVP_MD* end_point_hash(X509* x509) {
    int hash = NID_undef;
    if (X509_get_signature_info(x509, &hash, nullptr, nullptr, nullptr) != 1 || hash == NID_undef) {
        throw std::system_error(make_error_code(errc::unusable),
                                "tls-server-end-point: the certificate's signature has no hash");
    }
    if (hash == NID_md5 || hash == NID_sha1) return EVP_sha256();
    return EVP_get_digestbynid(hash);
}

std::string end_point(const connection& on) {
    X509* const x509 = SSL_is_server(on.ssl()) == 1 ? SSL_get_certificate(on.ssl())
                                                    : SSL_get0_peer_certificate(on.ssl());
    std::string binding(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (x509 == nullptr ||
        X509_digest(x509, end_point_hash(x509), reinterpret_cast<unsigned char*>(binding.data()),
                    &size) != 1) {
        fail_with_reason("tls-server-end-point");
    }
    binding.resize(size);
    return binding;
}

}  // namespace

std::optional<info> try_get_info(const io::stream& secured) {
    const connection* const on = connection_of(secured);
    if (on == nullptr) return std::nullopt;
    return info_of(*on);
}

info get_info(const io::stream& secured) {
    return info_of(tls_of(secured));
}

std::string get_alpn(const io::stream& secured) {
    const connection* const on = connection_of(secured);
    return on == nullptr ? std::string() : agreed_alpn(on->ssl());
}

io::task<certificate> get_server_certificate(io::stream below, std::string host) {
    client_options options;
    options.verify = verify::dangerously_nothing;  // nothing is sent, and nothing believed
    options.resume = false;
    const client_context context(options);
    const io::stream looked_at = co_await connect(std::move(below), context, std::move(host));
    co_return get_info(looked_at).certificate;
}

std::string get_channel_binding(const io::stream& secured, channel_binding kind) {
    const connection& on = tls_of(secured);
    return kind == channel_binding::exporter ? exported(on) : end_point(on);
}

}  // namespace zocalo::tls
