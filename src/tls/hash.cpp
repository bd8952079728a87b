// SPDX-License-Identifier: MIT
#include "zocalo/tls/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "tls/fail.hpp"
#include "tls/hash_name.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::tls {

namespace detail {

const char* name_of(hash which) noexcept {
    switch (which) {
        case hash::md5:
            return "MD5";
        case hash::sha1:
            return "SHA1";
        case hash::sha256:
            return "SHA256";
        case hash::sha512_256:
            break;
    }
    return "SHA512-256";
}

}  // namespace detail

namespace {

unsigned char* bytes_of(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string digest(hash which, std::string_view data) {
    std::string made(EVP_MAX_MD_SIZE, '\0');
    std::size_t size = 0;
    if (EVP_Q_digest(nullptr, detail::name_of(which), nullptr, data.data(), data.size(),
                     bytes_of(made), &size) != 1)
        detail::fail_with_reason("make a hash");
    made.resize(size);
    return made;
}

std::string hmac(hash which, std::string_view key, std::string_view data) {
    std::string made(EVP_MAX_MD_SIZE, '\0');
    std::size_t size = 0;
    if (EVP_Q_mac(nullptr, "HMAC", nullptr, detail::name_of(which), nullptr, key.data(), key.size(),
                  bytes_of(data), data.size(), bytes_of(made), made.size(), &size) == nullptr)
        detail::fail_with_reason("make a proof");
    made.resize(size);
    return made;
}

std::string random_bytes(std::size_t count) {
    std::string made(count, '\0');
    if (RAND_bytes(bytes_of(made), checked_cast<int>(count, "random bytes")) != 1)
        detail::fail_with_reason("make random bytes");
    return made;
}

bool is_same_secret(std::string_view one, std::string_view other) noexcept {
    return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

}  // namespace zocalo::tls
