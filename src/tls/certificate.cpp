// SPDX-License-Identifier: MIT
#include "zocalo/tls/certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

#include "tls/certificate_data.hpp"
#include "tls/fail.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::tls {

namespace detail {

certificate share(X509* x509) {
    if (x509 == nullptr) return {};
    X509_up_ref(x509);
    return certificate(std::make_shared<const certificate_data>(certificate_data{x509_ptr(x509)}));
}

std::vector<certificate> share_all(const STACK_OF(X509) * all) {
    std::vector<certificate> shared;
    for (int i = 0; i < sk_X509_num(all); ++i)
        shared.push_back(share(sk_X509_value(all, i)));
    return shared;
}

std::string key_pin_of(X509* x509) {
    unsigned char* made = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &made);
    if (size < 0) fail_with_reason("read a public key");
    const bytes_ptr der(made);
    const std::string digest = sha256(const_buffer(made, static_cast<std::size_t>(size)));
    unsigned char text[64];
    const int length = EVP_EncodeBlock(text, reinterpret_cast<const unsigned char*>(digest.data()),
                                       static_cast<int>(digest.size()));
    return "sha256//" +
           std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
}

}  // namespace detail

namespace {

using namespace detail;

certificate own(X509* made) {
    x509_ptr x509(made);
    return certificate(std::make_shared<const certificate_data>(certificate_data{std::move(x509)}));
}

bool is_pem(std::string_view text) noexcept {
    return text.find("-----BEGIN") != std::string_view::npos;
}

certificate parse_der(const_buffer der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ERR_clear_error();
    X509* const made = d2i_X509(nullptr, &at, static_cast<long>(der.size()));
    if (made == nullptr) fail_with_reason("read a certificate");
    certificate one = own(made);
    if (at != reinterpret_cast<const unsigned char*>(der.data()) + der.size()) {
        throw std::system_error(make_error_code(errc::unusable),
                                "read a certificate: there are bytes after it");
    }
    return one;
}

/// Nothing is ever asked on the terminal.
int no_password(char* /*into*/, int /*size*/, int /*for_writing*/, void* /*data*/) {
    return -1;
}

/// The end of the text is an error of the queue like any other.
bool is_end_of_pem() noexcept {
    const unsigned long last = ERR_peek_last_error();
    return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

std::string printed_name(const X509_NAME* name) {
    const bio_ptr out = collecting();
    X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    return escaped(collected(out), 4096);
}

std::string_view bytes_of(const ASN1_STRING* string) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
            static_cast<std::size_t>(ASN1_STRING_length(string))};
}

/// What decides who somebody is has to read the same to everybody: no byte is hidden.
[[noreturn]] void refuse_name(std::string_view which, std::string_view why) {
    throw std::system_error(
        make_error_code(errc::unusable),
        "read " + std::string(which) + " of a certificate: " + std::string(why));
}

/// Calls `take` with the bytes of each alternative name of that kind.
template <class Take>
void for_each_name(X509* x509, int kind, Take take) {
    const names_ptr all(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
        int found = -1;
        const void* const value =
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &found);
        if (found == kind) take(bytes_of(static_cast<const ASN1_STRING*>(value)));
    }
}

/// Alternative names that are text, IA5String all of them (RFC 5280 §4.2.1.6).
std::vector<std::string> texts_of(X509* x509, int kind, std::string_view which) {
    constexpr std::size_t longest = 2048;  // SPIFFE-ID §2.3
    constexpr std::size_t most = 1000;
    std::vector<std::string> found;
    for_each_name(x509, kind, [&](std::string_view text) {
        if (text.empty() || text.size() > longest) refuse_name(which, "1 to 2048 bytes");
        if (found.size() == most) refuse_name(which, "more than 1000");
        for (const char c : text)
            if (c < ' ' || c > '~') refuse_name(which, "a byte that is no printable ASCII");
        found.emplace_back(text);
    });
    return found;
}

}  // namespace

std::chrono::sys_seconds detail::moment(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) fail_with_reason("read a date in a certificate");
    const std::chrono::year_month_day day{
        std::chrono::year{parts.tm_year + 1900},
        std::chrono::month{static_cast<unsigned>(parts.tm_mon) + 1},
        std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
    return std::chrono::sys_days{day} + std::chrono::hours{parts.tm_hour} +
           std::chrono::minutes{parts.tm_min} + std::chrono::seconds{parts.tm_sec};
}

certificate certificate::parse(const_buffer pem_or_der) {
    return parse_all(pem_or_der).front();
}

