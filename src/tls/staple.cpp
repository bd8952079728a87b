// SPDX-License-Identifier: MIT
// An answer counts when the issuer of the certificate has signed it, or somebody whom the issuer
// has charged with that, and it is about this certificate and not too old. One that does not count
// is none: who wants to hide a revocation would show nothing, so that refusing it wins nothing.
#include "tls/staple.hpp"

#include <openssl/err.h>

#include <new>
#include <system_error>

#include "tls/certificate_data.hpp"
#include "tls/connection.hpp"
#include "tls/fail.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::tls::detail {

namespace {

/// How far clocks may be apart, in seconds.
constexpr long clock_skew = 300;

/// How long an answer is good that does not say until when. Then there is always a newer one (RFC
/// 6960 §4.2.2.1); without this the last good one could be shown for ever.
constexpr std::chrono::seconds longest_without_end = std::chrono::days{1};

struct answer {
    int status = V_OCSP_CERTSTATUS_UNKNOWN;
    ASN1_GENERALIZEDTIME* revoked = nullptr;
    ASN1_GENERALIZEDTIME* from = nullptr;
    ASN1_GENERALIZEDTIME* until = nullptr;
};

answer look_at(OCSP_SINGLERESP* one) {
    answer found;
    int reason = 0;
    found.status = OCSP_single_get0_status(one, &reason, &found.revoked, &found.from, &found.until);
    return found;
}

bool is_current(const answer& one) {
    const long oldest = one.until == nullptr ? long{longest_without_end.count()} : -1;
    const bool is = OCSP_check_validity(one.from, one.until, clock_skew, oldest) == 1;
    ERR_clear_error();
    return is;
}

ocsp_answers_ptr parse(const_buffer der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const ocsp_response_ptr whole(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
    if (whole == nullptr || OCSP_response_status(whole.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        return nullptr;
    }
    return ocsp_answers_ptr(OCSP_response_get1_basic(whole.get()));
}

template <class Condition>
std::optional<answer> find(OCSP_BASICRESP* among, Condition is_about) {
    for (int i = 0; i < OCSP_resp_count(among); ++i) {
        OCSP_SINGLERESP* const one = OCSP_resp_get0(among, i);
        if (is_about(OCSP_SINGLERESP_get0_id(one))) return look_at(one);
    }
    return std::nullopt;
}

/// OpenSSL asks for an id that it could change, and changes nothing.
OCSP_CERTID* only_read(const OCSP_CERTID* id) {
    return const_cast<OCSP_CERTID*>(id);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

/// RFC 6960 §4.1.1: serial number, and hashes of the issuer's name and key.
bool is_about(const OCSP_CERTID* id, X509* leaf, X509* issuer) {
    ASN1_OBJECT* hash = nullptr;
    OCSP_id_get0_info(nullptr, &hash, nullptr, nullptr, only_read(id));
    const EVP_MD* const digest = EVP_get_digestbyobj(hash);
    if (digest == nullptr) return false;
    const ocsp_id_ptr wanted(OCSP_cert_to_id(digest, leaf, issuer));
    return wanted != nullptr && OCSP_id_cmp(wanted.get(), id) == 0;
}

/// RFC 7633: the certificate says that its servers show an answer.
bool promises_staple(X509* leaf) {
    const tls_feature_ptr features(
        static_cast<TLS_FEATURE*>(X509_get_ext_d2i(leaf, NID_tlsfeature, nullptr, nullptr)));
    for (int i = 0; i < sk_ASN1_INTEGER_num(features.get()); ++i) {
        if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) ==
            TLSEXT_TYPE_status_request) {
            return true;
        }
    }
    return false;
}

/// Whether `issuer`, whom we trust already, has signed it, or has charged the signer.
bool is_signed(OCSP_BASICRESP* all, X509* issuer, X509_STORE* store) {
    const chain_ptr only_issuer(sk_X509_new_null());
    if (only_issuer == nullptr || sk_X509_push(only_issuer.get(), issuer) == 0) return false;
    X509_up_ref(issuer);
    return OCSP_basic_verify(all, only_issuer.get(), store, OCSP_TRUSTOTHER) == 1;
}

/// What the server has shown about its certificate, when that counts; it lives in `keeps`.
std::optional<answer> shown_by_server(SSL* on, ocsp_answers_ptr& keeps) {
    const unsigned char* der = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(on, static_cast<void*>(&der));
    STACK_OF(X509)* const chain = SSL_get0_verified_chain(on);
    if (der == nullptr || size <= 0 || sk_X509_num(chain) < 2) return std::nullopt;
    X509* const leaf = sk_X509_value(chain, 0);
    X509* const issuer = sk_X509_value(chain, 1);
    keeps = parse(const_buffer(der, static_cast<std::size_t>(size)));
    X509_STORE* const store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(on));
    if (keeps == nullptr || !is_signed(keeps.get(), issuer, store)) return std::nullopt;
    const auto found =
        find(keeps.get(), [&](const OCSP_CERTID* id) { return is_about(id, leaf, issuer); });
    if (!found || !is_current(*found)) return std::nullopt;
    return found;
}

int judge(connection& on) {
    SSL* const ssl = on.ssl();
    if (SSL_session_reused(ssl) == 1) return 1;  // it was judged when the session began
    ocsp_answers_ptr keeps;
    const std::optional<answer> said = shown_by_server(ssl, keeps);
    ERR_clear_error();
    const certificate leaf = share(SSL_get0_peer_certificate(ssl));
    const std::string subject = "the certificate of " + quoted(leaf.subject());
    if (said && said->status == V_OCSP_CERTSTATUS_REVOKED) {
        on.refuse(refusal(X509_V_ERR_CERT_REVOKED),
                  subject + " was revoked on " + date_text(moment(said->revoked)));
        return 0;
    }
    if (said && said->status == V_OCSP_CERTSTATUS_GOOD) {
        on.note_good_staple();
        return 1;
    }
    const bool promised = promises_staple(leaf.data().x509.get());
    if (!promised && on.state().stapling == stapling::as_promised) return 1;
    on.refuse(refusal(X509_V_ERR_OCSP_VERIFY_NEEDED),
              "the server does not show that " + subject + " was not revoked" +
                  (promised ? ", which the certificate promises" : ""));
    return 0;
}

}  // namespace

