// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <span>

#include "tls/openssl.hpp"

namespace zocalo::tls::detail {

/// The keys of a server's session tickets (RFC 5077 §4, RFC 8446 §4.6.1): random, nowhere but here,
/// and never used for longer than a lifetime.
///
/// There are two. The current one seals; when it has done so for a lifetime a new one takes its
/// place, and it goes on opening what it has sealed for another lifetime, after which no ticket of
/// its is good any more. **Threads.** Any.
class ticket_keys {
 public:
    /// Throws std::invalid_argument when that is not a second to seven days.
    explicit ticket_keys(std::chrono::seconds lifetime);

    enum class opened { not_ours, with_current, with_previous, failed };

    /// Prepares for encrypting and signing one ticket: fills in its key's name of 16 bytes and the
    /// initialisation vector. False when OpenSSL does not do it.
    [[nodiscard]] bool seal(unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher,
                            EVP_MAC_CTX* mac);
    /// Prepares for checking and decrypting one.
    [[nodiscard]] opened open(const unsigned char* name, const unsigned char* vector,
                              EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac);

 private:
    using clock = std::chrono::steady_clock;
    /// It is wiped when it goes.
    struct key {
        key() = default;
        key(const key&) = default;
        key& operator=(const key&) = default;
        ~key();

        std::array<unsigned char, 16> name{};
        std::array<unsigned char, 32> cipher{};
        std::array<unsigned char, 32> mac{};
        clock::time_point until{};  ///< seals
    };

    static key make(clock::time_point until);
    /// Forgets what is too old.
    void renew();

    std::chrono::seconds lifetime_;
    std::mutex mutex_;
    key current_;
    std::optional<key> previous_;
};

}  // namespace zocalo::tls::detail
