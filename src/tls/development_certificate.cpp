// SPDX-License-Identifier: MIT
// A certificate for development: P-256, X.509 version 3, and no authority over others.
#include <openssl/rand.h>

#include <stdexcept>
#include <utility>

#include "tls/certificate_data.hpp"
#include "tls/fail.hpp"
#include "tls/host_name.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/tls/credentials.hpp"

namespace zocalo::tls {

namespace {

using namespace detail;

void check(int result) {
    if (result <= 0) fail_with_reason("make a certificate");
}

/// "DNS:localhost,IP:127.0.0.1". A comma in a name would begin another one, and names have none.
std::string alternative_names(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        if (!list.empty()) list += ',';
        if (const auto ip = net::address::try_parse(name)) {
            list += "IP:" + ip->with_scope(0).to_string();
            continue;
        }
        const bool any = name.starts_with("*.");
        const std::string ascii = plain_host_name(any ? name.substr(2) : name);
        list += (any ? "DNS:*." : "DNS:") + ascii;
    }
    return list;
}

void add_extension(X509* to, int which, const std::string& value) {
    X509V3_CTX about;
    X509V3_set_ctx_nodb(&about);
    X509V3_set_ctx(&about, to, to, nullptr, nullptr, 0);
    const extension_ptr made(X509V3_EXT_conf_nid(nullptr, &about, which, value.c_str()));
    if (made == nullptr) fail_with_reason("make a certificate");
    check(X509_add_ext(to, made.get(), -1));
}

void set_serial(X509* of) {
    unsigned char bytes[16];
    check(RAND_bytes(bytes, sizeof bytes));
    bytes[0] &= 0x7F;
    const big_number_ptr number(BN_bin2bn(bytes, sizeof bytes, nullptr));
    if (number == nullptr ||
        BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(of)) == nullptr) {
        fail_with_reason("make a certificate");
    }
}

void set_subject(X509* of, const std::string& name) {
    X509_NAME* const subject = X509_get_subject_name(of);
    const std::string common = name.substr(0, 64);  // ub-common-name
    check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1,
                                     0));
    check(X509_set_issuer_name(of, subject));
}

}  // namespace

credentials development_certificate(const std::vector<std::string>& names,
                                    std::chrono::days valid_for) {
    if (names.empty()) throw std::invalid_argument("development_certificate: no name for it");
    const std::string alternatives = alternative_names(names);
    credentials_data made{.leaf = x509_ptr(X509_new()),
                          .chain = chain_ptr(sk_X509_new_null()),
                          .key = key_ptr(EVP_EC_gen("P-256"))};
    X509* const x509 = made.leaf.get();
    if (x509 == nullptr || made.key == nullptr) fail_with_reason("make a certificate");
    check(X509_set_version(x509, X509_VERSION_3));
    set_serial(x509);
    set_subject(x509, names.front());
    // A clock that is a little behind must not refuse it.
    check(X509_gmtime_adj(X509_getm_notBefore(x509), -3600) != nullptr);
    const auto days = static_cast<int>(valid_for.count());
    check(X509_time_adj_ex(X509_getm_notAfter(x509), days, 0, nullptr) != nullptr);
    check(X509_set_pubkey(x509, made.key.get()));
    add_extension(x509, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(x509, NID_key_usage, "critical,digitalSignature");
    add_extension(x509, NID_ext_key_usage, "serverAuth,clientAuth");
    add_extension(x509, NID_subject_key_identifier, "hash");
    add_extension(x509, NID_subject_alt_name, alternatives);
    check(X509_sign(x509, made.key.get(), EVP_sha256()));
    return credentials(std::make_shared<const credentials_data>(std::move(made)));
}

}  // namespace zocalo::tls
