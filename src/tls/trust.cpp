// SPDX-License-Identifier: MIT
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "tls/certificate_data.hpp"
#include "tls/context_state.hpp"
#include "tls/fail.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace zocalo::tls::detail {

namespace {

void add(X509_STORE* store, const certificate& authority) {
    if (authority.empty()) return;
    if (X509_STORE_add_cert(store, authority.data().x509.get()) != 1) {
        fail_with_reason("trust " + authority.subject());
    }
}

void add_directory(X509_STORE* store, const std::string& path) {
    const std::string operation = "authorities in " + quoted(path);
    const unique_fd folder(sys::open(path.c_str(), O_RDONLY | O_DIRECTORY));
    if (!folder) net::fail(operation, folder.get());
    if (X509_STORE_load_path(store, path.c_str()) != 1) fail_with_reason(operation);
}

void add_revocations(X509_STORE* store, const std::string& path) {
    const std::string content = read_file(path);
    const bio_ptr text = reading(content);
    const std::string operation = "revocation list from " + quoted(path);
    std::size_t count = 0;
    ERR_clear_error();
    while (const crl_ptr next{PEM_read_bio_X509_CRL(text.get(), nullptr, nullptr, nullptr)}) {
        if (X509_STORE_add_crl(store, next.get()) != 1) fail_with_reason(operation);
        ++count;
    }
    if (count == 0) fail_with_reason(operation);
    ERR_clear_error();
}

/// So that a client with several certificates knows which one to show (RFC 8446 §4.2.4).
void name_to_clients(SSL_CTX* context, const certificate& authority) {
    if (SSL_CTX_add_client_CA(context, authority.data().x509.get()) != 1) {
        fail_with_reason("name " + authority.subject() + " to clients");
    }
}

void choose_rules(X509_STORE* store, const trust& whom) {
    constexpr std::size_t longest = 100;
    // What is trusted may be any certificate, not only one at the end of a chain.
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
    if (whom.strict) flags |= X509_V_FLAG_X509_STRICT;
    if (!whom.revocation_lists.empty()) flags |= X509_V_FLAG_CRL_CHECK;
    if (whom.revocation_of_authorities) {
        if (whom.revocation_lists.empty()) {
            throw std::invalid_argument("TLS trust: authorities may be revoked, and no list says");
        }
        flags |= X509_V_FLAG_CRL_CHECK_ALL;
    }
    X509_STORE_set_flags(store, flags);
    X509_STORE_set_depth(store, static_cast<int>(std::min(whom.most_between, longest)));
}

}  // namespace

void use_trust(SSL_CTX* context, const trust& whom, bool names_too) {
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    choose_rules(store, whom);
    if (whom.names_nothing() || whom.system_too) {
        if (SSL_CTX_set_default_verify_paths(context) != 1) {
            fail_with_reason("use the authorities of the system");
        }
        ERR_clear_error();  // a file that is not there is no authority, and no error
    }
    std::vector<certificate> all = whom.authorities;
    for (const std::string& path : whom.files) {
        const auto more = certificate::load_all(path);
        all.insert(all.end(), more.begin(), more.end());
    }
    for (const certificate& authority : all) {
        add(store, authority);
        if (names_too && !authority.empty()) name_to_clients(context, authority);
    }
    for (const std::string& path : whom.directories)
        add_directory(store, path);
    for (const std::string& path : whom.revocation_lists)
        add_revocations(store, path);
}

}  // namespace zocalo::tls::detail
