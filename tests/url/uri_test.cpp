// SPDX-License-Identifier: MIT
#include "zocalo/url/uri.hpp"

#include <gmock/gmock.h>

#include <sstream>
#include <stdexcept>

namespace {

namespace url = zocalo::url;
using testing::HasSubstr;
using testing::Not;
using url::uri;

std::string joined(const char* base, const char* reference) {
    return uri::parse(base).join(reference).to_string();
}

TEST(uri, knows_its_parts) {
    const uri all = uri::parse("foo://user:pw@example.com:8042/over/there?name=ferret#nose");
    EXPECT_EQ(all.scheme(), "foo");
    EXPECT_EQ(all.user_info(), "user:pw");
    EXPECT_EQ(all.host(), "example.com");
    EXPECT_EQ(all.port(), 8042);
    EXPECT_EQ(all.path(), "/over/there");
    EXPECT_EQ(all.query(), "name=ferret");
    EXPECT_EQ(all.fragment(), "nose");

    const uri urn = uri::parse("urn:example:animal:nose");
    EXPECT_FALSE(urn.has_authority());
    EXPECT_EQ(urn.path(), "example:animal:nose");
    EXPECT_EQ(urn.query(), std::nullopt);
    EXPECT_EQ(urn.fragment(), std::nullopt);

    const uri nothing_in_them = uri::parse("a://@:/?#");
    EXPECT_EQ(nothing_in_them.user_info(), "");
    EXPECT_EQ(nothing_in_them.host(), "");
    EXPECT_EQ(nothing_in_them.port(), std::nullopt);
    EXPECT_EQ(nothing_in_them.path(), "/");
    EXPECT_EQ(nothing_in_them.query(), "");
    EXPECT_EQ(nothing_in_them.fragment(), "");

    EXPECT_EQ(uri::parse("//h").host(), "h");
    EXPECT_EQ(uri::parse("//u@h").user_info(), "u");
    EXPECT_TRUE(uri().is_relative());
    EXPECT_TRUE(uri::parse("HTTP://x").has_scheme("http"));
    EXPECT_FALSE(uri::parse("https://x").has_scheme("http"));
    EXPECT_FALSE(uri::parse("file:/x").has_scheme("http"));
}

TEST(uri, takes_the_examples_of_the_rfc) {
    for (const auto text :
         {"ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt",
          "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com",
          "news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212",
          "telnet://192.0.2.16:80/", "urn:oasis:names:specification:docbook:dtd:xml:4.1.2", "",
          "?q", "#f", "a/b:c", "./a:b", "http://h:/", "http://[v1.a:b]/", "http://[V1F.a]/",
          "http://%C3%BC/"}) {
        const auto parsed = uri::try_parse(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->to_string(), text);
        EXPECT_EQ(uri::from(parsed->parts()).path(), parsed->path()) << text;
    }
}

TEST(uri, refuses_what_is_none) {
    for (const auto text : {"http://a b/",
                            "http://a/ ",
                            "http://a\\@b/",
                            "http://[::1",
                            "http://[::1]x/",
                            "http://[2001:db8::1%25eth0]/",
                            "http://[fe80::1%eth0]/",
                            "http://[127.0.0.1]/",
                            "http://[v.a]/",
                            "http://[v1.]/",
                            "http://[v1]/",
                            "http://[vg.a]/",
                            "http://[v1.a^b]/",
                            "http://[g::]/",
                            "http://h:65536/",
                            "http://h:8a/",
                            "http://h:+8/",
                            "http://h:1:2/",
                            "http://a@b@c/",
                            "http://h/%",
                            "http://h/%4",
                            "%zz",
                            "http://h/a|b",
                            "http://h/?a^b",
                            "http://h/#a#b",
                            "http://h/\t",
                            "http://h/\n",
                            "http://h/\xC3\xBC",
                            "http://\xC3\xBC/",
                            "1a:b",
                            ":a",
                            "a_b:c",
                            "http://h]/",
                            "[]",
                            "http://h<>/",
                            "http://u|@h/"}) {
        EXPECT_FALSE(uri::try_parse(text)) << text;
        EXPECT_THROW((void)uri::parse(text), std::invalid_argument) << text;
    }
    EXPECT_FALSE(uri::try_parse(std::string_view("http://h/\0", 10)));
    EXPECT_FALSE(uri::try_parse(std::string(uri::longest + 1, 'a')));
    EXPECT_TRUE(uri::try_parse(std::string(uri::longest, 'a')));
}

TEST(uri, prints_no_user_info) {
    const uri with = uri::parse("http://user:secret@h/");
    std::ostringstream out;
    out << with;
    EXPECT_EQ(out.str(), "http://h/");
    EXPECT_EQ(with.to_string(), "http://h/");
    EXPECT_EQ(with.without_user_info(), uri::parse("http://h/"));
    EXPECT_EQ(uri::parse("http://h/").without_user_info(), uri::parse("http://h/"));
    EXPECT_EQ(with.to_string_with_user_info(), "http://user:secret@h/");
    EXPECT_EQ(uri::parse("//u@h").to_string(), "//h");

    for (const auto text : {"http://user:secret@h/ x", "user:secret@h x", "http:/user:secret@h x",
                            "http://a/user:secret@h x", "http://x@user:secret@h/"}) {
        try {
            (void)uri::parse(text);
            FAIL() << text;
        } catch (const std::invalid_argument& error) {
            EXPECT_THAT(error.what(), Not(HasSubstr("secret"))) << text;
        }
    }
}

// RFC 3986 §5.4.1, §5.4.2.
TEST(join, gives_what_the_rfc_lists) {
    const std::pair<const char*, const char*> table[] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"http:g", "http:g"},
    };
    for (const auto& [reference, target] : table)
        EXPECT_EQ(joined("http://a/b/c/d;p?q", reference), target) << reference;
}

