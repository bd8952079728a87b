// SPDX-License-Identifier: MIT
// What can be compared with a browser is compared with one: tests/interop/url_test.py.
#include "zocalo/url/web_url.hpp"

#include <gmock/gmock.h>

#include <sstream>
#include <stdexcept>

namespace {

namespace url = zocalo::url;
using testing::HasSubstr;
using testing::Not;
using url::web_url;

TEST(web_url, knows_its_parts) {
    const auto all = web_url::parse(" HTTP:\\\\u:p w@EXAMPLE.org:8080\\a/../b c?d'e#f g ");
    const web_url expected{.scheme = "http",
                           .user_name = "u",
                           .password = "p%20w",
                           .host = "example.org",
                           .port = 8080,
                           .path = "/b%20c",
                           .query = "d%27e",
                           .fragment = "f%20g"};
    EXPECT_EQ(all, expected);
    EXPECT_TRUE(all.is_special());
    const auto mail = web_url::parse("mailto:a b@c?d");
    EXPECT_TRUE(mail.has_opaque_path);
    EXPECT_EQ(mail.path, "a b@c");
    EXPECT_EQ(mail.host, std::nullopt);
}

TEST(web_url, reads_hosts_as_browsers_do) {
    const std::pair<const char*, const char*> table[] = {
        {"http://0x7f.1", "http://127.0.0.1/"},
        {"http://2130706433/", "http://127.0.0.1/"},
        {"http://0/", "http://0.0.0.0/"},
        {"http://0x./", "http://0.0.0.0/"},
        {"http://1.2.3.4./", "http://1.2.3.4/"},
        {"http://%31%2e1.1.1/", "http://1.1.1.1/"},
        {"http://[::FFFF:1.2.3.4]/", "http://[::ffff:102:304]/"},
        {"http://[1:0:0:2:0:0:0:3]/", "http://[1:0:0:2::3]/"},
        {"http://[0:1:0:1:0:1:0:1]/", "http://[0:1:0:1:0:1:0:1]/"},
        {"http://[1::]/", "http://[1::]/"},
        {"http://b\xC3\xBC"
         "cher.de",
         "http://xn--bcher-kva.de/"},
        // What IDNA makes of it may be an address.
        {"http://\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1/", "http://127.0.0.1/"},
        {"http://"
         "\xEF\xBC\x90\xEF\xBC\xB8\xEF\xBD\x83\xEF\xBC\x90\xEF\xBC\x8E\xEF\xBC\x90\xEF\xBC\x92"
         "\xEF\xBC\x95\xEF\xBC\x90\xEF\xBC\x8E\xEF\xBC\x90\xEF\xBC\x91/",
         "http://192.168.0.1/"},
        {"http://\xE2\x91\xA0\xE2\x91\xA1\xE2\x91\xA6.0.0.1/", "http://127.0.0.1/"},
        {"http://\xEF\xBC\x91.256.0.1/", nullptr},
        {"http:/127.0.0.1/", "http://127.0.0.1/"},
        {"x://A b", nullptr},
        {"x://A%zz", "x://A%zz"},
        {"x://\xC3\xBC", "x://%C3%BC"},
    };
    for (const auto& [text, same] : table) {
        const auto parsed = web_url::try_parse(text);
        ASSERT_EQ(parsed.has_value(), same != nullptr) << text;
        if (parsed) {
            EXPECT_EQ(parsed->to_string(), same);
        }
    }
}

TEST(web_url, says_when_it_is_the_host_that_idna_does_not_allow) {
    const auto why = [](const char* text) -> std::string {
        try {
            (void)web_url::parse(text);
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_THAT(why("http://\xE2\x98\x95.localhost/"), HasSubstr("(IDNA 2008)"));
    EXPECT_THAT(why("http://u:secret@\xE2\x98\x95.localhost/"), Not(HasSubstr("secret")));
    EXPECT_THAT(why("http://a b/"), HasSubstr("browsers make nothing of it"));
    EXPECT_THAT(why("http://1.256.0.1/"), HasSubstr("browsers make nothing of it"));
    EXPECT_THAT(why("http://[::g]/"), HasSubstr("browsers make nothing of it"));
}

TEST(web_url, is_relative_to_a_base) {
    const auto base = web_url::parse("http://u:p@h/a/b?c#d");
    EXPECT_EQ(web_url::parse("../x", &base).to_string_with_user_info(), "http://u:p@h/x");
    EXPECT_EQ(web_url::parse("//x", &base).to_string_with_user_info(), "http://x/");
    EXPECT_EQ(web_url::parse("?x", &base).to_string(), "http://h/a/b?x");
    EXPECT_EQ(web_url::parse("#x", &base).to_string(), "http://h/a/b?c#x");
    EXPECT_FALSE(web_url::try_parse("../x"));
    const auto mail = web_url::parse("mailto:a");
    EXPECT_FALSE(web_url::try_parse("x", &mail));
    EXPECT_EQ(web_url::parse("#x", &mail).to_string(), "mailto:a#x");
}

TEST(web_url, goes_on_as_a_strict_one) {
    const std::pair<const char*, const char*> table[] = {
        {"http://h/a|b^c%zz?d|e\"#f|g", "http://h/a%7Cb%5Ec%25zz?d%7Ce%22#f%7Cg"},
        {"x:a b", "x:a%20b"},
        {"x:/.//a", "x:/.//a"},
        {"http://h'`/", "http://h'%60/"},
        {"file:///C|/a", "file:///C:/a"},
    };
    for (const auto& [text, strict] : table)
        EXPECT_EQ(web_url::parse(text).to_uri().to_string(), strict);
    EXPECT_EQ(web_url::parse("http://u:p|@h").to_uri().user_info(), "u:p%7C");
}

TEST(web_url, prints_no_user_info) {
    std::ostringstream out;
    out << web_url::parse("http://user:secret@h/");
    EXPECT_EQ(out.str(), "http://h/");
    try {
        (void)web_url::parse("http://user:secret@h:x/");
        FAIL();
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
    }
}

}  // namespace
