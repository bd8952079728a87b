// SPDX-License-Identifier: MIT
#include "zocalo/url/robots.hpp"

#include <gmock/gmock.h>

#include <string>

#include "support/growth.hpp"
#include "zocalo/url/uri.hpp"

namespace {

using namespace std::chrono_literals;
using zocalo::url::robots;
using zocalo::url::uri;

bool may(const robots& rules, std::string_view path, std::string_view agent = "zocalo") {
    return rules.can_fetch(agent, uri::parse("http://a" + std::string(path)));
}
bool may(std::string_view rules, std::string_view path, std::string_view agent = "zocalo") {
    return may(robots::parse(rules), path, agent);
}
/// Of a single rule that disallows.
bool hits(const std::string& pattern, std::string_view path) {
    return !may("User-agent: *\nDisallow: " + pattern + "\n", path);
}

// RFC 9309 §5.1
TEST(robots, are_those_of_the_rfc) {
    const robots rules = robots::parse(
        "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n"
        "User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\n"
        "Allow:/example/allowed.gif\n"
        "User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n"
        "User-Agent: quxbot\n");
    EXPECT_FALSE(may(rules, "/a.gif"));
    EXPECT_TRUE(may(rules, "/a.gif?b"));
    EXPECT_FALSE(may(rules, "/example/"));
    EXPECT_TRUE(may(rules, "/publications/"));
    EXPECT_FALSE(may(rules, "/", "foobot"));
    EXPECT_TRUE(may(rules, "/example/page.html", "FooBot/1.0"));
    EXPECT_TRUE(may(rules, "/example/allowed.gif", "foobot"));
    for (const char* const each : {"barbot", "bazbot"}) {
        EXPECT_FALSE(may(rules, "/example/page.html", each));
        EXPECT_TRUE(may(rules, "/a.gif", each));
    }
    EXPECT_TRUE(may(rules, "/a.gif", "quxbot"));
}

// RFC 9309 §5.2
TEST(robots, have_the_longest_match_decide) {
    const robots rules = robots::parse(
        "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n");
    EXPECT_FALSE(may(rules, "/example/page/disallowed.gif", "foobot"));
    EXPECT_TRUE(may(rules, "/example/page/allowed.gif", "foobot"));
    EXPECT_TRUE(may("User-agent: *\nDisallow: /a\nAllow: /a\n", "/a"));
    EXPECT_TRUE(may("User-agent: *\nAllow: /a\nDisallow: /a\n", "/a"));
    EXPECT_FALSE(may("User-agent: *\nAllow: /\nDisallow: /a\n", "/ab"));
    EXPECT_FALSE(may("User-agent: *\nDisallow: /ab\nAllow: /a\n", "/abc"));
}

// RFC 9309 §2.2.2
TEST(robots, compare_escapes_in_one_spelling) {
    EXPECT_TRUE(hits("/foo/bar?baz=quz", "/foo/bar?baz=quz"));
    EXPECT_TRUE(hits("/foo/bar?baz=http://foo.bar", "/foo/bar?baz=http://foo.bar"));
    EXPECT_TRUE(hits("/foo/bar/\xE3\x83\x84", "/foo/bar/%E3%83%84"));
    EXPECT_TRUE(hits("/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84"));
    EXPECT_TRUE(hits("/foo/bar/%62%61%7A", "/foo/bar/baz"));
    EXPECT_TRUE(hits("/a%2fb", "/a%2Fb"));
    EXPECT_FALSE(hits("/a%2fb", "/a/b"));
    EXPECT_TRUE(hits("/%2D%2e%5F%7e", "/-._~"));
    EXPECT_TRUE(hits("/a\x7F b", "/a%7F%20b"));
    EXPECT_FALSE(hits("/a%zz", "/a%25zz"));  // half an escape is in no path
}

// RFC 9309 §2.2.3
TEST(robots, have_two_special_characters) {
    EXPECT_TRUE(hits("/path/file-with-a-%2A.html", "/path/file-with-a-*.html"));
    EXPECT_FALSE(hits("/path/file-with-a-%2A.html", "/path/file-with-a-x.html"));
    EXPECT_TRUE(hits("/path/foo-%24", "/path/foo-$"));
    EXPECT_TRUE(hits("/a$b", "/a$bc"));
    EXPECT_TRUE(hits("/a$", "/a"));
    EXPECT_FALSE(hits("/a$", "/ab"));
    EXPECT_TRUE(hits("/*a", "/xxaxx"));
    EXPECT_TRUE(hits("/*a$", "/xaxa"));
    EXPECT_FALSE(hits("/*a$", "/xax"));
    EXPECT_TRUE(hits("/a*b*c", "/a-c-b-cd"));
    EXPECT_FALSE(hits("/a*b*c", "/a-c-b"));
    EXPECT_FALSE(hits("/ab*ba$", "/aba"));
    EXPECT_TRUE(hits("*", "/"));
    EXPECT_TRUE(hits("/**", "/a"));
    EXPECT_TRUE(hits("/a*$", "/abc"));
    EXPECT_TRUE(hits("/*aab", "/aaab"));
    EXPECT_TRUE(hits("/x*ababc", "/xabababc"));
}

TEST(robots, have_groups) {
    // Lines of other makers end no list of agents, and a group may come in parts.
    const robots rules = robots::parse(
        "Disallow: /before\nUser-agent: a\nCrawl-delay: 1\nSitemap: http://a/map\nUser-agent: b\n"
        "Disallow: /ab\nUser-agent: *\nDisallow: /all\n\nUser-agent: A/2.0 (b)\nDisallow: /two\n");
    EXPECT_FALSE(may(rules, "/ab", "a"));
    EXPECT_FALSE(may(rules, "/two", "a"));
    EXPECT_FALSE(may(rules, "/ab", "b"));
    EXPECT_TRUE(may(rules, "/two", "b"));
    EXPECT_TRUE(may(rules, "/all", "a"));
    EXPECT_TRUE(may(rules, "/before", "a"));
    EXPECT_FALSE(may(rules, "/all", "ab"));
    EXPECT_FALSE(may(rules, "/all", ""));
}

TEST(robots, are_read_however_they_are_written) {
    EXPECT_FALSE(may("\xEF\xBB\xBFuser-AGENT :\t*\r DISALLOW\t:/a # why\r\n", "/a"));
    EXPECT_TRUE(may("User-agent: *\nDisallow:\n", "/"));
    EXPECT_TRUE(may("User-agent: *\nDisallow: # nothing\n", "/"));
    EXPECT_TRUE(may("<html>Disallow: /</html>", "/"));
    EXPECT_TRUE(may("User-agent: *\nDisallow /a", "/a"));
    EXPECT_TRUE(may("", "/"));
    EXPECT_FALSE(may("User-agent: *\nDisallow: /", ""));
    EXPECT_FALSE(may(robots::nothing(), "/a"));
    EXPECT_TRUE(may(robots(), "/a"));
    EXPECT_TRUE(may(robots::nothing(), "/robots.txt"));
}

TEST(robots, say_how_fast) {
    const robots rules = robots::parse(
        "Sitemap: https://a/1.xml\nUser-agent: a\nCrawl-delay: 2.5\nRequest-rate: 3/60\nAllow: /\n"
        "User-agent: *\nCrawl-delay: soon\nRequest-rate: 1\nSITEMAP: /2.xml\n");
    EXPECT_EQ(rules.crawl_delay("a"), 2500ms);
    EXPECT_EQ(rules.request_rate("a"), (robots::rate{3, 60s}));
    EXPECT_EQ(rules.crawl_delay("b"), std::nullopt);
    EXPECT_EQ(rules.request_rate("b"), std::nullopt);
    const robots parts = robots::parse(
        "Sitemap:\nUser-agent:\nCrawl-delay: 9\nUser-agent: a\nCrawl-delay: 1\nRequest-rate: 1/2\n"
        "Allow: /\nUser-agent: b\nAllow: /\nUser-agent: a\nCrawl-delay: 3\nRequest-rate: x/4\n"
        "Request-rate: 3/4\nVisit-time: 1\n");
    EXPECT_EQ(parts.crawl_delay("a"), 1s);
    EXPECT_EQ(parts.request_rate("a"), (robots::rate{1, 2s}));
    EXPECT_EQ(parts.crawl_delay("b"), std::nullopt);
    EXPECT_THAT(parts.site_maps(), testing::IsEmpty());
    EXPECT_THAT(rules.site_maps(), testing::ElementsAre("https://a/1.xml", "/2.xml"));
    EXPECT_EQ(robots::parse("User-agent: *\nCrawl-delay: 86400").crawl_delay("a"), 24h);
    for (const char* const each : {"86401", "-1", "1.x", "", ".5", "99999999999"}) {
        const std::string text = std::string("User-agent: *\nCrawl-delay: ") + each;
        EXPECT_EQ(robots::parse(text).crawl_delay("a"), std::nullopt) << each;
    }
}

// RFC 9309 §2.5
TEST(robots, are_read_as_far_as_they_may_be_long) {
    const std::string begin = "User-agent: *\nDisallow: /first\n";
    const std::string cut = "Disallow: /second";
    std::string text = begin + '#';
    text.resize(robots::longest - cut.size() - 1, '-');
    text += "\n" + cut;
    EXPECT_FALSE(may(text, "/second"));
    text.insert(begin.size() + 1, "-");  // half a rule is none
    EXPECT_TRUE(may(text, "/secon"));
    EXPECT_FALSE(may(text, "/first"));
}

TEST(robots, take_linear_time) {
    using zocalo::tests::burden;
    using zocalo::tests::repeated;
    const auto ask = [](const std::string& text) {
        (void)robots::parse(text).can_fetch("a", uri::parse("http://a/b"));
    };
    const auto look = [](const std::string& pattern, const std::string& path) {
        const robots rules = robots::parse("User-agent: *\nDisallow: /" + pattern);
        (void)rules.can_fetch("a", uri::parse("http://a/" + path));
    };
    const burden burdens[] = {
        {"rules", repeated("Disallow: /*a\n", "User-agent: *\n"), ask},
        {"agents", repeated("User-agent: a\n", "", "Disallow: /\n"), ask},
        {"groups", repeated("User-agent: a\nAllow: /\n"), ask},
        {"stars", repeated("*a", ""), [&](const std::string& text) { look(text, text); }},
        {"what nearly matches", repeated("a", ""),
         [&](const std::string& text) { look("*" + text.substr(0, text.size() / 2) + "b", text); }},
    };
    for (const burden& each : burdens)
        zocalo::tests::expect_linear(each);
}

}  // namespace
