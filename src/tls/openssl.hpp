// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "zocalo/core/buffer.hpp"

/// OpenSSL's objects with owners.
namespace zocalo::tls::detail {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

inline void free_certificates(STACK_OF(X509) * all) noexcept {
    sk_X509_pop_free(all, X509_free);
}
inline void free_names(GENERAL_NAMES* all) noexcept {
    GENERAL_NAMES_free(all);
}
inline void free_text(char* text) noexcept {
    OPENSSL_free(text);
}
inline void free_bytes(unsigned char* bytes) noexcept {
    OPENSSL_free(bytes);
}

using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;
using bio_method_ptr = std::unique_ptr<BIO_METHOD, freed_by<BIO_meth_free>>;
using context_ptr = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using connection_ptr = std::unique_ptr<SSL, freed_by<SSL_free>>;
using session_ptr = std::unique_ptr<SSL_SESSION, freed_by<SSL_SESSION_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using crl_ptr = std::unique_ptr<X509_CRL, freed_by<X509_CRL_free>>;
using chain_ptr = std::unique_ptr<STACK_OF(X509), freed_by<free_certificates>>;
using names_ptr = std::unique_ptr<GENERAL_NAMES, freed_by<free_names>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using store_walk_ptr = std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;
using big_number_ptr = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using text_ptr = std::unique_ptr<char, freed_by<free_text>>;
using ocsp_response_ptr = std::unique_ptr<OCSP_RESPONSE, freed_by<OCSP_RESPONSE_free>>;
using ocsp_answers_ptr = std::unique_ptr<OCSP_BASICRESP, freed_by<OCSP_BASICRESP_free>>;
using ocsp_id_ptr = std::unique_ptr<OCSP_CERTID, freed_by<OCSP_CERTID_free>>;
using tls_feature_ptr = std::unique_ptr<TLS_FEATURE, freed_by<TLS_FEATURE_free>>;
using bytes_ptr = std::unique_ptr<unsigned char, freed_by<free_bytes>>;

/// A BIO that reads memory of somebody else.
[[nodiscard]] bio_ptr reading(const_buffer data);
/// A BIO that collects what is written, and what it has collected.
[[nodiscard]] bio_ptr collecting();
[[nodiscard]] std::string collected(const bio_ptr& from);

/// SHA-256 as bytes, and bytes as hexadecimal digits.
[[nodiscard]] std::string sha256(const_buffer data);
[[nodiscard]] std::string hexadecimal(std::string_view bytes);

}  // namespace zocalo::tls::detail
