// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Fingerprints, proofs and random bytes, for protocols that need a little cryptography.
namespace zocalo::tls {

enum class hash : std::uint8_t {
    md5,   ///< broken: only where a protocol knows nothing else
    sha1,  ///< the same
    sha256,
    sha512_256,
};

/// The hash of some bytes, as bytes: 16 of MD5, 20 of SHA-1, 32 of the others.
///
/// Throws std::system_error where the system's policy forbids that hash.
[[nodiscard]] std::string digest(hash which, std::string_view data);

/// A proof that whoever made it has the key (HMAC, RFC 2104).
[[nodiscard]] std::string hmac(hash which, std::string_view key, std::string_view data);

/// Bytes that nobody can foretell.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// Whether two secrets are equal, in a time that tells only whether they are as long.
[[nodiscard]] bool is_same_secret(std::string_view one, std::string_view other) noexcept;

/// Each byte as two digits, 0-9 and a-f.
[[nodiscard]] std::string hex(std::string_view bytes);

}  // namespace zocalo::tls
