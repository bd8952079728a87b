// SPDX-License-Identifier: MIT
#include "zocalo/url/host.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <unordered_set>

#include "zocalo/url/origin.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace net = zocalo::net;
namespace url = zocalo::url;
using url::host;
using url::origin;

TEST(host, has_one_spelling) {
    const std::pair<const char*, const char*> table[] = {
        {"example.org", "example.org"},
        {"EXAMPLE.Org.", "example.org"},
        {"ex%61mple.org", "example.org"},
        {"b\xC3\xBC"
         "cher.example",
         "xn--bcher-kva.example"},
        {"B%C3%9Ccher.example", "xn--bcher-kva.example"},
        {"XN--BCHER-KVA.example", "xn--bcher-kva.example"},
        {"example\xE3\x80\x82org", "example.org"},  // an ideographic full stop
        {"\xEF\xBC\xA5xample.org", "example.org"},  // a full-width E
        {"192.0.2.1", "192.0.2.1"},
        {"192%2E0.2.1", "192.0.2.1"},
        {"[2001:DB8::0:1]", "[2001:db8::1]"},
        {"2001:db8::1", "[2001:db8::1]"},
        {"a_b.example", "a_b.example"},
        {"localhost", "localhost"},
        {"1.2.3.4x", "1.2.3.4x"},
        {"0x.example", "0x.example"},
    };
    for (const auto& [text, same] : table) {
        EXPECT_EQ(host::parse(text).to_string(), same);
        EXPECT_EQ(host::parse(same), host::parse(text));
    }
}

TEST(host, refuses_what_programs_disagree_about) {
    const std::string long_label(64, 'a');
    const std::string long_name = [] {
        std::string name;
        for (int i = 0; i < 64; ++i)
            name += "abc.";
        return name + "de";
    }();
    for (const std::string& text :
         std::initializer_list<std::string>{"",           ".",
                                            "a..b",       ".a",
                                            "127.1",      "0177.0.0.1",
                                            "2130706433", "0x7f.1",
                                            "0x7f000001", "1.2.3.4.",
                                            "1.2.3.256",  "example.1",
                                            "a.0x",       "a b",
                                            "a%2fb",      "a%00",
                                            "a%",         "a/b",
                                            "a@b",        "a:1",
                                            "a#",         "a\\b",
                                            "a%0d%0a",    "[127.0.0.1]",
                                            "[::1",       "[2001:db8::1%25lo]",
                                            "fe80::1%lo", "\xEF\xBC\x91.1.1.1",
                                            "[]",         "a.0X1",
                                            "a\xFF",      "xn--\xC3\xBC",
                                            long_label,   long_name}) {
        EXPECT_FALSE(host::try_parse(text)) << text;
        EXPECT_THROW((void)host::parse(text), std::invalid_argument) << text;
    }
}

TEST(host, has_the_zone_of_an_address_of_a_link) {
    const host here = host::parse("[FE80:0::1%25lo]");
    EXPECT_EQ(here.to_string(), "[fe80::1%25lo]");
    EXPECT_EQ(here.name(), "fe80::1%lo");
    EXPECT_EQ(here.without_zone(), "[fe80::1]");
    ASSERT_TRUE(here.address());
    EXPECT_NE(here.address()->scope(), 0U);
    EXPECT_EQ(host::parse(here.to_string()), here);
    EXPECT_NE(here, host::parse("[fe80::1]"));
    EXPECT_EQ(host::parse("[fe80::1]").without_zone(), "[fe80::1]");
    // There need be no such interface, and a zone may be written with escapes.
    EXPECT_EQ(host::parse("[fe80::1%25no-such]").address(), std::nullopt);
    EXPECT_EQ(host::parse("[fe80::1%25veth%40if2]").name(), "fe80::1%veth@if2");
    EXPECT_EQ(host::parse("[fe80::1%25veth%40if2]").to_string(), "[fe80::1%25veth%40if2]");
    for (const auto text : {"[fe80::1%25]", "[fe80::1%lo]", "[fe80::1%25%00]", "[fe80::1%25a%0d]",
                            "[fe80::1%25a/b]", "[fe80::1%25a%zz]", "fe80::1%25lo"})
        EXPECT_FALSE(host::try_parse(text)) << text;
}

TEST(host, is_a_name_or_an_address) {
    EXPECT_EQ(host::parse("[::1]").name(), "::1");
    EXPECT_EQ(host::parse("[::1]").address(), net::address::loopback_v6());
    EXPECT_EQ(host::parse("127.0.0.1").address(), net::address::loopback_v4());
    EXPECT_EQ(host::parse("a").address(), std::nullopt);
    EXPECT_EQ(host::parse("a").name(), "a");
}

origin of(const char* text) {
    return origin::of(url::uri::parse(text));
}

TEST(origin, is_scheme_host_and_port) {
    EXPECT_EQ(of("http://EXAMPLE.org./a"), of("HTTP://u:p@example.org:80/b?c"));
    EXPECT_NE(of("http://example.org"), of("https://example.org"));
    EXPECT_NE(of("http://example.org"), of("http://example.org:8080"));
    EXPECT_NE(of("http://example.org"), of("http://www.example.org"));
    EXPECT_EQ(of("https://h:443").to_string(), "https://h");
    EXPECT_EQ(of("http://[::1]:8080/").to_string(), "http://[::1]:8080");
    EXPECT_EQ(of("x://h:1/").port(), 1);
    const std::unordered_set<origin> known{of("http://h"), of("http://h:80"), of("http://i")};
    EXPECT_EQ(known.size(), 2U);
    for (const auto text : {"//h", "mailto:a", "file:///a", "x://h/", "http://127.1/"})
        EXPECT_THROW((void)of(text), std::invalid_argument) << text;
}

TEST(secret, is_for_one_origin) {
    const url::secret password(of("https://h"), "open sesame");
    EXPECT_EQ(password.for_origin(of("https://H:443/x")), "open sesame");
    for (const auto text : {"http://h", "https://h:444", "https://www.h", "https://i"})
        EXPECT_EQ(password.for_origin(of(text)), std::nullopt) << text;
}

}  // namespace
