// SPDX-License-Identifier: MIT
// What may be asked of a chain beyond the usual.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "support/folder.hpp"
#include "tls/outcome.hpp"
#include "tls/pki.hpp"

namespace {

using namespace zocalo::tests;
using testing::HasSubstr;
namespace tls = zocalo::tls;

const issued& root() {
    static const issued made(authority_called("root"));
    return made;
}

const issued& middle() {
    static const issued made(authority_called("middle"), &root());
    return made;
}

const issued& low() {
    static const issued made(authority_called("low"), &middle());
    return made;
}

tls::trust in(const issued& whom) {
    tls::trust made;
    made.authorities = {whom.certificate()};
    return made;
}

outcome judged(const tls::trust& rules, const tls::credentials& shown) {
    tls::client_options client;
    client.trust = rules;
    return try_handshake(client, server_as(shown));
}

class revocation_of_authorities : public testing::Test {
 protected:
    outcome judged_by(const std::string& lists, bool of_authorities) {
        std::ofstream(here.file("lists.pem")) << lists;
        tls::trust rules = in(root());
        rules.revocation_lists = {here.file("lists.pem")};
        rules.revocation_of_authorities = of_authorities;
        return judged(rules, shown);
    }

    const folder here;
    const issued server{server_for("DNS:localhost"), &middle()};
    const tls::credentials shown = server.shown_with({&middle()});
};

TEST_F(revocation_of_authorities, is_looked_for_when_asked) {
    const std::string of_middle = middle().revoking({});
    const std::string nobody = of_middle + root().revoking({});
    EXPECT_TRUE(judged_by(nobody, false).is_agreed());
    EXPECT_TRUE(judged_by(nobody, true).is_agreed());

    const std::string lists = of_middle + root().revoking({&middle()});
    EXPECT_TRUE(judged_by(lists, false).is_agreed());
    const outcome came = judged_by(lists, true);
    EXPECT_EQ(came.client, tls::errc::certificate_refused);
    EXPECT_THAT(came.client_says, HasSubstr("the certificate of \"CN=middle\" was revoked"));
}

TEST_F(revocation_of_authorities, wants_a_list_of_each_issuer) {
    EXPECT_TRUE(judged_by(middle().revoking({}), false).is_agreed());
    EXPECT_THAT(judged_by(middle().revoking({}), true).client_says,
                HasSubstr("no revocation list of \"CN=root\" is here"));
    tls::client_options none;
    none.trust = in(root());
    none.trust.revocation_of_authorities = true;
    EXPECT_THROW(tls::client_context{none}, std::invalid_argument);
}

TEST(strict_trust, refuses_what_the_rfc_forbids) {
    const issued bare(server_for("DNS:localhost"), &root());
    plan full = server_for("DNS:localhost");
    full.with.emplace_back(NID_authority_key_identifier, "keyid:always");
    const issued whole(full, &root());
    tls::trust rules = in(root());
    EXPECT_TRUE(judged(rules, bare.shown_with()).is_agreed());
    rules.strict = true;
    EXPECT_TRUE(judged(rules, whole.shown_with()).is_agreed());
    const outcome came = judged(rules, bare.shown_with());
    EXPECT_EQ(came.client, tls::errc::certificate_refused);
    EXPECT_THAT(came.client_says, HasSubstr("Authority Key Identifier"));
}

TEST(strict_trust, counts_for_clients_too) {
    plan client = plan{};
    client.with[2].second = "clientAuth";
    const auto shown = [&](bool strict) {
        tls::server_options server = server_as(localhost());
        server.client_certificates = tls::client_certificates::required;
        server.trust = in(root());
        server.trust.strict = strict;
        tls::client_options ours = client_trusting(localhost());
        ours.credentials = issued(client, &root()).shown_with();
        return try_handshake(ours, server);
    };
    EXPECT_TRUE(shown(false).is_agreed());
    EXPECT_EQ(shown(true).server, tls::errc::certificate_refused);
}

TEST(most_between, is_how_long_a_chain_may_be) {
    const issued below_root(server_for("DNS:localhost"), &root());
    const issued below_middle(server_for("DNS:localhost"), &middle());
    const issued below_low(server_for("DNS:localhost"), &low());
    const tls::credentials zero = below_root.shown_with();
    const tls::credentials one = below_middle.shown_with({&middle()});
    const tls::credentials two = below_low.shown_with({&low(), &middle()});
    const auto is_taken = [](const issued& trusted, std::size_t most, const tls::credentials& who) {
        tls::trust rules = in(trusted);
        rules.most_between = most;
        const outcome came = judged(rules, who);
        EXPECT_TRUE(came.is_agreed() || came.client == tls::errc::certificate_refused);
        return came.is_agreed();
    };
    EXPECT_TRUE(is_taken(root(), 0, zero));
    EXPECT_FALSE(is_taken(root(), 0, one));
    EXPECT_TRUE(is_taken(root(), 1, one));
    EXPECT_FALSE(is_taken(root(), 1, two));
    EXPECT_TRUE(is_taken(root(), 2, two));
    EXPECT_TRUE(is_taken(middle(), 0, one));  // which is trusted for itself
    EXPECT_TRUE(is_taken(root(), static_cast<std::size_t>(-1), two));
}

}  // namespace
