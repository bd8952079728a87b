// SPDX-License-Identifier: MIT
// Made certificates and what has to be thought of each: a table of verdicts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tls/outcome.hpp"
#include "tls/pki.hpp"

namespace {

using namespace zocalo::tests;
using testing::HasSubstr;
namespace tls = zocalo::tls;

constexpr long day = 86400;

const issued& root() {
    static const issued made(authority_called("root"));
    return made;
}

const issued& middle() {
    static const issued made(authority_called("middle", as_authority("critical,CA:TRUE,pathlen:0")),
                             &root());
    return made;
}

/// What a row is about: who shows what to whom.
struct row {
    const char* about;
    std::string host;
    std::function<tls::credentials()> shown;
    const char* refusal = nullptr;  ///< part of the message; null when it has to be accepted
    std::vector<tls::certificate> trusted = {root().certificate()};
};

outcome judge(const row& what) {
    tls::client_options client;
    client.trust.authorities = what.trusted;
    tls::server_options server = server_as(what.shown());
    server.ciphers = "DEFAULT:@SECLEVEL=0";  // this server shows whatever it has
    return try_handshake(client, server, what.host);
}

void expect_verdict(const row& what) {
    SCOPED_TRACE(what.about);
    const outcome came = judge(what);
    if (what.refusal == nullptr) {
        EXPECT_TRUE(came.is_agreed()) << came.client_says << "; " << came.server_says;
        return;
    }
    EXPECT_EQ(came.client, tls::errc::certificate_refused) << came.client_says;
    EXPECT_THAT(came.client_says, HasSubstr(what.refusal));
    EXPECT_EQ(came.server, tls::errc::refused_by_peer) << came.server_says;
}

/// Issued by the root.
std::function<tls::credentials()> by_root(plan what) {
    return [what = std::move(what)] { return issued(what, &root()).shown_with(); };
}

std::function<tls::credentials()> for_names(std::string names) {
    return by_root(server_for(std::move(names)));
}

plan with_raw_names(std::vector<std::string> names) {
    plan made;
    made.raw_names = std::move(names);
    return made;
}

plan with_subject_only(std::string subject) {
    plan made;
    made.subject = std::move(subject);
    return made;
}

TEST(verdicts, on_names) {
    using std::string_literals::operator""s;
    const char* const not_for = "and not for";
    const std::vector<row> table = {
        {"the name", "a.example.org", for_names("DNS:a.example.org")},
        {"the name in capitals", "A.Example.ORG", for_names("DNS:a.example.org")},
        {"the name in capitals there", "a.example.org", for_names("DNS:A.EXAMPLE.ORG")},
        {"a dot at the end", "a.example.org.", for_names("DNS:a.example.org")},
        {"one of several", "b.example", for_names("DNS:a.example,DNS:b.example,DNS:c.example")},
        {"an underscore", "_a.example.org", for_names("DNS:_a.example.org")},
        {"another name", "b.example", for_names("DNS:a.example"),
         "for a.example and not for b.example"},
        {"a part of the name", "example.org", for_names("DNS:a.example.org"), not_for},
        {"more than the name", "b.a.example.org", for_names("DNS:a.example.org"), not_for},
        {"the name begins alike", "a.example.org.evil", for_names("DNS:a.example.org"), not_for},

        {"a wildcard", "a.example.org", for_names("DNS:*.example.org")},
        {"a wildcard for two labels", "b.a.example.org", for_names("DNS:*.example.org"), not_for},
        {"a wildcard for no label", "example.org", for_names("DNS:*.example.org"), not_for},
        {"a wildcard for a top domain", "example.org", for_names("DNS:*.org"), not_for},
        {"a wildcard for everything", "org", for_names("DNS:*"), not_for},
        {"a part of a label is a wildcard", "foo.example.org", for_names("DNS:f*.example.org"),
         not_for},
        {"a wildcard in the middle", "a.b.example.org", for_names("DNS:a.*.example.org"), not_for},
        {"two wildcards", "a.b.example.org", for_names("DNS:*.*.example.org"), not_for},
        {"a wildcard for an internationalised label", "bücher.example.org",
         for_names("DNS:*.example.org")},
        {"an internationalised name", "bücher.example.org",
         for_names("DNS:xn--bcher-kva.example.org")},
        {"a wildcard in an encoded label", "bücher.example.org",
         for_names("DNS:xn--bcher-*.example.org"), not_for},

        {"no name but the subject", "a.example", by_root(with_subject_only("a.example")),
         "for nobody and not for a.example"},
        {"the subject is right, the names are not", "subject.example", by_root([] {
             plan made = server_for("DNS:a.example");
             made.subject = "subject.example";
             return made;
         }()),
         not_for},
        {"a NUL in the name", "a.example.org",
         by_root(with_raw_names({"a.example.org\0.evil.org"s})), "a.example.org\\x00.evil.org"},
        {"a space after the name", "a.example.org", by_root(with_raw_names({"a.example.org "})),
         not_for},
        {"a dot before the name", "a.example.org", by_root(with_raw_names({".example.org"})),
         not_for},
        {"an empty name", "a.example.org", by_root(with_raw_names({""})), not_for},
        {"a line break in the name", "a.example.org", by_root(with_raw_names({"a\r\nb"})),
         "for a\\r\\nb and not"},
        {"a mail address", "example.org", for_names("email:a@example.org"), not_for},
        {"a URI", "example.org", for_names("URI:https://example.org/"), not_for},
    };
    for (const row& each : table)
        expect_verdict(each);
}

TEST(verdicts, on_names_that_are_addresses) {
    const char* const not_for = "and not for";
    const std::vector<row> table = {
        {"the address", "192.0.2.1", for_names("IP:192.0.2.1")},
        {"another address", "192.0.2.2", for_names("IP:192.0.2.1"),
         "for 192.0.2.1 and not for 192.0.2.2"},
        {"IPv6", "2001:db8::1", for_names("IP:2001:db8::1")},
        {"IPv6 in other words", "2001:DB8:0:0::0001", for_names("IP:2001:db8::1")},
        {"another IPv6", "2001:db8::2", for_names("IP:2001:db8::1"), not_for},
        {"an address as a name", "192.0.2.1", for_names("DNS:192.0.2.1"), not_for},
        {"an address in a wildcard", "192.0.2.1", for_names("DNS:*.0.2.1"), not_for},
        {"an address in the subject", "192.0.2.1", by_root(with_subject_only("192.0.2.1")),
         not_for},
        {"IPv4 inside of IPv6", "::ffff:192.0.2.1", for_names("IP:192.0.2.1"), not_for},
        {"a name where an address is meant", "localhost", for_names("IP:127.0.0.1"), not_for},
    };
    for (const row& each : table)
        expect_verdict(each);
}

/// What is good but for one thing.
std::function<tls::credentials()> but(const std::function<void(plan&)>& change) {
    plan made = server_for("DNS:localhost");
    change(made);
    return by_root(made);
}

TEST(verdicts, on_dates) {
    const auto dated = [](long from, long until) {
        return but([=](plan& made) {
            made.from = from;
            made.until = until;
        });
    };
    const auto below = [](long from, long until) {
        return [=] {
            plan dates = authority_called("old middle");
            dates.from = from;
            dates.until = until;
            const issued old(dates, &root());
            return issued(server_for("DNS:localhost"), &old).shown_with({&old});
        };
    };
    plan old_root = authority_called("old root");
    old_root.from = -3 * day;
    old_root.until = -day;
    const issued expired_root(old_root);
    const std::vector<row> table = {
        {"today", "localhost", dated(-day, day)},
        {"after 2050, in the other form of dates", "localhost", dated(-day, 30 * 365 * day)},
        {"expired", "localhost", dated(-2 * day, -3600), "\"CN=a server\" expired on 20"},
        {"from tomorrow on", "localhost", dated(day, 2 * day), "is good from 20"},
        {"ends before it begins", "localhost", dated(day, -day), "certificate verify failed"},
        {"below one that has expired", "localhost", below(-2 * day, -day),
         "\"CN=old middle\" expired on 20"},
        {"below one from tomorrow on", "localhost", below(day, 2 * day), "is good from 20"},
        {"below a root that has expired",
         "localhost",
         [&] { return issued(server_for("DNS:localhost"), &expired_root).shown_with(); },
         "\"CN=old root\" expired on 20",
         {expired_root.certificate()}},
    };
    for (const row& each : table)
        expect_verdict(each);
}

/// A server's certificate below some authority made from `what`, which the root has signed.
std::function<tls::credentials()> below(const plan& what) {
    return [what] {
        const issued above(what, &root());
        return issued(server_for("DNS:localhost"), &above).shown_with({&above});
    };
}

TEST(verdicts, on_chains) {
    const plan server = server_for("DNS:localhost");
    const issued own(server);
    const issued stranger(authority_called("stranger"));
    const issued impostor(authority_called("root"));  // another key
    const issued low(authority_called("low"), &middle());
    const std::vector<row> table = {
        {"below the root", "localhost", by_root(server)},
        {"below the middle, which is sent", "localhost",
         [&] { return issued(server, &middle()).shown_with({&middle()}); }},
        {"with the root, too", "localhost",
         [&] { return issued(server, &middle()).shown_with({&middle(), &root()}); }},
        {"in another order, and a stranger's", "localhost",
         [&] { return issued(server, &middle()).shown_with({&root(), &stranger, &middle()}); }},
        {"the middle is trusted for itself",
         "localhost",
         [&] { return issued(server, &middle()).shown_with(); },
         nullptr,
         {middle().certificate()}},
        {"it vouches for itself and is trusted",
         "localhost",
         [&] { return own.shown_with(); },
         nullptr,
         {own.certificate()}},
        {"it vouches for itself", "localhost", [&] { return own.shown_with(); },
         "vouches for itself only"},
        {"below the middle, which is not sent", "localhost",
         [&] { return issued(server, &middle()).shown_with(); },
         "\"CN=middle\" is not trusted, nor did the peer send it"},
        {"below a stranger", "localhost", [&] { return issued(server, &stranger).shown_with(); },
         "\"CN=stranger\" is not trusted"},
        {"below a stranger, who is sent", "localhost",
         [&] { return issued(server, &stranger).shown_with({&stranger}); },
         "the authority \"CN=stranger\" is not among the trusted ones"},
        {"below an impostor of the root", "localhost",
         [&] { return issued(server, &impostor).shown_with({&impostor}); },
         "certificate verify failed"},
        {"deeper than the middle allows", "localhost",
         [&] { return issued(server, &low).shown_with({&low, &middle()}); }, "path length"},
        {"the signature is broken", "localhost",
         but([](plan& made) { made.breaks_signature = true; }), "signature failure"},
        {"below another server", "localhost",
         below(authority_called("another server", server_for("").with)), "invalid CA"},
        {"below one that says nothing of authority", "localhost",
         below(authority_called("quiet", {{NID_key_usage, "critical,keyCertSign"}})), "invalid CA"},
        {"below one whose key must not sign certificates", "localhost",
         below(authority_called("crl only", {{NID_basic_constraints, "critical,CA:TRUE"},
                                             {NID_key_usage, "critical,cRLSign"}})),
         "certificate verify failed"},
        {"below a certificate of version 1", "localhost",
         [&] {
             plan first = authority_called("first");
             first.first_version = true;
             const issued above(first, &root());
             return issued(server, &above).shown_with({&above});
         },
         "invalid CA"},
    };
    for (const row& each : table)
        expect_verdict(each);
}

plan constrained(const std::string& names) {
    extensions with = as_authority();
    with.emplace_back(NID_name_constraints, names);
    return authority_called("constrained", with);
}

TEST(verdicts, on_what_certificates_are_for) {
    const auto extended = [](const std::string& usage) {
        return but([&](plan& made) { made.with[2].second = usage; });
    };
    extensions for_clients = as_authority();
    for_clients.emplace_back(NID_ext_key_usage, "clientAuth");
    const std::vector<row> table = {
        {"servers and clients", "localhost", extended("serverAuth,clientAuth")},
        {"nothing is said", "localhost", but([](plan& made) { made.with.clear(); })},
        {"clients", "localhost", extended("clientAuth"), "unsuitable certificate purpose"},
        {"mail", "localhost", extended("emailProtection"), "unsuitable certificate purpose"},
        {"a key for signing certificates only", "localhost",
         but([](plan& made) { made.with[1].second = "critical,keyCertSign"; }),
         "unsuitable certificate purpose"},
        {"the authority is for clients", "localhost",
         below(authority_called("for clients", for_clients)), "certificate verify failed"},
        {"a critical extension that nobody knows", "localhost",
         but([](plan& made) { made.critical = "what?"; }), "unhandled critical extension"},
        {"a name that the authority may vouch for", "localhost",
         below(constrained("critical,permitted;DNS:localhost"))},
        {"a name that it may not vouch for", "localhost",
         below(constrained("critical,permitted;DNS:example.org")), "permitted subtree violation"},
        {"a name that it must not vouch for", "localhost",
         below(constrained("critical,excluded;DNS:localhost")), "excluded subtree violation"},
    };
    for (const row& each : table)
        expect_verdict(each);
}

TEST(verdicts, on_strength) {
    const auto keyed = [](const char* kind) { return but([=](plan& made) { made.key = kind; }); };
    const auto digested = [](const char* kind) {
        return but([=](plan& made) { made.digest = kind; });
    };
    plan weak = authority_called("weak");
    weak.key = "RSA-1024";
    plan rsa = authority_called("RSA root");
    rsa.key = "RSA-2048";
    const issued rsa_root(rsa);
    const std::vector<row> table = {
        {"P-384", "localhost", keyed("P-384")},
        {"Ed25519", "localhost", keyed("ED25519")},
        {"RSA, 2048 bits", "localhost", keyed("RSA-2048")},
        {"RSA, 1024 bits", "localhost", keyed("RSA-1024"), "key too weak"},
        {"an authority with RSA, 1024 bits", "localhost", below(weak), "key too weak"},
        {"signed with SHA-384", "localhost", digested("SHA384")},
        {"signed with SHA-1", "localhost", digested("SHA1"), "digest algorithm too weak"},
        {"signed with MD5",
         "localhost",
         [&] {
             plan made = server_for("DNS:localhost");
             made.digest = "MD5";
             return issued(made, &rsa_root).shown_with();
         },
         "digest algorithm too weak",
         {rsa_root.certificate()}},
    };
    for (const row& each : table)
        expect_verdict(each);
}

TEST(client_context, refuses_trust_that_would_not_be_asked) {
    tls::client_options blind;
    blind.verify = tls::verify::dangerously_nothing;
    EXPECT_NO_THROW(tls::client_context{blind});
    const auto with = [&](auto change) {
        tls::client_options options = blind;
        change(options.trust);
        return options;
    };
    const tls::client_options contradictions[] = {
        with([](tls::trust& whom) { whom.system_too = true; }),
        with([](tls::trust& whom) { whom.files = {"/no/such/file"}; }),
        with([](tls::trust& whom) { whom.directories = {"/no/such/folder"}; }),
        with([](tls::trust& whom) { whom.revocation_lists = {"/no/such/list"}; }),
        with([](tls::trust& whom) { whom.strict = true; }),
        with([](tls::trust& whom) { whom.authorities.emplace_back(); }),
    };
    for (const tls::client_options& each : contradictions)
        EXPECT_THROW(tls::client_context{each}, std::invalid_argument);
}

}  // namespace
