// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

#include "tls/openssl.hpp"

/// What an authority answers about a certificate (OCSP, RFC 6960), and a server shows in its
/// handshake (RFC 6066 §8).
namespace zocalo::tls::detail {

/// An answer, "good", as a server keeps it.
struct staple {
    std::string der;
    std::chrono::sys_seconds until;  ///< too old from then on
};

/// Throws std::system_error of tls_category() when it is no good answer about `leaf`.
[[nodiscard]] staple read_staple(const_buffer der, const X509* leaf);

/// Has the server show it to a client that asks.
void show_staple(SSL* on, const staple& which);
/// What OpenSSL calls on a server: whether there is something to show.
int has_staple(SSL* on, void* unused) noexcept;

/// What OpenSSL calls on a client whose server was accepted: whether it still is.
int judge_staple(SSL* on, void* unused) noexcept;

}  // namespace zocalo::tls::detail