staple read_staple(const_buffer der, const X509* leaf) {
    const auto refuse = [](const std::string& why) {
        throw std::system_error(make_error_code(errc::unusable), "OCSP answer: " + why);
    };
    const ocsp_answers_ptr all = parse(der);
    ERR_clear_error();
    if (all == nullptr) refuse("it is none");
    const auto found = find(all.get(), [leaf](const OCSP_CERTID* id) {
        ASN1_INTEGER* serial = nullptr;
        OCSP_id_get0_info(nullptr, nullptr, nullptr, &serial, only_read(id));
        return ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(leaf)) == 0;
    });
    if (!found) refuse("it is about another certificate");
    if (found->status != V_OCSP_CERTSTATUS_GOOD) refuse("it does not say that all is well");
    if (!is_current(*found)) refuse("it is too old, or not good yet");
    return {std::string(der.text()), found->until == nullptr
                                         ? moment(found->from) + longest_without_end
                                         : moment(found->until)};
}

void show_staple(SSL* on, const staple& which) {
    if (std::chrono::system_clock::now() >= which.until) return;
    auto* const copy =
        static_cast<unsigned char*>(OPENSSL_memdup(which.der.data(), which.der.size()));
    if (copy == nullptr) throw std::bad_alloc();
    SSL_set_tlsext_status_ocsp_resp(on, copy, static_cast<long>(which.der.size()));  // takes it
}

int has_staple(SSL* on, void* /*unused*/) noexcept {
    const unsigned char* der = nullptr;
    return SSL_get_tlsext_status_ocsp_resp(on, static_cast<void*>(&der)) > 0 ? SSL_TLSEXT_ERR_OK
                                                                             : SSL_TLSEXT_ERR_NOACK;
}

int judge_staple(SSL* on, void* /*unused*/) noexcept {
    connection& client = connection::of(on);
    try {
        return judge(client);
    } catch (...) {
        client.keep(std::current_exception());
        return -1;
    }
}

}  // namespace zocalo::tls::detail
