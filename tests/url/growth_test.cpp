// SPDX-License-Identifier: MIT
// Twice as much to read takes twice as long, whatever it is.
#include "support/growth.hpp"

#include <gtest/gtest-spi.h>

#include "zocalo/url/netrc.hpp"
#include "zocalo/url/query.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/uri.hpp"
#include "zocalo/url/web_url.hpp"

namespace {

namespace url = zocalo::url;
using zocalo::tests::burden;
using zocalo::tests::repeated;

void read_uri(const std::string& text) {
    const auto read = url::uri::try_parse(text);
    if (read) (void)read->normalised();
}
void read_web_url(const std::string& text) {
    (void)url::web_url::try_parse(text);
}
void join(const std::string& text) {
    (void)url::uri::parse("http://h.example/a/b/c").join(text);
}
void read_host(const std::string& text) {
    (void)url::host::try_parse(text);
}
void read_query(const std::string& text) {
    (void)url::parse_qs(text, {.max_fields = SIZE_MAX});
}
void read_netrc(const std::string& text) {
    try {
        (void)url::netrc::parse(text).find(url::host::parse("h.example"));
    } catch (const std::invalid_argument&) {
        return;
    }
}

const burden burdens[] = {
    {"a long path", repeated("a", "http://h.example/"), read_uri},
    {"many parts of a path", repeated("a/", "http://h.example/"), read_uri},
    {"many ways up", repeated("a/../", "http://h.example/"), read_uri},
    {"ways up behind a path",
     [](std::size_t n) { return repeated("a/", "http://h.example/")(n) + repeated("../")(n); },
     read_uri},
    {"dots", repeated("./", "http://h.example/"), read_uri},
    {"escapes", repeated("%41", "http://h.example/"), read_uri},
    {"a query", repeated("a=b&", "http://h.example/?"), read_uri},
    {"a fragment", repeated("#", "http://h.example/#"), read_uri},
    {"at signs", repeated("@", "http://", "h.example/"), read_uri},
    {"colons", repeated(":", "http://h.example:"), read_uri},
    {"brackets", repeated("[", "http://", "/"), read_uri},
    {"a long scheme", repeated("a", "", "://h.example/"), read_uri},
    {"relative ways up", repeated("../"), join},
    {"a long host", repeated("a"), read_host},
    {"a host of labels", repeated("a."), read_host},
    {"a host with escapes", repeated("%61"), read_host},
    {"a host in another alphabet", repeated("\xC3\xA4"), read_host},
    {"web: ways up", repeated("a/../", "http://h.example/"), read_web_url},
    {"web: escaped ways up", repeated("a/%2e%2e/", "http://h.example/"), read_web_url},
    {"web: backslashes", repeated("\\", "http:"), read_web_url},
    {"web: tabs", repeated("\t", "http://h.example/"), read_web_url},
    {"web: at signs", repeated("@", "http://", "h.example/"), read_web_url},
    {"web: a host of numbers", repeated("1.", "http://"), read_web_url},
    {"web: UTF-8", repeated("\xC3\xA4", "http://h.example/"), read_web_url},
    {"fields of a form", repeated("a=b&"), read_query},
    {"different fields of a form",
     [](std::size_t n) {
         std::string text;
         for (std::size_t i = 0; i < n; ++i)
             text += std::to_string(i) + "=&";
         return text;
     },
     read_query},
    {"escapes of a form", repeated("%61", "a="), read_query},
    {"no escapes", repeated("%"), [](const std::string& text) { (void)url::unquote(text); }},
    {"netrc: machines", repeated("machine a login b password c\n"), read_netrc},
    {"netrc: a long word", repeated("a", "machine "), read_netrc},
    {"netrc: comments", repeated("#\n"), read_netrc},
    {"netrc: macros", repeated("x\n", "macdef a\n", "\n"), read_netrc},
};

TEST(growth, of_time_is_that_of_the_text) {
    for (const burden& each : burdens)
        zocalo::tests::expect_linear(each);
}

/// What the others rely on: more than linear work is noticed.
TEST(growth, of_quadratic_work_is_noticed) {
    const auto work = [](const std::string& text) {
        std::size_t found = 0;
        for (std::size_t i = 0; i < text.size(); i += 10)
            found += text.find('b', i) == std::string::npos ? 0 : 1;
        EXPECT_EQ(found, 0U);
    };
    EXPECT_NONFATAL_FAILURE(
        zocalo::tests::expect_linear({"quadratic", repeated("aaaaaaaaaa"), work}), "quadratic");
}

}  // namespace
