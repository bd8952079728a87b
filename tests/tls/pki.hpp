// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "zocalo/tls/credentials.hpp"

/// Certificates as one wants them, also wrong ones.
namespace zocalo::tests {

using extensions = std::vector<std::pair<int, std::string>>;

/// What an authority says about itself.
inline extensions as_authority(std::string constraints = "critical,CA:TRUE") {
    return {{NID_basic_constraints, std::move(constraints)},
            {NID_key_usage, "critical,keyCertSign,cRLSign"}};
}

/// What is in a certificate; as it stands it is good for servers, but has no name.
struct plan {
    std::string subject = "a server";
    std::string also_called = {};  ///< another common name, after that one
    extensions with = {{NID_basic_constraints, "critical,CA:FALSE"},
                       {NID_key_usage, "critical,digitalSignature"},
                       {NID_ext_key_usage, "serverAuth"}};
    std::string names = {};                   ///< "DNS:a.example,IP:127.0.0.1"
    std::vector<std::string> raw_names = {};  ///< with any bytes in them
    int raw_kind = GEN_DNS;
    long from = -3600;  ///< seconds from now
    long until = 86400L * 30;
    std::string key = "P-256";  ///< or "ED25519", "RSA-2048"
    const char* digest = "SHA256";
    bool first_version = false;      ///< X.509 version 1, without extensions
    const char* critical = nullptr;  ///< a critical extension that nobody knows
    bool breaks_signature = false;
};

inline plan server_for(std::string names) {
    plan made;
    made.names = std::move(names);
    return made;
}

inline plan authority_called(std::string subject, extensions with = as_authority()) {
    plan made;
    made.subject = std::move(subject);
    made.with = std::move(with);
    return made;
}

/// A certificate with its key, and whoever issued it.
class issued {
 public:
    /// Signed by `issuer`, or by itself.
    explicit issued(const plan& what, const issued* issuer = nullptr);

    [[nodiscard]] tls::certificate certificate() const {
        return tls::certificate::parse(pem_of(*x509_));
    }
    [[nodiscard]] X509& x509() const { return *x509_; }
    [[nodiscard]] EVP_PKEY& key() const { return *key_; }
    /// To show on the wire, with others after it.
    [[nodiscard]] tls::credentials shown_with(const std::vector<const issued*>& others = {}) const {
        std::string chain = pem_of(*x509_);
        for (const issued* each : others)
            chain += pem_of(*each->x509_);
        return tls::credentials::parse(chain, key_pem());
    }
    /// A revocation list in PEM: good until so many seconds from now.
    [[nodiscard]] std::string revoking(const std::vector<const issued*>& revoked,
                                       long until = 3600) const;

