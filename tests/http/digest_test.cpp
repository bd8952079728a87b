// SPDX-License-Identifier: MIT
#include "zocalo/http/digest.hpp"

#include <gmock/gmock.h>

#include "zocalo/http/digest_nonces.hpp"

namespace {

using namespace std::chrono;
namespace http = zocalo::http;
using http::digest_algorithm;
using testing::HasSubstr;

http::challenge asked(std::string_view text) {
    return http::challenge::try_parse_all(text).value().at(0);
}

std::string_view response(const http::credentials& shown) {
    return shown.parameters.find("response").value();
}

// RFC 7616 §3.9.1
constexpr std::string_view rfc =
    "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", algorithm=";
constexpr http::digest_request rfc_request{
    .target = "/dir/index.html", .client_nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"};

TEST(digest, is_that_of_the_rfc) {
    const auto answer = [](std::string_view algorithm) {
        return http::answer_digest(asked(std::string(rfc) += algorithm), rfc_request, "Mufasa",
                                   "Circle of Life");
    };
    EXPECT_EQ(response(answer("MD5")), "8ca523f5e9506fed4657c9700eebdbec");
    EXPECT_EQ(response(answer("SHA-256")),
              "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    EXPECT_EQ(answer("MD5").to_string(),
              "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", "
              "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"/dir/index.html\", "
              "response=\"8ca523f5e9506fed4657c9700eebdbec\", algorithm=MD5, qop=auth, "
              "nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", "
              "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
}

TEST(digest, is_that_of_rfc_2069_where_nothing_better_is_asked_for) {
    // The erratum to RFC 2069 §2.4.
    const auto shown = http::answer_digest(
        asked("Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\""),
        {.target = "/dir/index.html"}, "Mufasa", "CircleOfLife");
    EXPECT_EQ(response(shown), "1949323746fe6a43ef61f9606e7febea");
    EXPECT_FALSE(shown.parameters.find("nc"));
    EXPECT_FALSE(shown.parameters.find("algorithm"));
}

TEST(digest, cannot_answer_everything) {
    for (const std::string_view text :
         {"Basic realm=a", "Digest realm=a", "Digest nonce=a", "Digest realm=a, nonce=b, qop=\"\"",
          "Digest realm=a, nonce=b, qop=\"x\"", "Digest realm=a, nonce=b, algorithm=SHA-1"}) {
        EXPECT_FALSE(http::can_answer_digest(asked(text))) << text;
        EXPECT_THROW((void)http::answer_digest(asked(text), {}, "a", "b"), std::invalid_argument);
    }
    const auto whole = asked("Digest realm=a, nonce=b, qop=\"auth-int\"");
    EXPECT_TRUE(http::can_answer_digest(whole));
    EXPECT_THROW((void)http::answer_digest(whole, {}, "a", "b"), std::invalid_argument);
    EXPECT_EQ(http::answer_digest(whole, {.content = "x"}, "a", "b").parameters.find("qop"),
              "auth-int");
    EXPECT_THROW((void)http::answer_digest(asked("Digest realm=a,nonce=b"), {}, "a\n", "b"),
                 std::invalid_argument);
}

TEST(digest, hides_the_name_where_that_is_asked_for) {
    // RFC 7616 §3.9.2, whose hash of the name an erratum corrects; the response is what Python's
    // hashlib makes of §3.4.
    const auto shown = http::answer_digest(
        asked("Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, "
              "nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", charset=UTF-8, "
              "userhash=true"),
        {.target = "/doe.json", .client_nonce = "NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm"},
        "J\xC3\xA4s\xC3\xB8n Doe", "Secret, or not?");
    EXPECT_EQ(shown.parameters.find("username"),
              "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b");
    EXPECT_EQ(response(shown), "7a4e1192babbba02e91182d2895bfdbf7adafc6e48d4e517ca301974843d840c");
    const auto named = http::answer_digest(asked("Digest realm=a, nonce=b, charset=UTF-8"), {},
                                           "J\xC3\xA4s n", "b");
    EXPECT_EQ(named.parameters.find("username*"), "UTF-8''J%C3%A4s%20n");
}

TEST(strongest, is_what_proves_most) {
    const auto scheme = [](std::string_view text) -> std::string {
        const auto all = http::challenge::try_parse_all(text).value();
        const http::challenge* best = http::strongest(all);
        if (best == nullptr) return "none";
        return best->scheme + std::string(best->parameters.find("algorithm").value_or(""));
    };
    EXPECT_EQ(scheme("Basic realm=a, Digest realm=a, nonce=b"), "Digest");
    EXPECT_EQ(scheme("Digest realm=a, nonce=b, algorithm=MD5, "
                     "Digest realm=a, nonce=b, algorithm=SHA-256, Basic"),
              "DigestSHA-256");
    EXPECT_EQ(scheme("Digest realm=a, nonce=b, algorithm=new, Basic"), "Basic");
    EXPECT_EQ(scheme("Negotiate, Bearer"), "none");
}

TEST(digest_claim, is_held_against_the_secret) {
    for (const auto which : {digest_algorithm::md5, digest_algorithm::md5_sess,
                             digest_algorithm::sha256, digest_algorithm::sha256_sess,
                             digest_algorithm::sha512_256, digest_algorithm::sha512_256_sess}) {
        const auto all = http::digest_challenges(
            {.realm = "here", .nonce = "n", .is_stale = true, .algorithms = {which}});
        ASSERT_EQ(all.size(), 1U);
        EXPECT_THAT(all[0].to_string(), HasSubstr("stale=true"));
        const auto shown = http::answer_digest(asked(all[0].to_string()),
                                               {.method = "PUT",
                                                .target = "/a?b=\"c\"",
                                                .count = 0x2A,
                                                .client_nonce = http::make_client_nonce()},
                                               "J\xC3\xA4", "p:w");
        const auto sent = http::credentials::try_parse(shown.to_string()).value();
        const auto claim = http::digest_claim::try_parse(sent).value();
        const std::string secret = http::digest_secret(which, "J\xC3\xA4", "here", "p:w");
        EXPECT_EQ(claim.user, "J\xC3\xA4");
        EXPECT_EQ(claim.target, "/a?b=\"c\"");
        EXPECT_EQ(claim.count, 0x2AU);
        EXPECT_EQ(claim.algorithm, which);
        EXPECT_TRUE(claim.knows(secret, "PUT"));
        EXPECT_FALSE(claim.knows(secret, "GET"));
        EXPECT_FALSE(claim.knows(secret, ""));
        EXPECT_FALSE(claim.knows(http::digest_secret(which, "J\xC3\xA4", "here", "pw"), "PUT"));
        auto other = claim;
        other.target = "/b";
        EXPECT_FALSE(other.knows(secret, "PUT"));
        EXPECT_TRUE(http::server_knows(claim.answer(secret), shown, secret));
        EXPECT_FALSE(http::server_knows(claim.answer("other"), shown, secret));
        // The server's proof is none of the client.
        other = claim;
        other.response = claim.answer(secret).substr(claim.answer(secret).find("rspauth=\"") + 9);
        other.response = other.response.substr(0, other.response.find('"'));
        EXPECT_FALSE(other.knows(secret, "PUT"));
    }
}

TEST(digest_claim, proves_content) {
    const auto whole = asked("Digest realm=a, nonce=b, qop=\"auth-int\"");
    const auto shown = http::answer_digest(
        whole, {.method = "POST", .content = "text", .client_nonce = "c"}, "u", "p");
    const auto claim = http::digest_claim::try_parse(shown).value();
    const std::string secret = http::digest_secret(digest_algorithm::md5, "u", "a", "p");
    EXPECT_TRUE(claim.proves_content);
    EXPECT_TRUE(claim.knows(secret, "POST", "text"));
    EXPECT_FALSE(claim.knows(secret, "POST", "test"));
    EXPECT_TRUE(http::server_knows(claim.answer(secret, "reply"), shown, secret, "reply"));
    EXPECT_FALSE(http::server_knows(claim.answer(secret, "reply"), shown, secret, "repli"));
}

TEST(digest_claim, that_is_none_is_refused) {
    const std::string good =
        "Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"x\", qop=auth, "
        "nc=00000001, cnonce=\"c\"";
    const auto is_read = [](const std::string& text) {
        const auto shown = http::credentials::try_parse(text);
        return shown && http::digest_claim::try_parse(*shown).has_value();
    };
    ASSERT_TRUE(is_read(good));
    const auto with = [&](std::string_view old, std::string_view other) {
        std::string text = good;
        return text.replace(text.find(old), old.size(), other);
    };
    for (const std::string& text :
         {with("Digest", "Basic"), with("username=\"u\", ", ""), with("realm=\"r\", ", ""),
          with("nonce=\"n\", ", ""), with("uri=\"/\", ", ""), with("response=\"x\", ", ""),
          with("qop=auth, ", ""), with("qop=auth", "qop=other"), with("00000001", "00000000"),
          with("00000001", "1"), with("00000001", "0x000001"), with(", nc=00000001", ""),
          with(", cnonce=\"c\"", ""), with("username=", "username*=ISO-8859-1''"),
          with("username=\"u\"", "username*=\"UTF-8''%zz\""),
          with("username=\"u\"", "username=\"u\", username*=\"UTF-8''u\""),
          good + ", algorithm=SHA-1", good + ", userhash=true"}) {
        EXPECT_FALSE(is_read(text)) << text;
    }
}

const sys_seconds now = sys_days(year(2026) / 11 / 21);

TEST(digest_nonces, are_ours_or_not) {
    http::digest_nonces nonces;
    http::digest_nonces others;
    const std::string one = nonces.make(now);
    EXPECT_NE(one, nonces.make(now));
    EXPECT_TRUE(nonces.is_ours(one));
    EXPECT_FALSE(others.is_ours(one));
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::string changed = one;
        changed[i] = changed[i] == '0' ? '1' : '0';
        EXPECT_FALSE(nonces.is_ours(changed));
        EXPECT_FALSE(nonces.use(changed, 1, now));
    }
    EXPECT_FALSE(nonces.is_ours(""));
    EXPECT_FALSE(nonces.is_ours(one + "0"));
    http::digest_nonces twin_a({.key = "secret"});
    const http::digest_nonces twin_b({.key = "secret"});
    EXPECT_TRUE(twin_b.is_ours(twin_a.make(now)));
}

TEST(digest_nonces, take_each_count_once) {
    http::digest_nonces nonces;
    const std::string one = nonces.make(now);
    EXPECT_TRUE(nonces.use(one, 1, now));
    EXPECT_FALSE(nonces.use(one, 1, now));
    EXPECT_TRUE(nonces.use(one, 3, now));
    EXPECT_TRUE(nonces.use(one, 2, now));
    EXPECT_FALSE(nonces.use(one, 2, now));
    EXPECT_FALSE(nonces.use(one, 3, now));
    EXPECT_TRUE(nonces.use(one, 100, now));
    EXPECT_TRUE(nonces.use(one, 37, now));
    EXPECT_FALSE(nonces.use(one, 36, now));  // 64 behind
    EXPECT_TRUE(nonces.use(one, 163, now));
    EXPECT_FALSE(nonces.use(one, 100, now));
    EXPECT_TRUE(nonces.use(one, 0xFFFFFFFF, now));
    EXPECT_TRUE(nonces.use(nonces.make(now), 1, now));
}

TEST(digest_nonces, grow_old) {
    http::digest_nonces nonces({.lifetime = seconds(10)});
    const std::string one = nonces.make(now);
    EXPECT_TRUE(nonces.use(one, 1, now + seconds(10)));
    EXPECT_FALSE(nonces.use(one, 2, now + seconds(11)));
    EXPECT_EQ(nonces.remembered(), 0U);
    EXPECT_TRUE(nonces.is_ours(one));
    EXPECT_FALSE(nonces.use(one, 1, now));  // nor when the clock is put back
}

TEST(digest_nonces, are_remembered_in_limited_number) {
    http::digest_nonces nonces({.lifetime = hours(1), .remembered = 10});
    const std::string first = nonces.make(now);
    EXPECT_TRUE(nonces.use(first, 1, now));
    for (int i = 1; i <= 100; ++i) {
        EXPECT_TRUE(nonces.use(nonces.make(now + seconds(i)), 1, now + seconds(i)));
        EXPECT_LE(nonces.remembered(), 10U);
    }
    EXPECT_FALSE(nonces.use(first, 1, now + seconds(100)));
    EXPECT_FALSE(nonces.use(first, 2, now + seconds(100)));
}

}  // namespace
