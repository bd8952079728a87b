// SPDX-License-Identifier: MIT
// OCSP stapling: what a server shows about its certificate, and what a client makes of it.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "tls/ocsp.hpp"
#include "tls/outcome.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
namespace io = zocalo::io;
namespace tls = zocalo::tls;

plan must_staple(plan what) {
    what.with.emplace_back(NID_tlsfeature, "status_request");
    return what;
}

plan responder() {
    plan made;
    made.subject = "responder";
    made.with = {{NID_basic_constraints, "critical,CA:FALSE"}, {NID_ext_key_usage, "OCSPSigning"}};
    return made;
}

/// One of each, made once.
struct cast {
    issued root{authority_called("root")};
    issued stranger{authority_called("stranger")};
    issued plain{server_for("DNS:localhost"), &root};
    issued promising{must_staple(server_for("DNS:localhost")), &root};
    issued charged{responder(), &root};
    issued charged_by_stranger{responder(), &stranger};
};

const cast& people() {
    static const cast made;
    return made;
}

class staples : public testing::TestWithParam<tls::version> {
 protected:
    staples() {
        client.trust.authorities = {people().root.certificate()};
        client.highest = GetParam();
    }

    /// What comes of it when the server shows that; an empty answer is none.
    outcome shown(const issued& whom, const std::string& answer) {
        tls::credentials who = whom.shown_with();
        if (!answer.empty()) who = who.stapled(answer);
        return try_handshake(client, server_as(who));
    }
    /// The same for what our own server does not show.
    outcome shown_by_foreign(const issued& whom, const std::string& answer);
    bool is_checked(const tls::credentials& who) {
        both_ends ends =
            secure(tls::client_context(client), tls::server_context(server_as(who))).get();
        EXPECT_FALSE(tls::get_info(ends.server).stapled);
        return tls::get_info(ends.client).stapled;
    }

    tls::client_options client;
};

/// A server of OpenSSL's, that staples whatever it is given.
int staple_given(SSL* ssl, void* given) {
    const auto& bytes = *static_cast<const std::string*>(given);
    auto* const copy = static_cast<unsigned char*>(OPENSSL_memdup(bytes.data(), bytes.size()));
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(bytes.size()));
    return SSL_TLSEXT_ERR_OK;
}

struct foreign_server {
    foreign_server(const issued& whom, std::string& answer) : context(SSL_CTX_new(TLS_method())) {
        SSL_CTX_use_certificate(context, &whom.x509());
        SSL_CTX_use_PrivateKey(context, &whom.key());
        SSL_CTX_set_tlsext_status_cb(context, staple_given);
        SSL_CTX_set_tlsext_status_arg(context, &answer);
        ssl = SSL_new(context);
        SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_accept_state(ssl);
    }
    foreign_server(const foreign_server&) = delete;
    foreign_server& operator=(const foreign_server&) = delete;
    ~foreign_server() {
        SSL_free(ssl);
        SSL_CTX_free(context);
    }

    SSL_CTX* context;
    SSL* ssl;
};

io::task<> shake_hands(foreign_server& server, io::stream& line) {
    for (;;) {
        const int result = SSL_do_handshake(server.ssl);
        char* data = nullptr;
        BIO* const out = SSL_get_wbio(server.ssl);
        const auto size = static_cast<std::size_t>(BIO_get_mem_data(out, &data));
        const std::string said(data, size);
        static_cast<void>(BIO_reset(out));
        if (!said.empty()) co_await line.write(said);
        if (result == 1) co_return;
        const io::chunk got = co_await line.read();
        if (got.empty()) co_return;  // the client refuses us
        BIO_write(SSL_get_rbio(server.ssl), got.data(), static_cast<int>(got.size()));
    }
}

io::task<> run_foreign(foreign_server& server, io::stream line) {
    try {
        co_await shake_hands(server, line);
    } catch (const std::system_error&) {
        co_return;  // it has refused us, and is gone
    }
}

