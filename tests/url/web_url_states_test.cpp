// SPDX-License-Identifier: MIT
// What the states of the URL Standard's machine make of their cases. The right side is what Node's
// URL says, which tests/interop/url_test.py asks about made-up ones as well.
#include "zocalo/url/web_url.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace {

using zocalo::url::uri;
using zocalo::url::web_url;

struct row {
    const char* text;
    const char* base;  ///< empty: none
    const char* href;  ///< nullptr: no URL
};

// Drives of Windows are in the standard: one stays when a path goes up.
constexpr row files[] = {
    {"file:", "", "file:///"},
    {"file:/a", "", "file:///a"},
    {"file:///1:/..", "", "file:///"},
    {"file:///C|/../..", "", "file:///C:/"},
    {"file:///C:/a/../..", "", "file:///C:/"},
    {"file:///a/C|/../..", "", "file:///"},
    {"file:c:\\a", "", "file:///c:/a"},
    {"file://C:/a", "", "file:///C:/a"},
    {"file://C|", "", "file:///C:"},
    {"file://localhost/a", "", "file:///a"},
    {"file://LocalHost", "", "file:///"},
    {"file://h/a", "", "file://h/a"},
    {"file://a b/", "", nullptr},
    {"file:///ab/..", "", "file:///"},
    {"file:///?", "", "file:///?"},
    {"", "file:///a/b?c#d", "file:///a/b?c"},
    {"?x", "file:///a/b?c#d", "file:///a/b?x"},
    {"#x", "file:///a/b?c#d", "file:///a/b?c#x"},
    {"x", "file:///a/b?c", "file:///a/x"},
    {"..", "file:///C:/a", "file:///C:/"},
    {"../..", "file:///C:/a/b", "file:///C:/"},
    {"C|", "file:///a/b", "file:///C:"},
    {"C|?x", "file:///a/b", "file:///C:?x"},
    {"c|#x", "file:///a/b", "file:///c:#x"},
    {"c|\\x", "file:///a/b", "file:///c:/x"},
    {"file:x", "file:///a/b", "file:///a/x"},
    {"/x", "file:///C:/a", "file:///C:/x"},
    {"/x", "file:///CC/a", "file:///x"},
    {"/x", "file:///", "file:///x"},
    {"/C|/x", "file:///D:/a", "file:///C:/x"},
    {"//h/x", "file:///C:/a", "file://h/x"},
    {"/x", "file://h/a/b", "file://h/x"},
    {"file:/x", "file:///C:/a", "file:///C:/x"},
    {"file:x", "http://h/", "file:///x"},
    {"1|", "file:///a/b", "file:///a/1|"},
    {"C|d", "file:///a/b", "file:///a/C|d"},
};

constexpr row relative[] = {
    {"C:/x", "file:///D:/b", "c:/x"},
    {"C:x", "file:///a/b", "c:x"},
    {"http:x", "http://h/a/b", "http://h/a/x"},
    {"http:x", "https://h/a/b", "http://x/"},
    {"http:/x", "http://h/a/b", "http://h/x"},
    {"http://x", "http://h/a/b", "http://x/"},
    {"https:x", "http://h/a/b", "https://x/"},
    {"http:?x", "http://h/a/b?c", "http://h/a/b?x"},
    {"", "http://h/a?b#c", "http://h/a?b"},
    {"/x", "http://h/a", "http://h/x"},
    {"//x/y", "x://h/a", "x://x/y"},
    {"/\\x", "http://h/a", "http://x/"},
    {"/x", "x://h/a/b", "x://h/x"},
    {"x", "x://h", "x://h/x"},
    {"..", "x:/a/b", "x:/"},
    {"a", "x:y", nullptr},
    {"#a", "x:y?z", "x:y?z#a"},
    {"?a", "x:y", nullptr},
};

