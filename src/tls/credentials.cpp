// SPDX-License-Identifier: MIT
#include "zocalo/tls/credentials.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cstring>
#include <exception>
#include <utility>

#include "tls/certificate_data.hpp"
#include "tls/fail.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::tls {

namespace {

using namespace detail;

using password_source = credentials::password_source;

/// A password that is asked for when it is needed, and wiped then.
class asked_password {
 public:
    explicit asked_password(const password_source& from) : from_(from) {}
    ~asked_password() { OPENSSL_cleanse(text_.data(), text_.size()); }
    asked_password(const asked_password&) = delete;
    asked_password& operator=(const asked_password&) = delete;

    /// What OpenSSL calls, instead of asking on the terminal; perhaps more than once.
    static int give(char* into, int size, int /*for_writing*/, void* self) noexcept {
        return static_cast<asked_password*>(self)->copy(into, size);
    }

    /// Why there is no key: as the source failed, or by what it gave; nothing when it was not
    /// needed.
    void explain() const {
        if (error_) std::rethrow_exception(error_);
        if (!is_asked_) return;
        ERR_clear_error();
        const errc why = text_.empty() ? errc::password_missing : errc::password_wrong;
        throw std::system_error(make_error_code(why), "read a private key");
    }

 private:
    int copy(char* into, int size) noexcept {
        try {
            if (!std::exchange(is_asked_, true) && from_) text_ = from_();
        } catch (...) {
            error_ = std::current_exception();
        }
        if (text_.empty() || std::cmp_greater(text_.size(), size)) return -1;
        std::memcpy(into, text_.data(), text_.size());
        return static_cast<int>(text_.size());
    }

    const password_source& from_;
    std::string text_;
    std::exception_ptr error_;
    bool is_asked_ = false;
};

key_ptr read_key(const_buffer pem, const password_source& from) {
    const bio_ptr text = reading(pem);
    asked_password password(from);
    ERR_clear_error();
    key_ptr key(PEM_read_bio_PrivateKey(text.get(), nullptr, asked_password::give, &password));
    if (key != nullptr) return key;
    password.explain();
    fail_with_reason("read a private key");
}

password_source known(std::string_view password) {
    return [password] { return std::string(password); };
}

credentials put_together(const_buffer chain_pem, const_buffer key_pem,
                         const password_source& password) {
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
    return load(chain_path, key_path, known(password));
}

credentials credentials::load(const std::string& chain_path, const std::string& key_path,
                              const password_source& password) {
    const std::string chain = read_file(chain_path);
    const std::string key = read_file(key_path);
    try {
        return put_together(chain, key, password);
    } catch (const std::system_error& error) {
        const std::error_code why = error.code();
        if (why == errc::password_missing || why == errc::password_wrong)
            throw std::system_error(why, "read " + quoted(key_path));
        if (why.category() != tls_category()) throw;
        throw std::system_error(
            why, "read credentials from " + quoted(chain_path) + " and " + quoted(key_path));
    }
}

credentials credentials::parse(const_buffer chain_pem, const_buffer key_pem,
                               std::string_view password) {
    return parse(chain_pem, key_pem, known(password));
}

credentials credentials::parse(const_buffer chain_pem, const_buffer key_pem,
                               const password_source& password) {
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
