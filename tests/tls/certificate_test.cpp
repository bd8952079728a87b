// SPDX-License-Identifier: MIT
#include "zocalo/tls/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "support/folder.hpp"
#include "tls/ends.hpp"
#include "tls/pki.hpp"
#include "zocalo/tls/credentials.hpp"
#include "zocalo/tls/error.hpp"

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using zocalo::tests::folder;
using zocalo::tests::issued;
using zocalo::tests::localhost;
using zocalo::tests::plan;
using zocalo::tests::server_for;
namespace tls = zocalo::tls;

template <class Call>
std::error_code error_of(Call call) {
    try {
        call();
    } catch (const std::system_error& error) {
        return error.code();
    }
    return {};
}

/// The key as PKCS #8 that is encrypted.
std::string encrypted(const std::string& key, const std::string& password) {
    const std::unique_ptr<BIO, int (*)(BIO*)> in(BIO_new_mem_buf(key.data(), -1), BIO_free);
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> read(
        PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
    EXPECT_EQ(
        PEM_write_bio_PKCS8PrivateKey(out.get(), read.get(), EVP_aes_128_cbc(), password.data(),
                                      static_cast<int>(password.size()), nullptr, nullptr),
        1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

TEST(certificate, tells_what_it_says) {
    const tls::certificate shown =
        tls::development_certificate({"localhost", "*.bücher.example", "127.0.0.1", "::1"})
            .certificate();
    EXPECT_EQ(shown.subject(), "CN=localhost");
    EXPECT_EQ(shown.issuer(), shown.subject());
    EXPECT_THAT(shown.names(), ElementsAre("localhost", "*.xn--bcher-kva.example"));
    EXPECT_THAT(shown.addresses(), ElementsAre("127.0.0.1", "::1"));
    const auto now = std::chrono::system_clock::now();
    EXPECT_LT(shown.not_before(), now);
    EXPECT_GT(shown.not_after(), now + std::chrono::days(29));
    EXPECT_LT(shown.not_after(), now + std::chrono::days(31));
    EXPECT_EQ(shown.fingerprint().size(), 64U);
    EXPECT_THAT(shown.key_pin(), StartsWith("sha256//"));
}

TEST(certificate, tells_the_uris_and_mail_addresses_that_it_is_for) {
    plan asked = server_for(
        "URI:spiffe://example.org/billing,DNS:a.example,email:ada@example.org,"
        "URI:urn:x,IP:127.0.0.1");
    asked.subject = "bücher";
    const tls::certificate shown = issued(asked).certificate();
    EXPECT_THAT(shown.uris(), ElementsAre("spiffe://example.org/billing", "urn:x"));
    EXPECT_THAT(shown.mails(), ElementsAre("ada@example.org"));
    EXPECT_THAT(shown.names(), ElementsAre("a.example"));
    EXPECT_EQ(shown.common_name(), "bücher");
    EXPECT_THAT(localhost().certificate().uris(), IsEmpty());
    EXPECT_THAT(localhost().certificate().mails(), IsEmpty());
}

TEST(certificate, hides_no_byte_of_a_name) {
    using std::string_literals::operator""s;
    for (const std::string& bad : {"spiffe://example.org/a\0.evil.example"s, ""s, "a\nb"s,
                                   "b\xC3\xBC"s, "x\x7f"s, std::string(2049, 'a')}) {
        plan asked;
        asked.raw_names = {"good", bad};
        asked.raw_kind = GEN_URI;
        const tls::certificate with_uri = issued(asked).certificate();
        EXPECT_EQ(error_of([&] { (void)with_uri.uris(); }), tls::errc::unusable) << bad;
        EXPECT_THAT(with_uri.mails(), IsEmpty());
        asked.raw_kind = GEN_EMAIL;
        const tls::certificate with_mail = issued(asked).certificate();
        EXPECT_EQ(error_of([&] { (void)with_mail.mails(); }), tls::errc::unusable) << bad;
        EXPECT_THAT(with_mail.uris(), IsEmpty());
    }
    plan most;
    most.raw_kind = GEN_URI;
    most.raw_names.assign(1000, std::string(20, 'a'));
    EXPECT_EQ(issued(most).certificate().uris().size(), 1000U);
    most.raw_names.emplace_back("b");
    const tls::certificate full = issued(most).certificate();
    EXPECT_EQ(error_of([&] { (void)full.uris(); }), tls::errc::unusable);
    most.raw_names = {std::string(2048, 'a')};
    EXPECT_THAT(issued(most).certificate().uris(), ElementsAre(std::string(2048, 'a')));
}

TEST(certificate, common_name_is_the_last_one_and_hides_nothing) {
    using std::string_literals::operator""s;
    plan asked;
    asked.subject = "users";
    asked.also_called = "ada";
    EXPECT_EQ(issued(asked).certificate().common_name(), "ada");
    asked.also_called = std::string(1024, 'a');
    EXPECT_EQ(issued(asked).certificate().common_name().size(), 1024U);
    for (const std::string& bad : {"admin\0.example"s, "a\nb"s, "a\x7f"s, std::string(1025, 'a')}) {
        asked.also_called = bad;
        const tls::certificate shown = issued(asked).certificate();
        EXPECT_EQ(error_of([&] { (void)shown.common_name(); }), tls::errc::unusable) << bad;
    }
}

TEST(certificate, is_the_same_in_der_and_pem) {
    const tls::certificate one = localhost().certificate();
    EXPECT_EQ(tls::certificate::parse(one.der()), one);
    EXPECT_EQ(tls::certificate::parse(one.pem()), one);
    EXPECT_EQ(tls::der_to_pem(one.der()), one.pem());
    EXPECT_EQ(tls::pem_to_der(one.pem()), one.der());
    EXPECT_NE(one, tls::development_certificate({"localhost"}).certificate());
    EXPECT_NE(one, tls::certificate());
    EXPECT_EQ(tls::certificate(), tls::certificate());
}

TEST(certificate, reads_all_of_a_file_and_nothing_but_certificates) {
    const std::string one = localhost().certificate().pem();
    EXPECT_EQ(tls::certificate::parse_all("a comment\n" + one + "\nanother\n" + one).size(), 2U);
    for (const std::string& bad :
         {std::string(), std::string("text"), one.substr(0, one.size() / 2),
          one + "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n",
          localhost().certificate().der() + "x", std::string(localhost().key_pem())}) {
        EXPECT_EQ(error_of([&] { tls::certificate::parse_all(bad); }), tls::errc::unusable) << bad;
    }
}

TEST(certificate, time_is_read_as_it_is_printed) {
    EXPECT_EQ(tls::parse_certificate_time("Jan  5 09:34:43 2018 GMT").time_since_epoch().count(),
              1515144883);  // what Python's ssl.cert_time_to_seconds() says
    EXPECT_EQ(tls::parse_certificate_time("Jan  1 00:00:00 1970 GMT").time_since_epoch(), 0s);
    for (const char* bad :
         {"", "Jan  5 09:34:43 2018", "Jan  5 09:34:43 2018 CET", "Foo  5 09:34:43 2018 GMT",
          "Feb 30 09:34:43 2018 GMT", "Jan  5 25:34:43 2018 GMT", "Jan 5 09:34:43 2018 GMT "}) {
        EXPECT_THROW(static_cast<void>(tls::parse_certificate_time(bad)), std::invalid_argument)
            << bad;
    }
}

TEST(credentials, come_back_from_files_and_the_key_is_for_its_owner) {
    const folder here;
    const std::string chain = here.file("cert.pem");
    const std::string key = here.file("key.pem");
    localhost().save(chain, key);
    const tls::credentials again = tls::credentials::load(chain, key);
    EXPECT_EQ(again.certificate(), localhost().certificate());
    EXPECT_EQ(again.key_pem(), localhost().key_pem());
    EXPECT_EQ(std::filesystem::status(key).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(credentials, that_do_not_belong_together_are_refused) {
    const folder here;
    localhost().save(here.file("a.pem"), here.file("a.key"));
    tls::development_certificate({"other"}).save(here.file("b.pem"), here.file("b.key"));
    try {
        tls::credentials::load(here.file("a.pem"), here.file("b.key"));
        FAIL() << "took another's key";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::unusable);
        EXPECT_THAT(error.what(), HasSubstr("b.key"));
    }
    EXPECT_EQ(error_of([&] { tls::credentials::load(here.file("none"), here.file("a.key")); }),
              std::errc::no_such_file_or_directory);
}

TEST(credentials, encrypted_key_wants_its_password_and_asks_nobody) {
    // openssl ec -aes128 -passout pass:secret, of a key made for this test
    const std::string key = localhost().key_pem();
    const folder here;
    std::ofstream(here.file("plain.key")) << key;
    std::ofstream(here.file("cert.pem")) << localhost().chain_pem();
    const std::string command = "openssl pkcs8 -topk8 -in " + here.file("plain.key") + " -out " +
                                here.file("locked.key") + " -passout pass:secret";
    ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT(cert-env33-c): the tool is the point
    const auto load = [&](std::string_view password) {
        return tls::credentials::load(here.file("cert.pem"), here.file("locked.key"), password);
    };
    EXPECT_EQ(load("secret").key_pem(), key);
    EXPECT_EQ(error_of([&] { load("wrong"); }), tls::errc::password_wrong);
    EXPECT_EQ(error_of([&] { load(""); }), tls::errc::password_missing);
    EXPECT_EQ(error_of([&] { load(std::string(1025, 'x')); }), tls::errc::password_wrong);
    try {
        load("");
    } catch (const std::system_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("locked.key\": the private key is encrypted"));
    }
}

TEST(credentials, ask_for_a_password_once_and_only_when_the_key_is_encrypted) {
    const std::string locked = encrypted(localhost().key_pem(), "secret");
    const std::string chain = localhost().chain_pem();
    int asked = 0;
    const auto giving = [&asked](const std::string& password) {
        return [&asked, password] {
            ++asked;
            return password;
        };
    };
    EXPECT_EQ(tls::credentials::parse(chain, locked, giving("secret")).key_pem(),
              localhost().key_pem());
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(error_of([&] { tls::credentials::parse(chain, locked, giving("wrong")); }),
              tls::errc::password_wrong);
    EXPECT_EQ(asked, 2);
    (void)tls::credentials::parse(chain, localhost().key_pem(), giving("secret"));
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(error_of([&] {
                  tls::credentials::parse(chain, locked, tls::credentials::password_source());
              }),
              tls::errc::password_missing);
    const auto failing = [&]() -> std::string { throw std::logic_error("nobody there"); };
    EXPECT_THROW(tls::credentials::parse(chain, locked, failing), std::logic_error);
}

TEST(credentials, names_of_a_development_certificate_are_names) {
    EXPECT_THROW(static_cast<void>(tls::development_certificate({})), std::invalid_argument);
    for (const char* bad : {"", "a,DNS:b", "a b", "*", "a.*.b", "a\nb", "*.", "DNS:x"}) {
        EXPECT_THROW(static_cast<void>(tls::development_certificate({bad})), std::invalid_argument)
            << bad;
    }
}

}  // namespace