constexpr row absolute[] = {
    {"x:///a", "", "x:///a"},
    {"x://:80/", "", nullptr},
    {"x://h:80/", "", "x://h:80/"},
    {"http://h:80/", "", "http://h/"},
    {"https://h:80/", "", "https://h:80/"},
    {"http://h:/", "", "http://h/"},
    {"http://h:65536/", "", nullptr},
    {"http://u@/", "", nullptr},
    {"http://u@", "", nullptr},
    {"http://:p@h/", "", "http://:p@h/"},
    {"http://u@h", "", "http://u@h/"},
    {"http://@h", "", "http://h/"},
    {"http://[::1/", "", nullptr},
    {"http://[fe80::1%25lo]/", "", nullptr},
    {"http://[1.2.3.4]/", "", nullptr},
    {"http://a../", "", "http://a../"},
    {"http://0X/", "", "http://0.0.0.0/"},
    {"http://a.0xg/", "", "http://a.0xg/"},
    {"http://xn--bcher-kva.de/", "", "http://xn--bcher-kva.de/"},
    {"http://%C2%AD/", "", nullptr},
    {"http://a..1/", "", nullptr},
    {"http://h/..", "", "http://h/"},
    {"http://h/a/%2e", "", "http://h/a/"},
    {"http://h/a/%2E./b", "", "http://h/b"},
    {"http://h/a/.", "", "http://h/a/"},
    {"1:a", "", nullptr},
    {":a", "", nullptr},
    {"h_p:a", "", nullptr},
    {"  ", "", nullptr},
    {"ht\ttp:\n//h\r/", "", "http://h/"},
    {"x:/.//a", "", "x:/.//a"},
    {"x:/..//a", "", "x:/.//a"},
    {"x:/.//a/..", "", "x:/.//"},
    {"ws:a", "", "ws://a/"},
    {"x:\\a", "", "x:\\a"},
    {"x:/", "", "x:/"},
    {"http://h/a?b'c", "", "http://h/a?b%27c"},
    {"x:a?b'c", "", "x:a?b'c"},
    {"http:///h", "", "http://h/"},
    {"http:\\\\h", "", "http://h/"},
    {"x://h?q", "", "x://h?q"},
    {"x://h#f", "", "x://h#f"},
    {"x://[::1]:1", "", "x://[::1]:1"},
    {"http://[::1]:1/", "", "http://[::1]:1/"},
    {"http://a[b]:1/", "", nullptr},
    {"http:", "", nullptr},
    {"http://", "", nullptr},
    {"http:a", "", "http://a/"},
};

void check(const row& each) {
    std::optional<web_url> base;
    if (*each.base != '\0') base = web_url::parse(each.base);
    const auto read = web_url::try_parse(each.text, base ? &*base : nullptr);
    ASSERT_EQ(read.has_value(), each.href != nullptr) << each.text << " at " << each.base;
    if (!read) return;
    EXPECT_EQ(read->to_string_with_user_info(), each.href) << each.text << " at " << each.base;
    EXPECT_EQ(web_url::parse(each.href).to_string_with_user_info(), each.href);
}

TEST(web_url_states, read_files) {
    for (const row& each : files)
        check(each);
}

TEST(web_url_states, read_what_is_relative) {
    for (const row& each : relative)
        check(each);
}

TEST(web_url_states, read_what_is_absolute) {
    for (const row& each : absolute)
        check(each);
}

// Parsing makes no such base, but anybody can.
TEST(web_url_states, go_on_from_what_was_put_together) {
    const web_url drive{.scheme = "file", .host = "", .path = "/C|/x"};
    EXPECT_EQ(web_url::parse("/y", &drive).to_string(), "file:///y");
    const web_url nowhere{.scheme = "file", .host = ""};
    EXPECT_EQ(web_url::parse("/y", &nowhere).to_string(), "file:///y");
}

TEST(web_url_states, have_a_limit) {
    const std::string most = "http://h/" + std::string(uri::longest - 9, 'a');
    EXPECT_EQ(web_url::parse(most).to_string(), most);
    EXPECT_FALSE(web_url::try_parse(most + 'a'));
    EXPECT_THROW((void)web_url::parse(most + 'a'), std::invalid_argument);
}

TEST(web_url_states, become_strict_ones) {
    EXPECT_EQ(web_url::parse("http://u@h/").to_uri().user_info(), "u");
    EXPECT_EQ(web_url::parse("http://:p@h/").to_uri().user_info(), ":p");
    EXPECT_EQ(web_url::parse("http://[::1]:1/").to_uri().to_string(), "http://[::1]:1/");
}

}  // namespace
