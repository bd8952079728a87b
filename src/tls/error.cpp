// SPDX-License-Identifier: MIT
// The value of a code is one of three: an errc of ours; 1000 and an error of X509_verify_cert();
// or, with a library's number in its high bits, what OpenSSL packs into an unsigned long.
#include "zocalo/tls/error.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string>

#include "tls/fail.hpp"

namespace zocalo::tls {

namespace {

constexpr int first_refusal = 1000;
constexpr int first_packed = 1 << 23;  // ERR_LIB_OFFSET

std::string_view text_of(errc own) noexcept {
    switch (own) {
        case errc::certificate_refused:
            return "certificate refused";
        case errc::refused_by_peer:
            return "refused by the peer";
        case errc::nothing_in_common:
            return "no version, cipher or application protocol that both speak";
        case errc::protocol_broken:
            return "the TLS protocol was broken";
        case errc::handshake_cut:
            return "the peer closed the connection before the handshake was over";
        case errc::truncated:
            return "the connection ended without close_notify, so something may be missing";
        case errc::plaintext_buffered:
            return "bytes came in the clear where TLS had to begin";
        case errc::too_many_messages:
            return "too many messages that carry no data";
        case errc::write_interrupted:
            return "an earlier write did not end well, so nothing can follow it";
        case errc::unusable:
            return "not usable";
        case errc::password_missing:
            return "the private key is encrypted, and no password was given";
        case errc::password_wrong:
            return "the private key is encrypted with another password, or broken";
    }
    return "unknown error";
}

std::string text_of_packed(int value) {
    const auto packed = static_cast<unsigned long>(value);
    const int reason = ERR_GET_REASON(packed);
    if (ERR_GET_LIB(packed) == ERR_LIB_SSL) {
        if (reason >= SSL_AD_REASON_OFFSET) {
            const int alert = reason - SSL_AD_REASON_OFFSET;
            return std::string("the peer sent the alert \"") +
                   (alert == SSL_AD_CERTIFICATE_REQUIRED ? "certificate required"  // 3.0 lacks it
                                                         : SSL_alert_desc_string_long(alert)) +
                   '"';
        }
        if (reason == SSL_R_WRONG_VERSION_NUMBER) {
            return "wrong version number (the peer may not speak TLS here)";
        }
    }
    const char* const text = ERR_reason_error_string(packed);
    return text != nullptr ? text : "error " + std::to_string(value) + " of OpenSSL";
}

errc kind_of_packed(int value) noexcept {
    const auto packed = static_cast<unsigned long>(value);
    if (ERR_GET_LIB(packed) != ERR_LIB_SSL) return errc::unusable;
    const int reason = ERR_GET_REASON(packed);
    if (reason >= SSL_AD_REASON_OFFSET) return errc::refused_by_peer;
    switch (reason) {
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_NO_APPLICATION_PROTOCOL:
        case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
        case SSL_R_NO_SUITABLE_KEY_SHARE:
        case SSL_R_NO_PROTOCOLS_AVAILABLE:
            return errc::nothing_in_common;
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return errc::certificate_refused;
        default:
            return errc::protocol_broken;
    }
}

class category final : public std::error_category {
 public:
    [[nodiscard]] const char* name() const noexcept override { return "zocalo.tls"; }

    [[nodiscard]] std::string message(int value) const override {
        if (value >= first_packed) return text_of_packed(value);
        if (value >= first_refusal) {
            return std::string("certificate verify failed: ") +
                   X509_verify_cert_error_string(value - first_refusal);
        }
        return std::string(text_of(static_cast<errc>(value)));
    }

    [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override {
        errc kind = static_cast<errc>(value);
        if (value >= first_refusal) kind = errc::certificate_refused;
        if (value >= first_packed) kind = kind_of_packed(value);
        return {static_cast<int>(kind), *this};
    }
};

}  // namespace

const std::error_category& tls_category() noexcept {
    static const category only;
    return only;
}

std::error_code make_error_code(errc error) noexcept {
    return {static_cast<int>(error), tls_category()};
}

std::error_condition make_error_condition(errc error) noexcept {
    return {static_cast<int>(error), tls_category()};
}

namespace detail {

std::error_code take_reason() noexcept {
    const unsigned long packed = ERR_get_error();
    ERR_clear_error();
    if (packed == 0) return make_error_code(errc::unusable);
    if (ERR_SYSTEM_ERROR(packed)) return {ERR_GET_REASON(packed), std::system_category()};
    return {static_cast<int>(packed), tls_category()};
}

std::error_code refusal(long verify_error) noexcept {
    return {first_refusal + static_cast<int>(verify_error), tls_category()};
}

void fail_with_reason(std::string_view operation) {
    throw std::system_error(take_reason(), std::string(operation));
}

}  // namespace detail

}  // namespace zocalo::tls