TEST(join, keeps_what_it_has_to) {
    EXPECT_EQ(joined("http://a", "g"), "http://a/g");
    EXPECT_EQ(joined("http://a?x", ""), "http://a?x");
    EXPECT_EQ(joined("a:b/c", "d"), "a:b/d");
    EXPECT_EQ(joined("a:b", "d"), "a:d");
    EXPECT_EQ(uri::parse("http://u@a:1/b").join("c").to_string_with_user_info(), "http://u@a:1/c");
    EXPECT_EQ(uri::parse("http://u@a/b").join("//c/d").to_string_with_user_info(), "http://c/d");
    EXPECT_EQ(joined("a:/b", "/.//c"), "a:/.//c");  // and not the host c
    EXPECT_THROW((void)uri::parse("a/b").join("c"), std::invalid_argument);
}

TEST(normalised, is_one_spelling) {
    const std::pair<const char*, const char*> table[] = {
        {"HTTP://EXAMPLE.com:80/", "http://example.com/"},
        {"http://example.com", "http://example.com/"},
        {"http://example.com.:/a", "http://example.com/a"},
        {"https://example.com:80", "https://example.com:80/"},
        {"eXAMPLE://a/./b/../b/%63/%7bfoo%7d", "example://a/b/c/%7Bfoo%7D"},
        {"http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/"},
        {"http://[2001:DB8:0:0::1]/", "http://[2001:db8::1]/"},
        {"http://h/%2f%2F?%61#%61%3f", "http://h/%2F%2F?a#a%3F"},
        {"mailto:A%40b", "mailto:A%40b"},
        {"file:///a/../b", "file:///b"},
        {"a:/..//b", "a:/.//b"},
        {"../%61", "../a"},
        {"file://", "file://"},
        {"MAILTO:", "mailto:"},
    };
    for (const auto& [text, same] : table) {
        const uri once = uri::parse(text).normalised();
        EXPECT_EQ(once.to_string(), same);
        EXPECT_EQ(once.normalised(), once);
    }
    EXPECT_THROW((void)uri::parse("http://127.1/").normalised(), std::invalid_argument);
}

TEST(uri, is_made_of_parts) {
    EXPECT_EQ(uri::from({.scheme = "http", .host = "h", .port = 1, .path = "/p", .query = "q"})
                  .to_string(),
              "http://h:1/p?q");
    EXPECT_EQ(uri::from({}).to_string(), "");
    const url::uri_parts wrong[] = {
        {.path = "//b"},
        {.path = "a:b"},
        {.host = "h", .path = "p"},
        {.host = "h/"},
        {.host = "u@h"},
        {.host = "h:1"},
        {.port = 1, .path = "/p"},
        {.user_info = "u"},
        {.user_info = "u@v", .host = "h"},
        {.path = "a?b"},
        {.path = "a", .query = "b#c"},
        {.path = "a\r\nb"},
        {.path = "a b"},
        {.scheme = "a b", .path = "c"},
        {.scheme = "a/b", .path = "c"},
    };
    for (const auto& parts : wrong)
        EXPECT_THROW((void)uri::from(parts), std::invalid_argument);
}

// RFC 3986 §5.2.4: of all that may be a path.
TEST(uri, loses_dots_of_a_path) {
    const std::pair<const char*, const char*> table[] = {
        {"/a/b/c/./../../g", "/a/g"},
        {"mid/content=5/../6", "mid/6"},
        {"../a", "a"},
        {"./../a", "a"},
        {".", ""},
        {"..", ""},
        {"", ""},
        {"/..", "/"},
        {"a/..", "/"},
    };
    for (const auto& [path, same] : table)
        EXPECT_EQ(url::remove_dot_segments(path), same) << path;
}

TEST(uri, loses_its_fragment) {
    EXPECT_EQ(uri::parse("http://h/a?b").without_fragment().to_string(), "http://h/a?b");
    EXPECT_EQ(uri::parse("http://h/a?b#c").without_fragment().to_string(), "http://h/a?b");
    EXPECT_EQ(uri::parse("#c").without_fragment(), uri());
}

}  // namespace
