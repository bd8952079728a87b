// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/buffer.hpp"

/// What a peer shows to say who it is (X.509, RFC 5280).
namespace zocalo::tls {

namespace detail {
struct certificate_data;
}

/// A certificate: a value that is cheap to copy and never changes.
///
/// Its texts were written by whoever made the certificate; subject() and issuer() are escaped (RFC
/// 2253), names() and common_name() are not: print them with escaped(). That a certificate can be
/// read says nothing about whether it can be trusted. **Threads.** May be shared.
class certificate {
 public:
    using time_point = std::chrono::sys_seconds;

    /// No certificate: empty() is true, and nothing else may be asked.
    certificate() noexcept = default;
    /// One in PEM or in DER. Throws std::system_error of tls_category() when it is neither.
    static certificate parse(const_buffer pem_or_der);
    /// All in a PEM text, or the one in DER; at least one.
    static std::vector<certificate> parse_all(const_buffer pem_or_der);
    /// The same from a file.
    static std::vector<certificate> load_all(const std::string& path);

    [[nodiscard]] bool empty() const noexcept { return data_ == nullptr; }

    [[nodiscard]] std::string der() const;
    /// With its lines "-----BEGIN CERTIFICATE-----" and "-----END CERTIFICATE-----".
    [[nodiscard]] std::string pem() const;

    /// "CN=example.org,O=Example,C=DE"
    [[nodiscard]] std::string subject() const;
    [[nodiscard]] std::string issuer() const;
    /// Hexadecimal digits.
    [[nodiscard]] std::string serial() const;

    /// The DNS names that it is for, as they stand there: "*.example.org" too.
    [[nodiscard]] std::vector<std::string> names() const;
    /// The IP addresses that it is for, as text.
    [[nodiscard]] std::vector<std::string> addresses() const;
    /// The URIs that it is for, as they stand there: "spiffe://example.org/billing". Who may be one
    /// of many holders is often told by these, or by mails().
    ///
    /// Throws std::system_error with errc::unusable when one is empty, longer than 2048 bytes, or
    /// has a byte that is no printable ASCII (a zero byte, above all), or there are more than 1000.
    [[nodiscard]] std::vector<std::string> uris() const;
    /// The mail addresses that it is for; throws likewise.
    [[nodiscard]] std::vector<std::string> mails() const;
    /// The common name of the subject as UTF-8; empty when there is none. With several it is the
    /// last, which says most. It counts as no name of a server (RFC 9525 §2).
    ///
    /// Throws std::system_error with errc::unusable when it is longer than 1024 bytes, or has a
    /// control character (a zero byte, above all).
    [[nodiscard]] std::string common_name() const;

    [[nodiscard]] time_point not_before() const;
    [[nodiscard]] time_point not_after() const;

    /// SHA-256 of the DER: 64 hexadecimal digits.
    [[nodiscard]] std::string fingerprint() const;
    /// SHA-256 of the public key (SubjectPublicKeyInfo), in base 64 after "sha256//": what
    /// client_options::pinned_keys takes. It stays when the certificate is renewed with its key.
    [[nodiscard]] std::string key_pin() const;

    friend bool operator==(const certificate& a, const certificate& b);

    /// For the library itself.
    explicit certificate(std::shared_ptr<const detail::certificate_data> data) noexcept
        : data_(std::move(data)) {}
    [[nodiscard]] const detail::certificate_data& data() const noexcept { return *data_; }

 private:
    std::shared_ptr<const detail::certificate_data> data_;
};

/// A certificate's date as OpenSSL and Python print it: "Jan  5 09:34:43 2018 GMT". Throws
/// std::invalid_argument for anything else.
[[nodiscard]] std::chrono::sys_seconds parse_certificate_time(std::string_view text);

/// DER as a PEM text and back, for whoever has only bytes. Throws std::system_error of
/// tls_category() when there is no certificate.
[[nodiscard]] std::string der_to_pem(const_buffer der);
[[nodiscard]] std::string pem_to_der(std::string_view pem);

}  // namespace zocalo::tls