io::task<> run_ours(tls::client_context context, io::stream line, outcome& came) {
    try {
        const io::stream made =
            co_await tls::connect(std::move(line), std::move(context), "localhost");
    } catch (const std::system_error& error) {
        came.client = error.code();
        came.client_says = error.what();
    }
}

outcome staples::shown_by_foreign(const issued& whom, const std::string& answer) {
    std::string bytes = answer;
    foreign_server server(whom, bytes);
    auto [one, other] = io::stream::pair();
    outcome came;
    io::all(run_ours(tls::client_context(client), std::move(one), came),
            run_foreign(server, std::move(other)))
        .get();
    return came;
}

TEST_P(staples, are_shown_and_checked) {
    const cast& all = people();
    for (const EVP_MD* hash : {EVP_sha1(), EVP_sha256()}) {
        const std::string good = ocsp_answer(all.plain, all.root, all.root, {.hash = hash});
        EXPECT_TRUE(is_checked(all.plain.shown_with().stapled(good)));
    }
    const std::string by_another = ocsp_answer(all.plain, all.root, all.charged);
    EXPECT_TRUE(is_checked(all.plain.shown_with().stapled(by_another)));
    // It does not say until when: for a day.
    const std::string for_ever = ocsp_answer(all.plain, all.root, all.root, {.until = 0});
    EXPECT_TRUE(is_checked(all.plain.shown_with().stapled(for_ever)));
    EXPECT_FALSE(is_checked(all.plain.shown_with()));
}

TEST_P(staples, that_say_revoked_refuse_the_server) {
    const cast& all = people();
    const ocsp_plan revoked{.status = V_OCSP_CERTSTATUS_REVOKED};
    const outcome came =
        shown_by_foreign(all.plain, ocsp_answer(all.plain, all.root, all.root, revoked));
    EXPECT_EQ(came.client, tls::errc::certificate_refused);
    EXPECT_NE(came.client_says.find("was revoked on 20"), std::string::npos) << came.client_says;
    EXPECT_NE(came.client_says.find("certificate revoked"), std::string::npos) << came.client_says;
}

