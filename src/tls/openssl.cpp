// SPDX-License-Identifier: MIT
#include "tls/openssl.hpp"

#include "tls/fail.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::tls::detail {

bio_ptr reading(const_buffer data) {
    bio_ptr made(BIO_new_mem_buf(data.data(), checked_cast<int>(data.size(), "bytes")));
    if (made == nullptr) fail_with_reason("make a buffer");
    return made;
}

bio_ptr collecting() {
    bio_ptr made(BIO_new(BIO_s_mem()));
    if (made == nullptr) fail_with_reason("make a buffer");
    return made;
}

std::string collected(const bio_ptr& from) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(from.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string sha256(const_buffer data) {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                   EVP_sha256(), nullptr) != 1) {
        fail_with_reason("compute SHA-256");
    }
    digest.resize(size);
    return digest;
}

std::string hexadecimal(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 0xF];
    }
    return text;
}

}  // namespace zocalo::tls::detail
