// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/ocsp.h>

#include "tls/pki.hpp"

/// What an authority answers about a certificate of its, as one wants it.
namespace zocalo::tests {

struct ocsp_plan {
    int status = V_OCSP_CERTSTATUS_GOOD;
    long from = -60;    ///< seconds from now
    long until = 3600;  ///< 0: it does not say
    const EVP_MD* hash = EVP_sha1();
    bool is_error = false;    ///< "try later"
    unsigned long flags = 0;  ///< OCSP_NOCERTS: without the signer's certificate
};

/// About `whom`, issued by `issuer`, signed by `signer`.
inline std::string ocsp_answer(const issued& whom, const issued& issuer, const issued& signer,
                               const ocsp_plan& what = {}) {
    const std::unique_ptr<OCSP_BASICRESP, void (*)(OCSP_BASICRESP*)> all(OCSP_BASICRESP_new(),
                                                                         OCSP_BASICRESP_free);
    OCSP_CERTID* const id = OCSP_cert_to_id(what.hash, &whom.x509(), &issuer.x509());
    const auto moment = [](long from_now) {
        return std::unique_ptr<ASN1_TIME, void (*)(ASN1_TIME*)>(X509_gmtime_adj(nullptr, from_now),
                                                                ASN1_TIME_free);
    };
    const auto from = moment(what.from);
    const auto until = moment(what.until);
    const auto revoked = moment(-120);
    const bool is_revoked = what.status == V_OCSP_CERTSTATUS_REVOKED;
    const bool made =
        OCSP_basic_add1_status(all.get(), id, what.status, 0, is_revoked ? revoked.get() : nullptr,
                               from.get(), what.until == 0 ? nullptr : until.get()) != nullptr &&
        OCSP_basic_sign(all.get(), &signer.x509(), &signer.key(), EVP_sha256(), nullptr,
                        what.flags) == 1;
    OCSP_CERTID_free(id);
    if (!made) throw std::runtime_error("OpenSSL does not make that answer");
    const std::unique_ptr<OCSP_RESPONSE, void (*)(OCSP_RESPONSE*)> whole(
        OCSP_response_create(
            what.is_error ? OCSP_RESPONSE_STATUS_TRYLATER : OCSP_RESPONSE_STATUS_SUCCESSFUL,
            what.is_error ? nullptr : all.get()),
        OCSP_RESPONSE_free);
    unsigned char* der = nullptr;
    const int size = i2d_OCSP_RESPONSE(whole.get(), &der);
    if (size <= 0) throw std::runtime_error("OpenSSL does not write that answer");
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace zocalo::tests