 private:
    static void check(bool good) {
        if (!good) throw std::runtime_error("OpenSSL does not make that certificate");
    }
    template <class Write>
    static std::string written(Write write) {
        const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
        check(write(out.get()) == 1);
        char* data = nullptr;
        const long size = BIO_get_mem_data(out.get(), &data);
        return {data, static_cast<std::size_t>(size)};
    }
    static std::string pem_of(X509& x509) {
        return written([&](BIO* out) { return PEM_write_bio_X509(out, &x509); });
    }
    [[nodiscard]] std::string key_pem() const {
        return written([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }
    void make_key(const std::string& kind);
    void say(const plan& what, const issued& issuer);
    void add_common_name(const std::string& name);
    void add_names(const std::vector<std::string>& names, int kind);
    void add_unknown(const char* value);

    std::shared_ptr<X509> x509_;
    std::shared_ptr<EVP_PKEY> key_;
};

inline void issued::make_key(const std::string& kind) {
    EVP_PKEY* made = nullptr;
    if (kind.starts_with("RSA-")) {
        made = EVP_RSA_gen(static_cast<unsigned>(std::stoul(kind.substr(4))));
    } else if (kind == "ED25519") {
        made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    } else {
        made = EVP_EC_gen(kind.c_str());
    }
    check(made != nullptr);
    key_.reset(made, EVP_PKEY_free);
}

inline issued::issued(const plan& what, const issued* issuer) : x509_(X509_new(), X509_free) {
    make_key(what.key);
    const issued& by = issuer != nullptr ? *issuer : *this;
    X509* const x509 = x509_.get();
    check(X509_set_version(x509, what.first_version ? X509_VERSION_1 : X509_VERSION_3) == 1);
    std::uint64_t serial = 0;
    check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
    check(ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial) == 1);
    add_common_name(what.subject);
    if (!what.also_called.empty()) add_common_name(what.also_called);
    check(X509_set_issuer_name(x509, X509_get_subject_name(by.x509_.get())) == 1);
    check(X509_gmtime_adj(X509_getm_notBefore(x509), what.from) != nullptr);
    check(X509_gmtime_adj(X509_getm_notAfter(x509), what.until) != nullptr);
    check(X509_set_pubkey(x509, key_.get()) == 1);
    if (!what.first_version) say(what, by);
    const bool no_digest = EVP_PKEY_is_a(by.key_.get(), "ED25519") == 1;
    check(X509_sign(x509, by.key_.get(), no_digest ? nullptr : EVP_get_digestbyname(what.digest)) >
          0);
    if (what.breaks_signature) {
        const ASN1_BIT_STRING* signature = nullptr;
        X509_get0_signature(&signature, nullptr, x509);
        const_cast<unsigned char*>(ASN1_STRING_get0_data(signature))[20] ^= 1;
    }
}

inline void issued::say(const plan& what, const issued& issuer) {
    X509V3_CTX about;
    X509V3_set_ctx_nodb(&about);
    X509V3_set_ctx(&about, issuer.x509_.get(), x509_.get(), nullptr, nullptr, 0);
    extensions all = what.with;
    all.emplace_back(NID_subject_key_identifier, "hash");
    if (!what.names.empty()) all.emplace_back(NID_subject_alt_name, what.names);
    for (const auto& [which, value] : all) {
        const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> made(
            X509V3_EXT_conf_nid(nullptr, &about, which, value.c_str()), X509_EXTENSION_free);
        check(made != nullptr && X509_add_ext(x509_.get(), made.get(), -1) == 1);
    }
    if (!what.raw_names.empty()) add_names(what.raw_names, what.raw_kind);
    if (what.critical != nullptr) add_unknown(what.critical);
}

/// As it stands: nothing looks whether it is short, or UTF-8 at all.
inline void issued::add_common_name(const std::string& name) {
    check(X509_NAME_add_entry_by_NID(X509_get_subject_name(x509_.get()), NID_commonName,
                                     V_ASN1_UTF8STRING,
                                     reinterpret_cast<const unsigned char*>(name.data()),
                                     static_cast<int>(name.size()), -1, 0) == 1);
}

inline void issued::add_names(const std::vector<std::string>& names, int kind) {
    const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> list(GENERAL_NAMES_new(),
                                                                        GENERAL_NAMES_free);
    for (const std::string& name : names) {
        GENERAL_NAME* const one = GENERAL_NAME_new();
        ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
        check(one != nullptr && text != nullptr &&
              ASN1_STRING_set(text, name.data(), static_cast<int>(name.size())) == 1);
        GENERAL_NAME_set0_value(one, kind, text);
        check(sk_GENERAL_NAME_push(list.get(), one) > 0);
    }
    check(X509_add1_ext_i2d(x509_.get(), NID_subject_alt_name, list.get(), 0, 0) == 1);
}

inline void issued::add_unknown(const char* value) {
    const std::unique_ptr<ASN1_OBJECT, void (*)(ASN1_OBJECT*)> id(OBJ_txt2obj("1.2.3.4.5.6", 1),
                                                                  ASN1_OBJECT_free);
    const std::unique_ptr<ASN1_OCTET_STRING, void (*)(ASN1_OCTET_STRING*)> data(
        ASN1_OCTET_STRING_new(), ASN1_OCTET_STRING_free);
    check(ASN1_OCTET_STRING_set(data.get(), reinterpret_cast<const unsigned char*>(value), -1) ==
          1);
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> made(
        X509_EXTENSION_create_by_OBJ(nullptr, id.get(), 1, data.get()), X509_EXTENSION_free);
    check(made != nullptr && X509_add_ext(x509_.get(), made.get(), -1) == 1);
}

inline std::string issued::revoking(const std::vector<const issued*>& revoked, long until) const {
    const std::unique_ptr<X509_CRL, void (*)(X509_CRL*)> list(X509_CRL_new(), X509_CRL_free);
    const auto moment = [](long from_now) {
        return std::unique_ptr<ASN1_TIME, void (*)(ASN1_TIME*)>(X509_gmtime_adj(nullptr, from_now),
                                                                ASN1_TIME_free);
    };
    check(X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1);
    check(X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(x509_.get())) == 1);
    check(X509_CRL_set1_lastUpdate(list.get(), moment(-7200).get()) == 1);
    check(X509_CRL_set1_nextUpdate(list.get(), moment(until).get()) == 1);
    for (const issued* each : revoked) {
        X509_REVOKED* const one = X509_REVOKED_new();
        check(X509_REVOKED_set_serialNumber(one, X509_get_serialNumber(each->x509_.get())) == 1 &&
              X509_REVOKED_set_revocationDate(one, moment(-3600).get()) == 1 &&
              X509_CRL_add0_revoked(list.get(), one) == 1);
    }
    check(X509_CRL_sign(list.get(), key_.get(), EVP_sha256()) > 0);
    return written([&](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
}

}  // namespace zocalo::tests
