// SPDX-License-Identifier: MIT
#include "tls/ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "tls/fail.hpp"

namespace zocalo::tls::detail {

namespace {

/// RFC 8446 §4.6.1
constexpr std::chrono::seconds longest = std::chrono::days{7};

template <std::size_t Size>
void fill(std::array<unsigned char, Size>& room) {
    if (RAND_bytes(room.data(), static_cast<int>(Size)) != 1) {
        fail_with_reason("make a key for sessions");
    }
}

bool sign_with(EVP_MAC_CTX* mac, std::array<unsigned char, 32>& key) {
    char digest[] = "SHA256";
    const OSSL_PARAM choices[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.data(), key.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, choices) == 1;
}

}  // namespace

ticket_keys::key::~key() {
    OPENSSL_cleanse(cipher.data(), cipher.size());
    OPENSSL_cleanse(mac.data(), mac.size());
}

ticket_keys::ticket_keys(std::chrono::seconds lifetime) : lifetime_(lifetime) {
    if (lifetime < std::chrono::seconds{1} || lifetime > longest) {
        throw std::invalid_argument("TLS session lifetime of " + std::to_string(lifetime.count()) +
                                    " s: not between a second and seven days");
    }
    current_ = make(clock::now() + lifetime_);
}

ticket_keys::key ticket_keys::make(clock::time_point until) {
    key made;
    fill(made.name);
    fill(made.cipher);
    fill(made.mac);
    made.until = until;
    return made;
}

void ticket_keys::renew() {
    const clock::time_point now = clock::now();
    if (now >= current_.until) {
        previous_ = current_;
        current_ = make(now + lifetime_);
    }
    if (previous_ && now >= previous_->until + lifetime_) previous_.reset();
}

bool ticket_keys::seal(unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher,
                       EVP_MAC_CTX* mac) {
    const std::lock_guard lock(mutex_);
    renew();
    std::ranges::copy(current_.name, name);
    return RAND_bytes(vector, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
           EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), current_.cipher.data(), vector,
                               nullptr) == 1 &&
           sign_with(mac, current_.mac);
}

ticket_keys::opened ticket_keys::open(const unsigned char* name, const unsigned char* vector,
                                      EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
    const std::lock_guard lock(mutex_);
    renew();
    const auto is = [name](const key& one) {
        return std::ranges::equal(one.name, std::span(name, 16));
    };
    const bool by_previous = previous_ && is(*previous_);
    if (!by_previous && !is(current_)) return opened::not_ours;
    key& sealed_by = by_previous ? *previous_ : current_;
    if (EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), sealed_by.cipher.data(), vector, nullptr) !=
            1 ||
        !sign_with(mac, sealed_by.mac)) {
        return opened::failed;
    }
    return by_previous ? opened::with_previous : opened::with_current;
}

}  // namespace zocalo::tls::detail
