// SPDX-License-Identifier: MIT
// Who may speak with whom, beyond the server's chain: clients' certificates, revocation, pins, and
// what was agreed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "support/folder.hpp"
#include "tls/outcome.hpp"
#include "tls/pki.hpp"

namespace {

using namespace zocalo::tests;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace tls = zocalo::tls;

const issued& root() {
    static const issued made(authority_called("root"));
    return made;
}

plan client_called(std::string subject) {
    plan made;
    made.subject = std::move(subject);
    made.with[2].second = "clientAuth";
    return made;
}

tls::server_options server_asking(tls::client_certificates how) {
    tls::server_options options =
        server_as(issued(server_for("DNS:localhost"), &root()).shown_with());
    options.client_certificates = how;
    options.trust.authorities = {root().certificate()};
    return options;
}

tls::client_options client_showing(const tls::credentials& who) {
    tls::client_options options;
    options.trust.authorities = {root().certificate()};
    options.credentials = who;
    return options;
}

TEST(client_certificate, is_asked_for_and_judged) {
    const auto good = issued(client_called("a client"), &root()).shown_with();
    const auto required = server_asking(tls::client_certificates::required);
    const auto optional = server_asking(tls::client_certificates::optional);
    EXPECT_TRUE(try_handshake(client_showing(good), required).is_agreed());
    EXPECT_TRUE(try_handshake(client_showing(good), optional).is_agreed());
    EXPECT_TRUE(try_handshake(client_showing({}), optional).is_agreed());
    const outcome none = try_handshake(client_showing({}), required);
    EXPECT_EQ(none.server, tls::errc::certificate_refused) << none.server_says;
    EXPECT_EQ(none.client, tls::errc::refused_by_peer) << none.client_says;
}

TEST(client_certificate, that_is_not_good_is_refused_also_where_none_is_required) {
    plan expired = client_called("late");
    expired.from = -7200;
    expired.until = -3600;
    const issued stranger(authority_called("stranger"));
    const tls::credentials bad[] = {
        issued(expired, &root()).shown_with(),
        issued(client_called("whose?"), &stranger).shown_with({&stranger}),
        issued(client_called("my own")).shown_with(),
        issued(server_for("DNS:a.example"), &root()).shown_with(),  // for servers
    };
    for (const auto how :
         {tls::client_certificates::required, tls::client_certificates::optional}) {
        for (const tls::credentials& each : bad) {
            const outcome came = try_handshake(client_showing(each), server_asking(how));
            EXPECT_EQ(came.server, tls::errc::certificate_refused) << came.server_says;
            EXPECT_EQ(came.client, tls::errc::refused_by_peer) << came.client_says;
        }
    }
}

TEST(client_certificate, needs_somebody_who_may_issue_it) {
    tls::server_options options = server_asking(tls::client_certificates::required);
    options.trust = {};
    EXPECT_THROW(tls::server_context{options}, std::invalid_argument);
}

TEST(client_certificate, has_to_be_asked_for_where_somebody_may_issue_it) {
    const tls::server_options options = server_asking(tls::client_certificates::not_asked);
    EXPECT_THROW(tls::server_context{options}, std::invalid_argument);
}

zocalo::io::task<> show_to_each_other(tls::client_options ours, tls::server_options theirs) {
    both_ends ends = co_await secure(tls::client_context(ours), tls::server_context(theirs));
    const tls::info server = tls::get_info(ends.server);
    const tls::info client = tls::get_info(ends.client);
    EXPECT_EQ(server.certificate, ours.credentials.certificate());
    EXPECT_TRUE(server.verified);
    EXPECT_THAT(server.chain, SizeIs(1));
    EXPECT_EQ(client.certificate, theirs.credentials.certificate());
    EXPECT_TRUE(client.verified);
}

TEST(client_certificate, is_known_to_the_server) {
    const auto who = issued(client_called("a client"), &root()).shown_with();
    show_to_each_other(client_showing(who), server_asking(tls::client_certificates::required))
        .get();
}

TEST(revocation, refuses_what_is_listed_and_what_has_no_list) {
    const issued one(server_for("DNS:localhost"), &root());
    const issued other(server_for("DNS:localhost"), &root());
    const folder here;
    const auto judged = [&](const std::string& list) {
        std::ofstream(here.file("list.pem")) << list;
        tls::client_options client = client_showing({});
        client.trust.revocation_lists = {here.file("list.pem")};
        return try_handshake(client, server_as(one.shown_with()));
    };
    EXPECT_TRUE(judged(root().revoking({&other})).is_agreed());
    EXPECT_THAT(judged(root().revoking({&other, &one})).client_says, HasSubstr("was revoked"));
    EXPECT_THAT(judged(root().revoking({}, -60)).client_says, HasSubstr("CRL has expired"));
    const issued stranger(authority_called("stranger"));
    EXPECT_THAT(judged(stranger.revoking({})).client_says,
                HasSubstr("no revocation list of \"CN=root\" is here"));
    EXPECT_THROW(judged("nothing"), std::system_error);
}

TEST(pinned_key, decides_beside_the_chain_and_without_it) {
    const issued mine(server_for("DNS:localhost"), &root());
    const std::string pin = mine.certificate().key_pin();
    const std::string other = issued(plan{}).certificate().key_pin();
    for (const auto verify : {tls::verify::everything, tls::verify::dangerously_nothing}) {
        tls::client_options client = client_showing({});
        client.verify = verify;
        if (verify != tls::verify::everything) client.trust = {};
        client.pinned_keys = {other, pin};
        EXPECT_TRUE(try_handshake(client, server_as(mine.shown_with())).is_agreed());
        client.pinned_keys = {other};
        const outcome came = try_handshake(client, server_as(mine.shown_with()));
        EXPECT_EQ(came.client, tls::errc::certificate_refused);
        EXPECT_THAT(came.client_says, HasSubstr(pin));
    }
    tls::client_options wrong_host = client_showing({});
    wrong_host.pinned_keys = {pin};
    EXPECT_FALSE(try_handshake(wrong_host, server_as(mine.shown_with()), "other").is_agreed());
}

TEST(verification, is_on_unless_it_is_dangerously_off) {
    const auto server = server_as(issued(server_for("DNS:other")).shown_with());
    EXPECT_FALSE(try_handshake(tls::client_options{}, server).is_agreed());
    tls::client_options blind;
    blind.verify = tls::verify::dangerously_nothing;
    EXPECT_TRUE(try_handshake(blind, server).is_agreed());
    EXPECT_TRUE(try_handshake(blind, server, "").is_agreed());
}

TEST(trust, comes_from_files_directories_and_the_environment) {
    const auto server = server_as(issued(server_for("DNS:localhost"), &root()).shown_with());
    const folder here;
    std::ofstream(here.file("root.pem")) << root().certificate().pem();
    tls::client_options client;
    client.trust.files = {here.file("root.pem")};
    EXPECT_TRUE(try_handshake(client, server).is_agreed());
    client.trust.files = {here.file("none.pem")};
    EXPECT_THROW(tls::client_context{client}, std::system_error);
    client.trust.files = {};
    client.trust.directories = {here.file("none")};
    EXPECT_THROW(tls::client_context{client}, std::system_error);
    client.trust.directories = {here.path()};
    EXPECT_FALSE(try_handshake(client, server).is_agreed());  // it has no hashed names yet
    ASSERT_EQ(std::system(("openssl rehash " + here.path()).c_str()), 0);
    EXPECT_TRUE(try_handshake(client, server).is_agreed());

    EXPECT_FALSE(try_handshake({}, server).is_agreed());
    ASSERT_EQ(::setenv("SSL_CERT_FILE", here.file("root.pem").c_str(), 1), 0);
    EXPECT_TRUE(try_handshake({}, server).is_agreed());
    ASSERT_EQ(::unsetenv("SSL_CERT_FILE"), 0);
}

zocalo::io::task<tls::certificate> look_at_server() {
    auto [client, server] = zocalo::io::stream::pair();
    outcome ignored;  // a client that hangs up is no news
    auto [shown, none] = co_await zocalo::io::all(
        tls::get_server_certificate(std::move(client), "another.example"),
        try_end(tls::accept(std::move(server), tls::server_context(server_as(localhost()))),
                ignored.server, ignored.server_says));
    co_return shown;
}

TEST(server_certificate, can_be_looked_at_whatever_it_says) {
    EXPECT_EQ(look_at_server().get(), localhost().certificate());
}

struct agreed {
    tls::info client;
    tls::info server;
};

zocalo::io::task<agreed> agree(tls::client_options ours, tls::server_options theirs,
                               std::string host) {
    both_ends ends = co_await secure(tls::client_context(ours), tls::server_context(theirs), host);
    co_return agreed{tls::get_info(ends.client), tls::get_info(ends.server)};
}

TEST(agreement, on_the_version) {
    tls::client_options client = client_trusting(localhost());
    tls::server_options server = server_as(localhost());
    EXPECT_EQ(agree(client, server, "localhost").get().client.version, tls::version::tls_1_3);
    client.highest = tls::version::tls_1_2;
    const agreed older = agree(client, server, "localhost").get();
    EXPECT_EQ(older.client.version, tls::version::tls_1_2);
    EXPECT_EQ(older.server.version, tls::version::tls_1_2);
    EXPECT_THAT(older.client.cipher, HasSubstr("ECDHE"));
    server.lowest = tls::version::tls_1_3;
    const outcome none = try_handshake(client, server);
    EXPECT_EQ(none.server, tls::errc::nothing_in_common) << none.server_says;
    EXPECT_EQ(none.client, tls::errc::refused_by_peer) << none.client_says;
    client.lowest = tls::version::tls_1_3;
    EXPECT_THROW(tls::client_context{client}, std::invalid_argument);
}

TEST(agreement, on_the_application_protocol) {
    struct offer {
        std::vector<std::string> client;
        std::vector<std::string> server;
        std::string agreed;  ///< "!" is a refusal
    };
    const offer table[] = {
        {{}, {}, ""},
        {{"h2"}, {}, ""},
        {{}, {"h2"}, ""},
        {{"h2", "http/1.1"}, {"http/1.1"}, "http/1.1"},
        {{"http/1.1", "h2"}, {"h2", "http/1.1"}, "h2"},
        {{"imap"}, {"pop3"}, "!"},
        {{"h2"}, {"h2c", "h"}, "!"},
    };
    for (const offer& each : table) {
        tls::client_options client = client_trusting(localhost());
        tls::server_options server = server_as(localhost());
        client.alpn = each.client;
        server.alpn = each.server;
        if (each.agreed == "!") {
            const outcome none = try_handshake(client, server);
            EXPECT_EQ(none.server, tls::errc::nothing_in_common) << none.server_says;
            EXPECT_EQ(none.client, tls::errc::refused_by_peer) << none.client_says;
            continue;
        }
        const agreed came = agree(client, server, "localhost").get();
        EXPECT_EQ(came.client.alpn, each.agreed);
        EXPECT_EQ(came.server.alpn, each.agreed);
    }
    tls::client_options bad;
    bad.alpn = {""};
    EXPECT_THROW(tls::client_context{bad}, std::invalid_argument);
    bad.alpn = {std::string(256, 'x')};
    EXPECT_THROW(tls::client_context{bad}, std::invalid_argument);
}

TEST(agreement, on_the_certificate_for_the_name_that_the_client_gives) {
    const issued a(server_for("DNS:a.example"), &root());
    const issued b(server_for("DNS:x.b.example,DNS:b.example"), &root());
    const issued c(server_for("DNS:c.example"), &root());
    tls::server_options server;
    server.by_name = {{"A.example", a.shown_with()}, {"*.b.example", b.shown_with()}};
    server.find_credentials = [&](std::string_view name) {
        return name == "c.example" ? c.shown_with() : tls::credentials();
    };
    const tls::client_options client = client_showing({});
    const agreed first = agree(client, server, "A.EXAMPLE").get();
    EXPECT_EQ(first.client.certificate, a.certificate());
    EXPECT_EQ(first.server.server_name, "a.example");
    EXPECT_EQ(agree(client, server, "x.b.example").get().client.certificate, b.certificate());
    EXPECT_EQ(agree(client, server, "c.example").get().client.certificate, c.certificate());
    for (const char* other : {"b.example", "d.example", "127.0.0.1"}) {
        const outcome none = try_handshake(client, server, other);
        EXPECT_EQ(none.server, tls::errc::nothing_in_common) << none.server_says;
        EXPECT_EQ(none.client, tls::errc::refused_by_peer) << none.client_says;
    }
    server.credentials = localhost();
    EXPECT_EQ(try_handshake(client, server, "d.example").client, tls::errc::certificate_refused);
}

TEST(callback, that_throws_fails_the_handshake_with_what_it_threw) {
    tls::server_options server;
    server.find_credentials = [](std::string_view) -> tls::credentials {
        throw std::system_error(std::make_error_code(std::errc::io_error), "the key store");
    };
    const outcome came = try_handshake(client_trusting(localhost()), server);
    EXPECT_EQ(came.server, std::errc::io_error) << came.server_says;
    EXPECT_EQ(came.client, tls::errc::refused_by_peer) << came.client_says;
}

TEST(callback, that_throws_instead_of_logging_keys_fails_the_handshake_too) {
    const tls::key_logger full = [](std::string_view) {
        throw std::system_error(std::make_error_code(std::errc::no_space_on_device), "the disk");
    };
    for (const auto version : {tls::version::tls_1_2, tls::version::tls_1_3}) {
        tls::client_options client = client_trusting(localhost());
        client.highest = version;
        tls::server_options server = server_as(localhost());
        client.key_log = full;
        EXPECT_EQ(try_handshake(client, server).client, std::errc::no_space_on_device);
        client.key_log = {};
        server.key_log = full;
        const outcome came = try_handshake(client, server);
        EXPECT_EQ(came.server, std::errc::no_space_on_device) << came.server_says;
        EXPECT_TRUE(came.client);
    }
}

TEST(callback, may_outlive_its_context) {
    auto context = std::make_unique<tls::server_context>(server_as(localhost()));
    tls::server_options options;
    options.find_credentials = [&](std::string_view) {
        context.reset();  // the handshake keeps what it needs
        return localhost();
    };
    context = std::make_unique<tls::server_context>(options);
    const tls::client_context client(client_trusting(localhost()));
    EXPECT_TRUE(try_both(client, *context, "localhost").get().is_agreed());
    EXPECT_EQ(context, nullptr);
}

zocalo::io::task<> bind_to(tls::client_options client, bool has_exporter) {
    both_ends ends =
        co_await secure(tls::client_context(client), tls::server_context(server_as(localhost())));
    const auto both = [&](tls::channel_binding kind) {
        const std::string one = tls::get_channel_binding(ends.client, kind);
        EXPECT_EQ(one, tls::get_channel_binding(ends.server, kind));
        EXPECT_THAT(one, SizeIs(32));
    };
    both(tls::channel_binding::server_end_point);
    if (has_exporter) both(tls::channel_binding::exporter);
}

TEST(channel_binding, is_the_same_on_both_ends) {
    tls::client_options client = client_trusting(localhost());
    bind_to(client, true).get();
    client.highest = tls::version::tls_1_2;
    bind_to(client, true).get();
    auto [plain, other] = zocalo::io::stream::pair();
    EXPECT_THROW(static_cast<void>(tls::get_channel_binding(plain, tls::channel_binding::exporter)),
                 std::invalid_argument);
}

TEST(key_log, has_what_opens_a_record_only_when_asked) {
    const folder here;
    tls::client_options client = client_trusting(localhost());
    ASSERT_EQ(::setenv("SSLKEYLOGFILE", here.file("keys").c_str(), 1), 0);
    EXPECT_TRUE(try_handshake(client, server_as(localhost())).is_agreed());
    EXPECT_FALSE(std::ifstream(here.file("keys")).is_open());
    client.key_log = tls::key_log_from_environment();
    ASSERT_EQ(::unsetenv("SSLKEYLOGFILE"), 0);
    EXPECT_FALSE(tls::key_log_from_environment());
    EXPECT_TRUE(try_handshake(client, server_as(localhost())).is_agreed());
    std::ifstream file(here.file("keys"));
    const std::string lines{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(lines, HasSubstr("CLIENT_HANDSHAKE_TRAFFIC_SECRET "));
    EXPECT_THAT(lines, HasSubstr("SERVER_TRAFFIC_SECRET_0 "));
    EXPECT_EQ(lines.back(), '\n');
}

}  // namespace
