// SPDX-License-Identifier: MIT
#include "fetch/mirror_scope.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace zocalo::program {
namespace {

/// What a link in the page `http://host:81/docs/a/page.html` is to the mirror of `/docs/`.
class mirror_scopes : public testing::Test {
 protected:
    belonging look(std::string_view link) {
        return scope_.look(link, "http://host:81/docs/a/page.html", found_);
    }
    std::string name(std::string_view link) {
        if (look(link) != belonging::inside) return "(not inside)";
        return scope_.name_of(found_).value_or("(none)");
    }

    const web_scope scope_{"http://HOST:81/docs/start.html#part"};
    url::uri found_;
};

TEST_F(mirror_scopes, have_what_is_below_the_folder) {
    EXPECT_EQ(name("b.txt"), "a/b.txt");
    EXPECT_EQ(name("../b.txt#part"), "b.txt");
    EXPECT_EQ(name("/docs/"), "index.html");
    EXPECT_EQ(name("sub/"), "a/sub/index.html");
    EXPECT_EQ(name("//host:81/docs/%41%20b"), "A b");
    EXPECT_EQ(name("HTTP://Host:81/docs/x/./y/../z"), "x/z");
    EXPECT_EQ(name("/%64ocs/x"), "x");
    EXPECT_EQ(name("\\docs\\x"), "x");
}

TEST_F(mirror_scopes, have_nothing_of_other_places) {
    for (const char* link :
         {"/", "/docs", "/docsx/a", "../../x", "/docs/../x", "/docs/%2e%2e/x", "/docs/.%2E/x",
          "http://host/docs/x", "https://host:81/docs/x", "http://other:81/docs/x", "//other/docs/",
          "mailto:a@b", "javascript:alert(1)", "file:///docs/x", "data:text/html,x", "ftp://host/",
          "http://", "http://host:99999/docs/x"}) {
        EXPECT_EQ(look(link), belonging::elsewhere) << link;
    }
    EXPECT_EQ(look("x?a=b"), belonging::question);
    EXPECT_EQ(look("x?"), belonging::question);
}

/// Whatever is inside is one path below the folder.
TEST_F(mirror_scopes, have_no_names_that_lead_out) {
    for (const char* link :
         {"%2e%2e%2fx", "..%2fx", "a%2Fb", "%2F", "x%00", "%00", "a//b", "/docs//", "..%2f..%2f"})
        EXPECT_EQ(look(link), belonging::no_name) << link;
    EXPECT_EQ(look(std::string(256, 'x')), belonging::no_name);
    EXPECT_EQ(name(std::string(255, 'x')), "a/" + std::string(255, 'x'));
    std::string deep;
    for (int i = 0; i < 2000; ++i)
        deep += "d/";
    EXPECT_EQ(look(deep + "x"), belonging::no_name);
}

TEST_F(mirror_scopes, have_names_without_control_characters) {
    EXPECT_EQ(name("a%0Ab"), "a/a%0Ab");
    EXPECT_EQ(name("%1b%5b31m%7f"), "a/%1B[31m%7F");
    EXPECT_EQ(name("%c3%a9%ff"), "a/\xC3\xA9\xFF");
    EXPECT_EQ(name("a\nb"), "a/ab");  // as browsers read it
    EXPECT_EQ(name(".bashrc"), "a/.bashrc");
    EXPECT_EQ(name("..."), "a/...");
    EXPECT_EQ(name("..%5cx"), "a/..\\x");  // one name
}

TEST(web_scope, says_where_it_goes) {
    EXPECT_EQ(web_scope("http://Host/").default_folder(), "host");
    EXPECT_EQ(web_scope("http://host:80/a/b/c").default_folder(), "host/a/b");
    EXPECT_EQ(web_scope("https://[::1]:8443/a%20b/").default_folder(), "[::1]:8443/a b");
    EXPECT_EQ(web_scope("http://host/a%2fb/").default_folder(), std::nullopt);
    EXPECT_EQ(web_scope("http://host/a//").default_folder(), std::nullopt);
    EXPECT_THROW(web_scope("gopher://host/"), std::invalid_argument);
}

TEST(web_scope, takes_the_query_of_its_beginning) {
    const web_scope scope("http://host/list?all=1");
    url::uri found;
    EXPECT_EQ(scope.look("list?all=1", "http://host/list", found), belonging::inside);
    EXPECT_EQ(scope.name_of(found), "list");
    EXPECT_EQ(scope.look("list?all=2", "http://host/list", found), belonging::question);
}

/// What a link is to a mirror that reaches further.
std::string wide_name(const mirror_reach& reach, std::string_view link,
                      link_use use = link_use::followed) {
    const web_scope scope("http://host:81/docs/", reach);
    url::uri found;
    const belonging what = scope.look(link, "http://host:81/docs/a/page", found, use);
    if (what == belonging::inside) return scope.name_of(found).value_or("(none)");
    if (what == belonging::question) return "(question)";
    return what == belonging::no_name ? "(no name)" : "(elsewhere)";
}

TEST(web_scopes_that_reach_further, have_what_pages_are_shown_with) {
    const mirror_reach reach{.requisites = true};
    const auto needed = link_use::needed;
    EXPECT_EQ(wide_name(reach, "/pics/x.png", needed), "host:81/pics/x.png");
    EXPECT_EQ(wide_name(reach, "/pics/x.png"), "(elsewhere)");
    EXPECT_EQ(wide_name(reach, "x.css?v=3", needed), "host:81/docs/a/x.css?v=3");
    EXPECT_EQ(wide_name(reach, "x.css?v=3"), "(question)");
    EXPECT_EQ(wide_name(reach, "?", needed), "host:81/docs/a/page?");
    EXPECT_EQ(wide_name(reach, "x?a/../b%2f%2E%2e%00%0a", needed),
              "host:81/docs/a/x?a%2F..%2Fb%2F..%00%0A");
    EXPECT_EQ(wide_name(reach, "x?" + std::string(253, 'q'), needed),
              "host:81/docs/a/x?" + std::string(253, 'q'));
    EXPECT_EQ(wide_name(reach, "x?" + std::string(254, 'q'), needed), "(no name)");
    EXPECT_EQ(wide_name(reach, "//other/x.png", needed), "(elsewhere)");
    EXPECT_EQ(wide_name(reach, "https://host:81/x.png", needed), "(elsewhere)");
}

TEST(web_scopes_that_reach_further, have_all_of_a_server) {
    EXPECT_EQ(wide_name({.above = true}, "/x"), "host:81/x");
    EXPECT_EQ(wide_name({.above = true}, "/"), "host:81/index.html");
    EXPECT_EQ(wide_name({.above = true}, "//other/docs/x"), "(elsewhere)");
}

TEST(web_scopes_that_reach_further, have_other_servers) {
    const mirror_reach some{.hosts = true,
                            .domains = {"a.example", ".b.example"},
                            .excluded_domains = {"no.a.example"}};
    EXPECT_EQ(wide_name(some, "https://a.example/x"), "a.example/x");
    EXPECT_EQ(wide_name(some, "http://WWW.A.Example:8080/"), "www.a.example:8080/index.html");
    EXPECT_EQ(wide_name(some, "http://x.b.example/x"), "x.b.example/x");
    EXPECT_EQ(wide_name(some, "/docs/x"), "host:81/docs/x");
    for (const char* link : {"http://aa.example/x", "http://b.example/", "http://no.a.example/x",
                             "http://x.no.a.example/x", "http://a.example.org/x", "/x"})
        EXPECT_EQ(wide_name(some, link), "(elsewhere)") << link;
    const mirror_reach any{.hosts = true};
    EXPECT_EQ(wide_name(any, "http://[::1]:80/x"), "[::1]/x");
    EXPECT_EQ(wide_name(any, "gopher://other/"), "(elsewhere)");
    EXPECT_EQ(wide_name(any, "http://.ssh/authorized_keys"), "(elsewhere)");
    EXPECT_THROW((void)make_mirror_scope("gopher://host/", any), std::invalid_argument);
}

/// What an item is to the mirror of a menu, and what it is called.
class gopher_scopes : public testing::Test {
 protected:
    std::string name(std::string_view link, const gopher_scope& scope) {
        url::uri found;
        const belonging what = scope.look(link, {}, found);
        if (what == belonging::inside) return scope.name_of(found).value_or("(none)");
        if (what == belonging::question) return "(question)";
        return what == belonging::no_name ? "(no name)" : "(elsewhere)";
    }

