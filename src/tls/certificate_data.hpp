// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "tls/openssl.hpp"
#include "tls/staple.hpp"
#include "zocalo/tls/certificate.hpp"
#include "zocalo/tls/credentials.hpp"

namespace zocalo::tls::detail {

struct certificate_data {
    x509_ptr x509;
};

/// The leaf, what leads up from it, the leaf's key, and that it was not revoked.
struct credentials_data {
    x509_ptr leaf;
    chain_ptr chain;
    key_ptr key;
    std::optional<detail::staple> staple = {};
};

/// Shares an object of OpenSSL's; null gives an empty certificate.
[[nodiscard]] certificate share(X509* x509);
[[nodiscard]] std::vector<certificate> share_all(const STACK_OF(X509) * all);

/// A date in a certificate or in what is said about it.
[[nodiscard]] std::chrono::sys_seconds moment(const ASN1_TIME* time);

/// "2026-11-21 08:15:00 UTC"
[[nodiscard]] std::string date_text(std::chrono::sys_seconds moment);

/// "sha256//..." of the public key.
[[nodiscard]] std::string key_pin_of(X509* x509);

/// A whole file of at most 16 MiB. Throws std::system_error that names it.
[[nodiscard]] std::string read_file(const std::string& path);
/// Makes a file anew for its owner only when `secret`.
void write_file(const std::string& path, std::string_view content, bool secret);

}  // namespace zocalo::tls::detail