TEST_P(staples, that_count_for_nothing_are_none) {
    const cast& all = people();
    const issued& one = all.plain;
    const auto by = [&](const issued& signer, const ocsp_plan& what = {}) {
        return ocsp_answer(one, all.root, signer, what);
    };
    const std::string good = by(all.root);
    std::string broken = by(all.root, {.flags = OCSP_NOCERTS});
    broken[broken.size() - 20] = static_cast<char>(broken[broken.size() - 20] ^ 1);
    const std::pair<const char*, std::string> worthless[] = {
        {"garbage", "garbage"},
        {"cut off", good.substr(0, good.size() / 2)},
        {"an error", by(all.root, {.is_error = true})},
        {"a signature that is broken", broken},
        {"of a stranger", by(all.stranger)},
        {"of somebody whom a stranger has charged", by(all.charged_by_stranger)},
        {"of the server itself", by(one)},
        {"about another", ocsp_answer(all.promising, all.root, all.root)},
        {"of last week", by(all.root, {.from = -90'000, .until = -80'000})},
        {"of two days ago, for ever", by(all.root, {.from = -2 * 86'400, .until = 0})},
        {"of next week", by(all.root, {.from = 80'000, .until = 90'000})},
        {"nobody knows", by(all.root, {.status = V_OCSP_CERTSTATUS_UNKNOWN})},
    };
    for (const auto& [what, answer] : worthless) {
        SCOPED_TRACE(what);
        client.stapling = tls::stapling::as_promised;
        EXPECT_FALSE(shown_by_foreign(one, answer).client);
        client.stapling = tls::stapling::required;
        EXPECT_EQ(shown_by_foreign(one, answer).client, tls::errc::certificate_refused);
    }
    EXPECT_FALSE(shown_by_foreign(one, good).client);  // and the foreign server can do it
}

TEST_P(staples, are_required_when_promised) {
    const cast& all = people();
    const std::string good = ocsp_answer(all.promising, all.root, all.root);
    EXPECT_TRUE(shown(all.promising, good).is_agreed());
    const outcome came = shown(all.promising, "");
    EXPECT_EQ(came.client, tls::errc::certificate_refused);
    EXPECT_NE(came.client_says.find("which the certificate promises"), std::string::npos)
        << came.client_says;
    client.verify = tls::verify::dangerously_nothing;
    client.trust = {};
    EXPECT_TRUE(shown(all.promising, "").is_agreed());
}

TEST_P(staples, are_required_when_asked_for) {
    const cast& all = people();
    client.stapling = tls::stapling::required;
    EXPECT_EQ(shown(all.plain, "").client, tls::errc::certificate_refused);
    EXPECT_TRUE(shown(all.plain, ocsp_answer(all.plain, all.root, all.root)).is_agreed());
}

TEST_P(staples, are_not_required_where_nothing_is_verified) {
    client.verify = tls::verify::dangerously_nothing;
    client.trust = {};
    EXPECT_NO_THROW(tls::client_context{client});
    client.stapling = tls::stapling::required;
    EXPECT_THROW(tls::client_context{client}, std::invalid_argument);
}

TEST_P(staples, count_beside_revocation_lists) {
    const cast& all = people();
    const std::string list = testing::TempDir() + "staples.crl";
    std::ofstream(list) << all.root.revoking({});
    client.trust.revocation_lists = {list};
    EXPECT_TRUE(shown(all.promising, ocsp_answer(all.promising, all.root, all.root)).is_agreed());
}

TEST_P(staples, that_are_too_old_are_not_shown) {
    const cast& all = people();
    const tls::credentials who =
        all.plain.shown_with().stapled(ocsp_answer(all.plain, all.root, all.root, {.until = 2}));
    EXPECT_TRUE(is_checked(who));
    std::this_thread::sleep_for(2s);
    EXPECT_FALSE(is_checked(who));
}

TEST_P(staples, that_do_not_say_until_when_are_shown_for_a_day) {
    const cast& all = people();
    const long almost_a_day = 24L * 3600 - 2;
    const tls::credentials who = all.plain.shown_with().stapled(
        ocsp_answer(all.plain, all.root, all.root, {.from = -almost_a_day, .until = 0}));
    EXPECT_TRUE(is_checked(who));
    std::this_thread::sleep_for(2s);
    EXPECT_FALSE(is_checked(who));
}

INSTANTIATE_TEST_SUITE_P(in, staples, testing::Values(tls::version::tls_1_2, tls::version::tls_1_3),
                         [](const auto& of) {
                             return of.param == tls::version::tls_1_2 ? "tls12" : "tls13";
                         });

TEST(credentials_with_an_ocsp_answer, are_refused_when_it_is_of_no_use) {
    const cast& all = people();
    const tls::credentials who = all.plain.shown_with();
    const auto about = [&](const issued& whom, const ocsp_plan& what = {}) {
        return ocsp_answer(whom, all.root, all.root, what);
    };
    const std::string useless[] = {
        "garbage",
        about(all.promising),
        about(all.plain, {.status = V_OCSP_CERTSTATUS_REVOKED}),
        about(all.plain, {.from = -90'000, .until = -80'000}),
        about(all.plain, {.from = -2 * 86'400, .until = 0}),
        about(all.plain, {.is_error = true}),
    };
    for (const std::string& answer : useless) {
        try {
            static_cast<void>(who.stapled(answer));
            ADD_FAILURE() << "accepted";
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), tls::errc::unusable) << error.what();
        }
    }
    EXPECT_EQ(who.stapled(about(all.plain)).certificate(), who.certificate());
}

}  // namespace