    const gopher_scope all_{"gopher://HOST:7070"};
    const gopher_scope docs_{"gopher://host/1/docs"};
    const gopher_scope beside_{"gophers://host/0/docs/a.txt"};
};

TEST_F(gopher_scopes, have_selectors_below_a_menu) {
    EXPECT_EQ(name("gopher://host:7070/1", all_), "gophermap");
    EXPECT_EQ(name("gopher://host:7070/1/", all_), "gophermap");
    EXPECT_EQ(name("gopher://host:7070/0/a%20b%2525", all_), "a b%25");
    EXPECT_EQ(name("gopher://host:7070/9no/slash.bin", all_), "no/slash.bin");
    EXPECT_EQ(name("gopher://host:7070/1/sub", all_), "sub/gophermap");
    EXPECT_EQ(name("gopher://host:7070/1/sub/", all_), "sub/gophermap");
    EXPECT_EQ(name("gopher://host/1/docs", docs_), "gophermap");
    EXPECT_EQ(name("gopher://host/1/docs/", docs_), "gophermap");
    EXPECT_EQ(name("gopher://host:70/I/docs/x.png", docs_), "x.png");
    EXPECT_EQ(name("gophers://host/1/docs", beside_), "gophermap");
    EXPECT_EQ(name("gophers://host/h/docs/b.html", beside_), "b.html");
}

TEST_F(gopher_scopes, have_nothing_of_other_places) {
    for (const char* link :
         {"gopher://host/1", "gopher://host/1/", "gopher://host/1/docs2", "gopher://host/0/docs",
          "gopher://host/0/x", "gopher://host:71/0/docs/x", "gopher://other/0/docs/x",
          "gophers://host/0/docs/x", "gopher://host/8/docs/x", "gopher://host/2/docs/x",
          "gopher://host/3/docs/x", "gopher://host/i/docs/x", "gopher://host/+/docs/x",
          "http://host/1/docs/x", "/docs/x", ""})
        EXPECT_EQ(name(link, docs_), "(elsewhere)") << link;
    EXPECT_EQ(name("gopher://host/7/docs/find", docs_), "(question)");
    EXPECT_EQ(name("gopher://host/1/docs/find%09words", docs_), "(question)");
    for (const char* selector : {"..", "%2e%2e/x", "a/../../x", "a//b", "%2f%2fx", "./x"})
        EXPECT_EQ(name("gopher://host/0/docs/" + std::string(selector), docs_), "(no name)")
            << selector;
    EXPECT_EQ(name("gopher://host/0/docs/%2fetc/passwd", docs_), "(no name)");
    EXPECT_EQ(name("gopher://host/0/docs/", docs_), "(no name)");
}

TEST_F(gopher_scopes, say_where_they_go_and_what_robots_read) {
    EXPECT_EQ(all_.default_folder(), "host:7070");
    EXPECT_EQ(docs_.default_folder(), "host/docs");
    EXPECT_EQ(beside_.default_folder(), "host/docs");
    EXPECT_EQ(gopher_scope("gopher://host/1plain").default_folder(), "host/plain");
    EXPECT_EQ(all_.for_robots(url::uri::parse("gopher://host/1//x")).path(), "//x");
    EXPECT_EQ(all_.for_robots(url::uri::parse("gopher://host/0x")).path(), "/x");
    EXPECT_TRUE(all_.may_lead_on(url::uri::parse("gopher://host/1/x.txt")));
    EXPECT_FALSE(all_.may_lead_on(url::uri::parse("gopher://host/0/x")));
    for (const char* start : {"gopher://host/7/find", "gopher://host/1/find%09words",
                              "gopher://host/8/telnet", "http://host/"})
        EXPECT_THROW(gopher_scope{start}, std::invalid_argument) << start;
}

}  // namespace
}  // namespace zocalo::program
