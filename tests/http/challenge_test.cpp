// SPDX-License-Identifier: MIT
#include "zocalo/http/challenge.hpp"

#include <gtest/gtest.h>

namespace {

namespace http = zocalo::http;

/// Each challenge as it is printed, in a line of its own.
std::string read(std::string_view text) {
    const auto all = http::challenge::try_parse_all(text);
    if (!all) return "refused";
    std::string printed;
    for (const http::challenge& each : *all)
        printed += each.to_string() + "\n";
    return printed;
}

TEST(challenge, is_read_and_printed) {
    const struct {
        std::string_view text;
        std::string_view printed;
    } rows[] = {
        {"", ""},
        {" , ,", ""},
        {"Basic realm=\"a\"", "Basic realm=\"a\"\n"},
        {"Basic realm=a", "Basic realm=\"a\"\n"},
        {"basic REALM = \"a\"", "basic realm=\"a\"\n"},
        {"Negotiate", "Negotiate\n"},
        {"Negotiate, Basic realm=\"a\"", "Negotiate\nBasic realm=\"a\"\n"},
        {"NTLM TlRMTVNT==", "NTLM TlRMTVNT==\n"},
        {"NTLM TlRMTVNT== , Foo a-._~+/", "NTLM TlRMTVNT==\nFoo a-._~+/\n"},
        {"Foo a=", "Foo a=\n"},
        {"Foo a=b", "Foo a=\"b\"\n"},
        {"Foo a= \"b\"", "Foo a=\"b\"\n"},
        {"Foo  a=b ,, c=d,Bar", "Foo a=\"b\", c=\"d\"\nBar\n"},
        {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
         "Newauth realm=\"apps\", type=\"1\", title=\"Login to \\\"apps\\\"\"\n"
         "Basic realm=\"simple\"\n"},
        {"Digest realm=\"x, y\", nonce=n, stale=TRUE, algorithm=MD5, qop=\"auth,auth-int\"",
         "Digest realm=\"x, y\", nonce=\"n\", stale=TRUE, algorithm=MD5, qop=\"auth,auth-int\"\n"},
        {"Basic realm=\"a\" b=c", "refused"},
        {"Basic realm=\"a", "refused"},
        {"Basic realm=\"a\"x", "refused"},
        {"Basic realm=", "Basic realm=\n"},
        {"Basic realm=,", "Basic realm=\n"},
        {"Basic realm=\"a\", realm=\"b\"", "refused"},
        {"Basic =a", "refused"},
        {"Basic a b", "refused"},
        {"Basic a==b", "refused"},
        {"\"Basic\" realm=a", "refused"},
        {"Basic:realm=a", "refused"},
        {"Basic\"a\"", "refused"},
        {"Basic realm=\"\x01\"", "refused"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(read(row.text), row.printed) << row.text;
}

TEST(challenge, is_one_of_a_limited_number) {
    std::string many = "Basic";
    for (int i = 1; i < 16; ++i)
        many += ", Basic";
    EXPECT_EQ(http::challenge::try_parse_all(many).value().size(), 16U);
    EXPECT_FALSE(http::challenge::try_parse_all(many + ", Basic"));
    std::string wide = "A p=1";
    for (int i = 1; i < 64; ++i)
        wide += ",p" + std::to_string(i) + "=1";
    EXPECT_TRUE(http::challenge::try_parse_all(wide));
    EXPECT_FALSE(http::challenge::try_parse_all(wide + ",q=1"));
}

TEST(challenge, is_printed_only_when_it_is_one) {
    EXPECT_THROW((void)http::challenge{.scheme = "a b"}.to_string(), std::invalid_argument);
    EXPECT_THROW((void)http::challenge{}.to_string(), std::invalid_argument);
    EXPECT_THROW((void)(http::challenge{.scheme = "a", .token = "b c"}.to_string()),
                 std::invalid_argument);
    EXPECT_THROW((void)(http::credentials{.scheme = "a", .token = "b\r\nc"}.to_string()),
                 std::invalid_argument);
    http::challenge both{.scheme = "a", .token = "b"};
    both.parameters.set("c", "d");
    EXPECT_THROW((void)both.to_string(), std::invalid_argument);
}

TEST(credentials, are_of_one_scheme) {
    const auto read_one = [](std::string_view text) {
        const auto read = http::credentials::try_parse(text);
        return read ? read->to_string() : "refused";
    };
    EXPECT_EQ(read_one("Basic YTpi"), "Basic YTpi");
    EXPECT_EQ(read_one("Digest username=\"a\", qop=auth, nc=00000001"),
              "Digest username=\"a\", qop=auth, nc=00000001");
    EXPECT_EQ(read_one("Basic YTpi, Basic YTpi"), "refused");
    EXPECT_EQ(read_one(""), "refused");
    EXPECT_EQ(read_one(", Basic YTpi"), "refused");
}

TEST(basic, carries_a_name_and_a_password) {
    EXPECT_EQ(http::basic_challenge("a \"b\"").to_string(),
              R"(Basic realm="a \"b\"", charset="UTF-8")");
    // RFC 7617 §2 and §2.1
    EXPECT_EQ(http::basic_credentials("Aladdin", "open sesame").to_string(),
              "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    EXPECT_EQ(http::basic_credentials("test", "123\xC2\xA3").to_string(), "Basic dGVzdDoxMjPCow==");
    const auto read = http::read_basic(http::basic_credentials("", "a:b"));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->user, "");
    EXPECT_EQ(read->password, "a:b");
    EXPECT_THROW((void)http::basic_credentials("a:b", "c"), std::invalid_argument);
    EXPECT_THROW((void)http::basic_credentials("a\n", "c"), std::invalid_argument);
    EXPECT_THROW((void)http::basic_credentials("a", "c\x7f"), std::invalid_argument);
}

TEST(basic, that_is_none_is_refused) {
    for (const std::string_view text : {"Bearer YTpi", "Basic", "Basic YTpi=", "Basic YTp",
                                        "Basic YTpj=", "Basic YWI=", "Basic YTo\r",
                                        "Basic YQo6Yg==", "Basic Y===", "Basic ====", "Basic a=b",
                                        "Basic YTq=", "Basic YTpiYT=iYTpi"}) {
        const auto read = http::credentials::try_parse(text);
        EXPECT_FALSE(read && http::read_basic(*read)) << text;
    }
}

TEST(bearer, carries_a_token) {
    EXPECT_EQ(http::bearer_credentials("mF_9.B5f-4.1JqM").to_string(), "Bearer mF_9.B5f-4.1JqM");
    EXPECT_THROW((void)http::bearer_credentials("a b"), std::invalid_argument);
    EXPECT_THROW((void)http::bearer_credentials("a\r\nX: b"), std::invalid_argument);
    EXPECT_THROW((void)http::bearer_credentials(""), std::invalid_argument);
}

}  // namespace
