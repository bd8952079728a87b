// SPDX-License-Identifier: MIT
#pragma once

#include <system_error>
#include <type_traits>

/// Why TLS said no.
namespace zocalo::tls {

/// What kind of failure it was: compare `error.code()` with these.
///
/// The code itself is finer: its value and message() tell OpenSSL's own reason, as in "certificate
/// verify failed: self-signed certificate".
enum class errc : int {
    certificate_refused = 1,  ///< we did not accept the peer's certificate: chain, dates or name
    refused_by_peer,          ///< the peer ended it with an alert: it may not like our certificate
    nothing_in_common,        ///< no version, cipher or application protocol that both have
    protocol_broken,          ///< what came is not TLS, or was changed on its way
    handshake_cut,            ///< the peer closed the connection before the handshake was over
    truncated,                ///< the connection ended before the peer said that it was done
    plaintext_buffered,       ///< bytes came in the clear after the go-ahead for TLS
    too_many_messages,        ///< the peer floods us with messages that carry no data
    write_interrupted,        ///< an earlier write was cancelled or failed: nothing can follow it
    unusable,                 ///< a certificate, key or option that cannot be used
    password_missing,         ///< a private key is encrypted, and no password was given
    password_wrong,           ///< a private key is encrypted with another password, or broken
};

/// The category of TLS errors, and of the conditions above.
[[nodiscard]] const std::error_category& tls_category() noexcept;
[[nodiscard]] std::error_code make_error_code(errc error) noexcept;
[[nodiscard]] std::error_condition make_error_condition(errc error) noexcept;

}  // namespace zocalo::tls

template <>
struct std::is_error_condition_enum<zocalo::tls::errc> : std::true_type {};
