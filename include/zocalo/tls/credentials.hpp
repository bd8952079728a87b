// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/tls/certificate.hpp"

/// Who we are: a certificate and the private key that proves it.
namespace zocalo::tls {

namespace detail {
struct credentials_data;
}

/// A certificate with those that lead to its authority, and its private key.
///
/// A value that is cheap to copy and never changes. The key is never printed but by key_pem().
/// **Threads.** May be shared.
class credentials {
 public:
    /// Nobody: a client without a certificate.
    credentials() noexcept = default;

    /// From two files in PEM: the certificate first in the first one, those of its authorities
    /// after it. Both may be one file. A key that is encrypted needs its password, of at most 1024
    /// bytes; one that is encrypted without a password given is an error, never a question on the
    /// terminal.
    ///
    /// Throws std::system_error that names the file: errc::password_missing or
    /// errc::password_wrong for a key that stays encrypted, another one of tls_category() when it
    /// cannot be used, or when key and certificate do not belong together.
    static credentials load(const std::string& chain_path, const std::string& key_path,
                            std::string_view password = {});
    /// The same from memory.
    static credentials parse(const_buffer chain_pem, const_buffer key_pem,
                             std::string_view password = {});

    /// Gives the password of a key: called once for a key that is encrypted, and for no other. What
    /// it throws passes through; an empty one is as if none was given.
    using password_source = std::function<std::string()>;
    static credentials load(const std::string& chain_path, const std::string& key_path,
                            const password_source& password);
    static credentials parse(const_buffer chain_pem, const_buffer key_pem,
                             const password_source& password);

    [[nodiscard]] bool empty() const noexcept { return data_ == nullptr; }

    /// The same, with an answer of the authority's that the certificate was not revoked, which
    /// servers show to clients that ask for it (OCSP stapling, RFC 6066 §8): DER, as `openssl ocsp
    /// -respout` writes it. Once it is too old nobody is shown it any more; get new ones in time,
    /// and server_context::replace().
    ///
    /// Throws std::system_error of tls_category() when it is no such answer, is about others, or
    /// does not say "good".
    [[nodiscard]] credentials stapled(const_buffer ocsp_answer) const;

    [[nodiscard]] tls::certificate certificate() const;
    /// The certificate and those after it.
    [[nodiscard]] std::string chain_pem() const;
    /// The private key, not encrypted.
    [[nodiscard]] std::string key_pem() const;
    /// Writes two files in PEM that load() reads; that of the key can be read by its owner only.
    void save(const std::string& chain_path, const std::string& key_path) const;

    /// For the library itself.
    explicit credentials(std::shared_ptr<const detail::credentials_data> data) noexcept
        : data_(std::move(data)) {}
    [[nodiscard]] const detail::credentials_data& data() const noexcept { return *data_; }

 private:
    std::shared_ptr<const detail::credentials_data> data_;
};

/// A new key and a certificate for development that it signs itself, for DNS names and IP
/// addresses: `development_certificate({"localhost", "127.0.0.1", "::1"})`.
///
/// Nobody trusts it who was not told to: give its certificate() to trust::authorities.
[[nodiscard]] credentials development_certificate(const std::vector<std::string>& names,
                                                  std::chrono::days valid_for = std::chrono::days{
                                                      30});

}  // namespace zocalo::tls