std::vector<certificate> certificate::parse_all(const_buffer pem_or_der) {
    constexpr char sequence = 0x30;  // what DER begins with
    const bool is_der = !is_pem(pem_or_der.text()) && pem_or_der.text().starts_with(sequence);
    if (is_der) return {parse_der(pem_or_der)};
    const bio_ptr text = reading(pem_or_der);
    std::vector<certificate> all;
    ERR_clear_error();
    while (X509* const next = PEM_read_bio_X509_AUX(text.get(), nullptr, no_password, nullptr))
        all.push_back(own(next));
    if (all.empty() || !is_end_of_pem()) fail_with_reason("read certificates");
    ERR_clear_error();
    return all;
}

std::vector<certificate> certificate::load_all(const std::string& path) {
    const std::string content = read_file(path);
    try {
        return parse_all(content);
    } catch (const std::system_error& error) {
        throw std::system_error(error.code(), "read certificates from " + quoted(path));
    }
}

std::string certificate::der() const {
    unsigned char* made = nullptr;
    const int size = i2d_X509(data_->x509.get(), &made);
    if (size < 0) fail_with_reason("write a certificate");
    const bytes_ptr bytes(made);
    return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(size)};
}

std::string certificate::pem() const {
    const bio_ptr out = collecting();
    if (PEM_write_bio_X509(out.get(), data_->x509.get()) != 1) {
        fail_with_reason("write a certificate");
    }
    return collected(out);
}

std::string certificate::subject() const {
    return printed_name(X509_get_subject_name(data_->x509.get()));
}

std::string certificate::issuer() const {
    return printed_name(X509_get_issuer_name(data_->x509.get()));
}

std::string certificate::serial() const {
    const big_number_ptr number(
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(data_->x509.get()), nullptr));
    const text_ptr text(number ? BN_bn2hex(number.get()) : nullptr);
    if (text == nullptr) fail_with_reason("read a serial number");
    return text.get();
}

std::vector<std::string> certificate::names() const {
    std::vector<std::string> found;
    for_each_name(data_->x509.get(), GEN_DNS,
                  [&](std::string_view name) { found.emplace_back(name); });
    return found;
}

std::vector<std::string> certificate::addresses() const {
    std::vector<std::string> found;
    for_each_name(data_->x509.get(), GEN_IPADD, [&](std::string_view bytes) {
        if (bytes.size() == 4) {
            net::address::v4_bytes v4;
            std::copy(bytes.begin(), bytes.end(), v4.begin());
            found.push_back(net::address(v4).to_string());
        } else if (bytes.size() == 16) {
            net::address::v6_bytes v6;
            std::copy(bytes.begin(), bytes.end(), v6.begin());
            found.push_back(net::address(v6).to_string());
        }
    });
    return found;
}

std::vector<std::string> certificate::uris() const {
    return texts_of(data_->x509.get(), GEN_URI, "the URIs");
}

std::vector<std::string> certificate::mails() const {
    return texts_of(data_->x509.get(), GEN_EMAIL, "the mail addresses");
}

std::string certificate::common_name() const {
    constexpr int longest = 1024;
    const X509_NAME* const subject = X509_get_subject_name(data_->x509.get());
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0) return {};
    int last = at;
    for (int next = at; next >= 0; next = X509_NAME_get_index_by_NID(subject, NID_commonName, next))
        last = next;
    const ASN1_STRING* const written = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last));
    unsigned char* made = nullptr;
    const int size = ASN1_STRING_to_UTF8(&made, written);
    if (size < 0) fail_with_reason("read the common name of a certificate");
    const bytes_ptr bytes(made);
    if (size > longest) refuse_name("the common name", "more than 1024 bytes");
    std::string text(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    };
    if (std::ranges::any_of(text, is_control))
        refuse_name("the common name", "a control character");
    return text;
}

certificate::time_point certificate::not_before() const {
    return moment(X509_get0_notBefore(data_->x509.get()));
}

certificate::time_point certificate::not_after() const {
    return moment(X509_get0_notAfter(data_->x509.get()));
}

std::string certificate::fingerprint() const {
    return hexadecimal(sha256(der()));
}

std::string certificate::key_pin() const {
    return key_pin_of(data_->x509.get());
}

bool operator==(const certificate& a, const certificate& b) {
    if (a.empty() || b.empty()) return a.empty() == b.empty();
    return X509_cmp(a.data_->x509.get(), b.data_->x509.get()) == 0;
}

std::string der_to_pem(const_buffer der) {
    return parse_der(der).pem();
}

std::string pem_to_der(std::string_view pem) {
    return certificate::parse(pem).der();
}

}  // namespace zocalo::tls
