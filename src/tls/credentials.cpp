// SPDX-License-Identifier: MIT
#include "zocalo/tls/credentials.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstring>
#include <utility>

#include "tls/certificate_data.hpp"
#include "tls/fail.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::tls {

namespace {

using namespace detail;

/// What OpenSSL asks for the password of a key, instead of asking on the terminal.
int give_password(char* into, int size, int /*for_writing*/, void* password) {
    const auto& text = *static_cast<const std::string_view*>(password);
    if (text.empty() || std::cmp_greater(text.size(), size)) return -1;
    std::memcpy(into, text.data(), text.size());
    return static_cast<int>(text.size());
}

key_ptr read_key(const_buffer pem, std::string_view password) {
    const bio_ptr text = reading(pem);
    ERR_clear_error();
    key_ptr key(PEM_read_bio_PrivateKey(text.get(), nullptr, give_password, &password));
    if (key == nullptr) fail_with_reason("read a private key");
    return key;
}

credentials put_together(const_buffer chain_pem, const_buffer key_pem, std::string_view password) {
    const std::vector<certificate> all = certificate::parse_all(chain_pem);
    credentials_data made{.leaf = nullptr,
                          .chain = chain_ptr(sk_X509_new_null()),
                          .key = read_key(key_pem, password)};
    for (const certificate& each : all) {
        X509* const x509 = each.data().x509.get();
        X509_up_ref(x509);
        if (made.leaf == nullptr) {
            made.leaf.reset(x509);
        } else if (sk_X509_push(made.chain.get(), x509) == 0) {
            X509_free(x509);
            fail_with_reason("keep a chain of certificates");
        }
    }
    if (X509_check_private_key(made.leaf.get(), made.key.get()) != 1) {
        fail_with_reason("the key does not belong to the first certificate");
    }
    return credentials(std::make_shared<const credentials_data>(std::move(made)));
}

}  // namespace

credentials credentials::load(const std::string& chain_path, const std::string& key_path,
                              std::string_view password) {
    const std::string chain = read_file(chain_path);
    const std::string key = read_file(key_path);
    try {
        return put_together(chain, key, password);
    } catch (const std::system_error& error) {
        throw std::system_error(error.code(), "read credentials from " + quoted(chain_path) +
                                                  " and " + quoted(key_path));
    }
}

credentials credentials::parse(const_buffer chain_pem, const_buffer key_pem,
                               std::string_view password) {
    return put_together(chain_pem, key_pem, password);
}

credentials credentials::stapled(const_buffer ocsp_answer) const {
    credentials_data copy{.leaf = x509_ptr(data_->leaf.get()),
                          .chain = chain_ptr(X509_chain_up_ref(data_->chain.get())),
                          .key = key_ptr(data_->key.get())};
    X509_up_ref(copy.leaf.get());
    EVP_PKEY_up_ref(copy.key.get());
    copy.staple = read_staple(ocsp_answer, copy.leaf.get());
    return credentials(std::make_shared<const credentials_data>(std::move(copy)));
}

certificate credentials::certificate() const {
    return empty() ? tls::certificate() : share(data_->leaf.get());
}

std::string credentials::chain_pem() const {
    std::string text = certificate().pem();
    for (const auto& each : share_all(data_->chain.get()))
        text += each.pem();
    return text;
}

std::string credentials::key_pem() const {
    const bio_ptr out = collecting();
    if (PEM_write_bio_PrivateKey(out.get(), data_->key.get(), nullptr, nullptr, 0, nullptr,
                                 nullptr) != 1) {
        fail_with_reason("write a private key");
    }
    return collected(out);
}

void credentials::save(const std::string& chain_path, const std::string& key_path) const {
    write_file(key_path, key_pem(), true);
    write_file(chain_path, chain_pem(), false);
}

}  // namespace zocalo::tls
