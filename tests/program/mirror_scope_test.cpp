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

    const mirror_scope scope_{"http://HOST:81/docs/start.html#part"};
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

TEST(mirror_scope, says_where_it_goes) {
    EXPECT_EQ(mirror_scope("http://Host/").default_folder(), "host");
    EXPECT_EQ(mirror_scope("http://host:80/a/b/c").default_folder(), "host/a/b");
    EXPECT_EQ(mirror_scope("https://[::1]:8443/a%20b/").default_folder(), "[::1]:8443/a b");
    EXPECT_EQ(mirror_scope("http://host/a%2fb/").default_folder(), std::nullopt);
    EXPECT_EQ(mirror_scope("http://host/a//").default_folder(), std::nullopt);
    EXPECT_THROW(mirror_scope("gopher://host/"), std::invalid_argument);
}

TEST(mirror_scope, takes_the_query_of_its_beginning) {
    const mirror_scope scope("http://host/list?all=1");
    url::uri found;
    EXPECT_EQ(scope.look("list?all=1", "http://host/list", found), belonging::inside);
    EXPECT_EQ(scope.name_of(found), "list");
    EXPECT_EQ(scope.look("list?all=2", "http://host/list", found), belonging::question);
}

TEST(name_patterns, are_ends_of_names_or_have_wild_cards) {
    name_patterns some;
    EXPECT_TRUE(some.is_empty());
    some.add(".jpg,,a*b?,");
    some.add("*.tar.*");
    for (const char* name : {"x.jpg", ".jpg", "abc", "axxxbb", "aabab!", "x.tar.gz", ".tar."})
        EXPECT_TRUE(some.match(name)) << name;
    for (const char* name : {"x.jpeg", "jpg.x", "ab", "xab!", "x.tar", ""})
        EXPECT_FALSE(some.match(name)) << name;
    name_patterns slow;
    slow.add("*a*a*a*a*a*a*a*a*a*a*a*b");
    EXPECT_FALSE(slow.match(std::string(20'000, 'a')));
}

}  // namespace
}  // namespace zocalo::program
