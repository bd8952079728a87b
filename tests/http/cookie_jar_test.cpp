// SPDX-License-Identifier: MIT
#include "zocalo/http/cookie_jar.hpp"

#include <gtest/gtest.h>

#include "zocalo/core/error.hpp"
#include "zocalo/http/cookie_file.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/url/uri.hpp"

namespace {

using namespace std::chrono;
namespace http = zocalo::http;
namespace url = zocalo::url;
using relation = http::cookie_target::relation;

const sys_seconds now = sys_days(year(2026) / 11 / 21);

http::cookie_target at(std::string_view where, relation asked_by = relation::same_site) {
    auto target = http::cookie_target::of(url::uri::parse(where));
    target.asked_by = asked_by;
    return target;
}

bool put(http::cookie_jar& jar, std::string_view by, std::string_view said,
         relation asked_by = relation::same_site, sys_seconds when = now) {
    return jar.set(at(by, asked_by), {{"Set-Cookie", said}}, when) == 1;
}

TEST(cookie_jar, takes_what_a_host_may_say) {
    const struct {
        std::string_view by;
        std::string_view said;
        bool taken;
        std::string_view to;  ///< a URL ...
        bool sent;            ///< ... to which it goes
    } rows[] = {
        // The host alone, unless it says more.
        {"http://example.org/", "a=b", true, "http://example.org/", true},
        {"http://example.org/", "a=b", true, "http://www.example.org/", false},
        {"http://example.org/", "a=b", true, "http://example.org:8080/", true},
        {"http://example.org/", "a=b; Domain=example.org", true, "http://www.example.org/", true},
        {"http://example.org/", "a=b; Domain=.example.org", true, "http://example.org/", true},
        {"http://www.example.org/", "a=b; Domain=example.org", true, "http://example.org/", true},
        {"http://www.example.org/", "a=b; Domain=example.org", true, "http://x.y.example.org/",
         true},
        // Not for others.
        {"http://example.org/", "a=b; Domain=www.example.org", false, "", false},
        {"http://example.org/", "a=b; Domain=other.org", false, "", false},
        {"http://badexample.org/", "a=b; Domain=example.org", false, "", false},
        {"http://example.org/", "a=b; Domain=example.org", true, "http://badexample.org/", false},
        {"http://example.org/", "a=b; Domain=example.org", true, "http://example.org.evil.com/",
         false},
        // Nor for domains that strangers share, however they are spelled.
        {"http://example.org/", "a=b; Domain=org", false, "", false},
        {"http://example.org/", "a=b; Domain=.org.", false, "", false},
        {"http://example.co.uk/", "a=b; Domain=co.uk", false, "", false},
        {"http://example.co.uk/", "a=b; Domain=.CO.UK.", false, "", false},
        {"http://example.co.uk./", "a=b; Domain=co.uk", false, "", false},
        {"http://me.github.io/", "a=b; Domain=github.io", false, "", false},
        {"http://a.nosuchdomain/", "a=b; Domain=nosuchdomain", false, "", false},
        {"http://github.io/", "a=b; Domain=github.io", true, "http://github.io/", true},
        {"http://github.io/", "a=b; Domain=github.io", true, "http://me.github.io/", false},
        {"http://localhost/", "a=b", true, "http://localhost/", true},
        {"http://localhost/", "a=b; Domain=localhost", true, "http://x.localhost/", false},
        // Spelling of hosts does not matter.
        {"http://EXAMPLE.org/", "a=b", true, "http://example.ORG./", true},
        {"http://example.org./", "a=b; Domain=EXAMPLE.ORG", true, "http://a.example.org/", true},
        {"http://xn--bcher-kva.example/",
         "a=b; Domain=b\xC3\xBC"
         "cher.example",
         false, "", false},
        {"http://example.org/", "a=b; Domain=example%2Eorg", false, "", false},
        // Addresses are nobody's domain.
        {"http://127.0.0.1/", "a=b", true, "http://127.0.0.1/", true},
        {"http://127.0.0.1/", "a=b; Domain=127.0.0.1", true, "http://127.0.0.1/", true},
        {"http://127.0.0.1/", "a=b; Domain=0.0.1", false, "", false},
        {"http://127.0.0.1/", "a=b; Domain=.1", false, "", false},
        {"http://[::1]/", "a=b", true, "http://[0:0::1]/", true},
        {"http://[::1]/", "a=b; Domain=::1", true, "http://[::1]/", true},
        {"http://example.org/", "a=b; Domain=127.0.0.1", false, "", false},
        // Paths
        {"http://a.b/x/y", "a=b", true, "http://a.b/x/", true},
        {"http://a.b/x/y", "a=b", true, "http://a.b/x", true},
        {"http://a.b/x/y", "a=b", true, "http://a.b/xy", false},
        {"http://a.b/x/y", "a=b", true, "http://a.b/", false},
        {"http://a.b/x/y", "a=b; Path=/", true, "http://a.b", true},
        {"http://a.b/", "a=b; Path=/z/", true, "http://a.b/z", false},
        {"http://a.b/", "a=b; Path=/z/", true, "http://a.b/z/q", true},
        {"http://a.b/", "a=b; Path=/z", true, "http://a.b/z?q", true},
        {"http://a.b", "a=b; Path=z", true, "http://a.b/q", true},
        // TLS
        {"https://a.b/", "a=b; Secure", true, "https://a.b/", true},
        {"https://a.b/", "a=b; Secure", true, "http://a.b/", false},
        {"https://a.b/", "a=b", true, "http://a.b/", true},
        {"http://a.b/", "a=b; Secure", false, "", false},
        {"wss://a.b/", "a=b; Secure", true, "https://a.b/", true},
        // Prefixes
        {"https://a.b/", "__Secure-a=b; Secure", true, "https://a.b/", true},
        {"https://a.b/", "__Secure-a=b", false, "", false},
        {"https://a.b/", "__SECURE-a=b", false, "", false},
        {"https://a.b/", "__Host-a=b; Secure; Path=/", true, "https://a.b/", true},
        {"https://a.b/", "__Host-a=b; Secure", false, "", false},
        {"https://a.b/", "__Host-a=b; Secure; Path=/x", false, "", false},
        {"https://a.b/", "__Host-a=b; Path=/", false, "", false},
        {"https://x.a.bc/", "__Host-a=b; Secure; Path=/; Domain=a.bc", false, "", false},
        {"https://a.b/", "=__Host-a=b; Secure; Path=/", false, "", false},
        {"https://a.b/", "__host-a; Secure; Path=/", false, "", false},
        // Other sites
        {"https://a.b/", "a=b; SameSite=None", false, "", false},
        {"https://a.b/", "a=b; SameSite=None; Secure", true, "https://a.b/", true},
        // Time
        {"http://a.b/", "a=b; Max-Age=0", true, "http://a.b/", false},
        {"http://a.b/", "a=b; Max-Age=1", true, "http://a.b/", true},
        {"http://a.b/", "a=b; Expires=Fri, 20 Nov 2026 00:00:00 GMT", true, "http://a.b/", false},
        {"http://a.b/", "a=b; Max-Age=1; Expires=Fri, 20 Nov 2026 00:00:00 GMT", true,
         "http://a.b/", true},
    };
    for (const auto& row : rows) {
        http::cookie_jar jar;
        EXPECT_EQ(put(jar, row.by, row.said), row.taken) << row.by << ' ' << row.said;
        if (row.to.empty()) {
            EXPECT_EQ(jar.size(), 0U);
        } else {
            EXPECT_EQ(!jar.get(at(row.to), now).empty(), row.sent)
                << row.by << ' ' << row.said << ' ' << row.to;
        }
    }
}

TEST(cookie_jar, sends_longer_paths_first_and_then_the_older) {
    http::cookie_jar jar;
    EXPECT_TRUE(put(jar, "http://a.example.org/", "one=1; Path=/"));
    EXPECT_TRUE(put(jar, "http://a.example.org/", "two=2; Path=/x"));
    EXPECT_TRUE(put(jar, "http://a.example.org/", "three=3; Path=/; Domain=example.org"));
    EXPECT_TRUE(put(jar, "http://a.example.org/", "four; Path=/"));
    EXPECT_EQ(jar.get(at("http://a.example.org/x/y"), now), "two=2; one=1; three=3; four");
    EXPECT_TRUE(put(jar, "http://a.example.org/", "one=new; Path=/"));
    EXPECT_EQ(jar.get(at("http://a.example.org/x"), now), "two=2; one=new; three=3; four");
    EXPECT_EQ(jar.get(at("http://example.org/x"), now), "three=3");
    EXPECT_TRUE(put(jar, "http://a.example.org/", "one=; Path=/; Max-Age=0"));
    EXPECT_EQ(jar.get(at("http://a.example.org/"), now), "three=3; four");
}

TEST(cookie_jar, knows_on_whose_account) {
    http::cookie_jar jar;
    EXPECT_TRUE(put(jar, "https://a.b/", "n=1; SameSite=None; Secure"));
    EXPECT_TRUE(put(jar, "https://a.b/", "l=1; SameSite=Lax"));
    EXPECT_TRUE(put(jar, "https://a.b/", "s=1; SameSite=Strict"));
    EXPECT_TRUE(put(jar, "https://a.b/", "u=1"));
    EXPECT_EQ(jar.get(at("https://a.b/"), now), "n=1; l=1; s=1; u=1");
    EXPECT_EQ(jar.get(at("https://a.b/", relation::followed_link), now), "n=1; l=1; u=1");
    EXPECT_EQ(jar.get(at("https://a.b/", relation::cross_site), now), "n=1");
    EXPECT_FALSE(put(jar, "https://a.b/", "x=1", relation::cross_site));
    EXPECT_TRUE(put(jar, "https://a.b/", "x=1; SameSite=None; Secure", relation::cross_site));
}

TEST(cookie_jar, leaves_secure_cookies_alone) {
    http::cookie_jar jar;
    EXPECT_TRUE(put(jar, "https://www.example.org/", "a=safe; Secure; Path=/x"));
    EXPECT_FALSE(put(jar, "http://www.example.org/", "a=evil; Path=/x"));
    EXPECT_FALSE(put(jar, "http://www.example.org/", "a=evil; Path=/x/y"));
    EXPECT_FALSE(put(jar, "http://example.org/", "a=evil; Path=/x; Domain=example.org"));
    EXPECT_FALSE(put(jar, "http://www.example.org/", "a=; Path=/x; Max-Age=0"));
    EXPECT_TRUE(put(jar, "http://www.example.org/", "a=other; Path=/"));
    EXPECT_TRUE(put(jar, "http://www.example.org/", "b=other; Path=/x"));
    EXPECT_EQ(jar.get(at("https://www.example.org/x"), now), "a=safe; b=other; a=other");
}

TEST(cookie_jar, keeps_nothing_for_ever) {
    http::cookie_jar jar;
    EXPECT_TRUE(put(jar, "http://a.b/", "a=b; Max-Age=2147483647"));
    EXPECT_TRUE(put(jar, "http://a.b/", "c=d; Expires=Fri, 01 Jan 2100 00:00:00 GMT"));
    EXPECT_TRUE(put(jar, "http://a.b/", "e=f"));
    EXPECT_EQ(jar.get(at("http://a.b/"), now + days(399)), "a=b; c=d; e=f");
    EXPECT_EQ(jar.get(at("http://a.b/"), now + days(400)), "e=f");
    EXPECT_EQ(jar.clear_expired(now + days(400)), 2U);
    EXPECT_EQ(jar.clear_session(), 1U);
    EXPECT_EQ(jar.size(), 0U);
}

TEST(cookie_jar, has_limits) {
    http::cookie_jar jar({.total = 100, .per_domain = 10, .per_response = 5, .header = 25});
    http::fields many;
    for (int i = 0; i < 9; ++i)
        many.add("Set-Cookie", "a" + std::to_string(i) + "=1");
    EXPECT_EQ(jar.set(at("http://a.b/"), many, now), 5U);
    EXPECT_EQ(jar.get(at("http://a.b/"), now), "a0=1; a1=1; a2=1; a3=1");
    // Of one domain: the one that was sent last goes last, and those of TLS after the others.
    EXPECT_TRUE(put(jar, "https://a.b/", "safe=1; Secure; Path=/s"));
    for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(put(jar, "http://a.b/", "b" + std::to_string(i) + "=1; Path=/b"));
    EXPECT_EQ(jar.size(), 10U);
    EXPECT_EQ(jar.get(at("https://a.b/s"), now), "safe=1");
    for (int i = 0; i < 500; ++i)
        EXPECT_TRUE(put(jar, "http://h" + std::to_string(i) + ".b/", "a=1"));
    EXPECT_EQ(jar.size(), 100U);
    EXPECT_EQ(jar.all().size(), 100U);
    EXPECT_EQ(jar.get(at("http://h499.b/"), now), "a=1");
    EXPECT_EQ(jar.get(at("http://h0.b/"), now), "");
    EXPECT_EQ(jar.clear("h499.b"), 1U);
    jar.clear();
    EXPECT_EQ(jar.size(), 0U);
}

TEST(cookie_jar, refuses_from_its_owner_what_is_no_cookie) {
    http::cookie_jar jar;
    const http::cookie good{.name = "a", .value = "b", .domain = "example.org"};
    jar.add(good, now);
    EXPECT_EQ(jar.all(), std::vector{good});
    const auto refuses = [&](auto change) {
        http::cookie changed = good;
        change(changed);
        EXPECT_THROW(jar.add(changed, now), std::invalid_argument);
    };
    refuses([](http::cookie& it) { it.domain = "Example.org"; });
    refuses([](http::cookie& it) { it.domain = ""; });
    refuses([](http::cookie& it) { it.path = "x"; });
    refuses([](http::cookie& it) { it.name = "a=b"; });
    refuses([](http::cookie& it) { it.value = "a; b"; });
    refuses([](http::cookie& it) { it.value = "a\r\nX: y"; });
}

http::cookie_jar a_full_one() {
    http::cookie_jar jar;
    EXPECT_TRUE(put(jar, "https://example.org/x/", "a=b; Secure; HttpOnly; Max-Age=1000"));
    EXPECT_TRUE(put(jar, "https://www.example.org/", "c=\"d e\\\"; Domain=example.org; Max-Age=9"));
    EXPECT_TRUE(put(jar, "http://127.0.0.1/", "v; Max-Age=1000"));
    EXPECT_TRUE(put(jar, "http://[::1]/", "e=; Max-Age=1000; SameSite=Lax"));
    return jar;
}

TEST(cookie_jar, asks_its_owner) {
    http::cookie_jar jar;
    EXPECT_TRUE(put(jar, "https://example.org/", "old=1"));
    jar.set_policy({.accepts =
                        [](const http::cookie& what, const http::cookie_target& by) {
                            return what.name != "spy" && by.host.to_string() != "ads.example";
                        },
                    .gives =
                        [](const http::cookie& what, const http::cookie_target& of) {
                            return what.name != "held" || of.path == "/held";
                        }});
    EXPECT_FALSE(put(jar, "https://example.org/", "spy=1"));
    EXPECT_FALSE(put(jar, "https://ads.example/", "a=1"));
    EXPECT_TRUE(put(jar, "https://example.org/", "held=1"));
    EXPECT_EQ(jar.get(at("https://example.org/"), now), "old=1");
    EXPECT_EQ(jar.get(at("https://example.org/held"), now), "old=1; held=1");
    EXPECT_TRUE(put(jar, "https://example.org/", "old=; Max-Age=0")) << "it takes one away";
    EXPECT_EQ(jar.size(), 1U);
}

TEST(cookie_jar, forgets_what_it_is_told_to) {
    http::cookie_jar jar;
    for (const std::string_view said : {"a=1", "b=2", "a=3; Path=/x", "b=4; Path=/x"})
        EXPECT_TRUE(put(jar, "https://example.org/", said));
    EXPECT_EQ(jar.clear("example.org", "/", "a"), 1U);
    EXPECT_EQ(jar.clear("example.org", "/", "a"), 0U);
    EXPECT_EQ(jar.clear("example.net", "/x"), 0U);
    EXPECT_EQ(jar.clear("example.org", "/x"), 2U);
    EXPECT_EQ(jar.get(at("https://example.org/x"), now), "b=2");
}

TEST(cookie_file, is_read_back) {
    const http::cookie_jar jar = a_full_one();
    http::cookie_jar lwp;
    EXPECT_EQ(http::read_cookie_file(lwp, http::to_lwp(jar, now), now), 4U);
    EXPECT_EQ(lwp.all(), jar.all());
    http::cookie_jar netscape;
    EXPECT_EQ(http::read_cookie_file(netscape, http::to_netscape(jar, now), now), 4U);
    auto without_site = jar.all();
    for (http::cookie& each : without_site)
        each.same_site = http::same_site::unset;
    EXPECT_EQ(netscape.all(), without_site);
    EXPECT_EQ(netscape.get(at("http://www.example.org/"), now), "c=\"d e\\\"");
    EXPECT_EQ(netscape.get(at("https://www.example.org/x/"), now), "c=\"d e\\\"");
}

TEST(cookie_file, has_a_word_for_no_date_that_others_read) {
    http::cookie_jar jar;
    EXPECT_TRUE(put(jar, "http://example.org/", "session=1"));
    const auto text = [&](bool is_zero) {
        return http::to_netscape(jar, now, {.with_session = true, .zero_for_session = is_zero});
    };
    EXPECT_NE(text(false).find("FALSE\t\tsession\t1"), std::string::npos);
    EXPECT_NE(text(true).find("FALSE\t0\tsession\t1"), std::string::npos);
    http::cookie_jar read;
    EXPECT_EQ(http::read_cookie_file(read, text(true), now), 1U);
    EXPECT_FALSE(read.all().front().expires);
}

TEST(cookie_file, has_what_is_wanted) {
    http::cookie_jar jar = a_full_one();
    EXPECT_TRUE(put(jar, "http://example.org/", "session=1"));
    const auto count = [&](sys_seconds when, http::cookie_file_options options) {
        http::cookie_jar read;
        const std::size_t lwp = http::read_cookie_file(read, http::to_lwp(jar, when, options), now);
        http::cookie_jar other;
        EXPECT_EQ(http::read_cookie_file(other, http::to_netscape(jar, when, options), now), lwp);
        EXPECT_EQ(read.size(), lwp);
        return lwp;
    };
    EXPECT_EQ(count(now, {}), 4U);
    EXPECT_EQ(count(now, {.with_session = true}), 5U);
    EXPECT_EQ(count(now + seconds(10), {}), 3U);
    EXPECT_EQ(count(now + seconds(10), {.with_expired = true}), 4U);
}

TEST(cookie_file, of_others_is_read_as_far_as_it_makes_sense) {
    http::cookie_jar jar;
    EXPECT_EQ(http::read_cookie_file(jar,
                                     "# HTTP Cookie File\n"
                                     "\n# a comment\n"
                                     "example.org\tFALSE\t/\tFALSE\t0\tsession\t1\r\n"
                                     "#HttpOnly_.example.org\tTRUE\t/\tTRUE\t1999999999\ta\tb\n"
                                     ".example.org\tTRUE\t/\tFALSE\t1999999999.5\tc\td\n"
                                     ".example.org\tTRUE\t/\tFALSE\t1\told\td\n"
                                     "too\tfew\n"
                                     "not a host\tFALSE\t/\tFALSE\t0\ta\tb\n"
                                     "example.org\tFALSE\tx\tFALSE\t0\ta\tb\n"
                                     "example.org\tFALSE\t/\tFALSE\t0\ta;b\tb\n",
                                     now),
              3U);
    EXPECT_EQ(jar.get(at("https://example.org/"), now), "session=1; a=b; c=d");
    EXPECT_EQ(jar.get(at("http://www.example.org/"), now), "c=d");
    for (const std::string_view text : {"", "nonsense", "a\tb\tc\td\te\tf\tg"})
        EXPECT_THROW((void)http::read_cookie_file(jar, text, now), zocalo::protocol_error);
}

/// The last second of the year 9999 stands for "never" in many; more than that is as much.
TEST(cookie_file, has_dates_beyond_32_bits) {
    for (const std::string date : {"4294967296", "253402300799", "253402300800",
                                   "18446744073709551615", "99999999999999999999999"}) {
        http::cookie_jar jar;
        const std::string line = "example.org\tFALSE\t/\tFALSE\t" + date + "\ta\tb\n";
        EXPECT_EQ(http::read_cookie_file(jar, "# HTTP Cookie File\n" + line, now), 1U) << date;
        const std::string kept = date == "4294967296" ? date : "253402300799";
        const std::string text = http::to_netscape(jar, now);
        EXPECT_NE(text.find("\t" + kept + "\ta\tb\n"), std::string::npos) << date << text;
        EXPECT_NE(http::to_lwp(jar, now).find("expires="), std::string::npos) << date;
    }
}

TEST(cookie_file, need_not_say_what_it_is) {
    const std::string line = "example.org\tFALSE\t/\tFALSE\t0\ta\tb\n";
    for (const std::string before : {"", "# mine\n\n", "\r\n"}) {
        http::cookie_jar jar;
        EXPECT_EQ(http::read_cookie_file(jar, before + line, now), 1U) << before;
        EXPECT_EQ(http::read_cookie_file(jar, before + "#HttpOnly_" + line + "odd\n", now), 1U);
    }
    for (const std::string& text :
         {"odd\n" + line, std::string("#a\n"), std::string("a\tTRUE\t/\tyes\t0\ta\tb\n"),
          std::string("a\tyes\t/\tTRUE\t0\ta\tb\n"), line.substr(0, line.size() - 3)}) {
        http::cookie_jar jar;
        EXPECT_THROW((void)http::read_cookie_file(jar, text, now), zocalo::protocol_error) << text;
    }
}

}  // namespace
