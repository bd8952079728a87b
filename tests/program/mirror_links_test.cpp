// SPDX-License-Identifier: MIT
#include "fetch/mirror_links.hpp"

#include <gmock/gmock.h>

namespace zocalo::program {
namespace {

using testing::ElementsAre;

/// The mirror of http://host/docs/, with some files in it.
class mirror_links_of_pages : public testing::Test {
 protected:
    mirror_links_of_pages() {
        for (const char* name : {"index.html", "a b.txt", "sub/index.html", "sub/x.css",
                                 "sub/y.png", "odd/100%.txt", "new"})
            links_.add(page_kind::none, name, {}, name);
        links_.add_redirect(uri("moved"), uri("moved2"));
        links_.add_redirect(uri("moved2"), uri("new"));
        links_.add_redirect(uri("round"), uri("round"));
    }
    static url::uri uri(std::string_view below) {
        return url::uri::parse("http://host/docs/" + std::string(below));
    }
    std::string link(std::string_view written, std::string_view page = "") const {
        const std::string text = "<a href='" + std::string(written) + "'>";
        const std::string name =
            std::string(page) + (page.ends_with('/') || page.empty() ? "index.html" : "");
        const std::string made = links_.converted(page_kind::html, text, name, uri(page));
        return made.substr(9, made.size() - 11);
    }

    const web_scope scope_{"http://host/docs/"};
    mirror_links links_{scope_};
};

TEST_F(mirror_links_of_pages, lead_to_files_that_are_there) {
    EXPECT_EQ(link("/docs/a%20b.txt#part"), "a%20b.txt#part");
    EXPECT_EQ(link("a b.txt"), "a%20b.txt");
    EXPECT_EQ(link("sub/"), "sub/index.html");
    EXPECT_EQ(link("http://HOST:80/docs/sub/y.png"), "sub/y.png");
    EXPECT_EQ(link("../", "sub/"), "../index.html");
    EXPECT_EQ(link("../odd/100%25.txt", "sub/"), "../odd/100%25.txt");
    EXPECT_EQ(link("./", "sub/"), "index.html");
    EXPECT_EQ(link("moved"), "new");
    EXPECT_EQ(link("#top"), "#top");
    EXPECT_EQ(link("./#top"), "index.html#top");
}

TEST_F(mirror_links_of_pages, lead_to_where_they_led_otherwise) {
    EXPECT_EQ(link("gone"), "http://host/docs/gone");
    EXPECT_EQ(link("round"), "http://host/docs/round");
    EXPECT_EQ(link("a b.txt?a=1&amp;b=2"), "http://host/docs/a%20b.txt?a=1&amp;b=2");
    EXPECT_EQ(link("/other"), "http://host/other");
    EXPECT_EQ(link("//else/x#y"), "http://else/x#y");
    for (const char* same : {"http://else/x", "HTTPS://host/docs/sub/", "mailto:a@b",
                             "javascript:x()", "data:,x", "gopher://host/", "http://", "", " "})
        EXPECT_EQ(link(same), same);
}

TEST_F(mirror_links_of_pages, are_relative_to_the_page_not_to_its_base) {
    const auto made = links_.converted(
        page_kind::html, "<base href='sub/'><a href=y.png></a><a href='#top'></a><form action=x>",
        "index.html", uri(""));
    EXPECT_EQ(made,
              "<base href=''><a href=\"sub/y.png\"></a><a href='sub/index.html#top'></a>"
              "<form action=\"http://host/docs/sub/x\">");
}

TEST_F(mirror_links_of_pages, are_in_styles) {
    EXPECT_EQ(links_.converted(page_kind::style, "@import '../gone.css'; a { b: url(y.png) }",
                               "sub/x.css", uri("sub/x.css")),
              "@import 'http://host/docs/gone.css'; a { b: url(y.png) }");
    EXPECT_EQ(links_.converted(page_kind::style, "a { b: url(/docs/a\\20 b.txt) }", "sub/x.css",
                               uri("sub/x.css")),
              "a { b: url(../a%20b.txt) }");
}

TEST(mirror_links_of_menus, lead_to_files_that_are_there) {
    const gopher_scope scope("gopher://host/1/top");
    mirror_links links(scope);
    for (const char* name : {"gophermap", "sub/gophermap", "sub/a.txt", "b.bin"})
        links.add(page_kind::none, name, {}, name);
    const std::string menu =
        "iHello\tfake\t(NULL)\t0\n1Up\t/top\thost\t70\n1Sub\t/top/sub\thost\t70\n"
        "0A\t/top/sub/a.txt\thost\t70\n9B\t/top/b.bin\thost\t70\t+\n0Gone\t/top/c\thost\t70\n"
        "0Elsewhere\t/top/b.bin\tother\t70\nhWeb\tURL:http://host/\thost\t70\n";
    const std::string rest =
        "0Gone\t/top/c\thost\t70\n0Elsewhere\t/top/b.bin\tother\t70\nhWeb\tURL:http://host/"
        "\thost\t70\n";
    EXPECT_EQ(
        links.converted(page_kind::menu, menu, "gophermap", url::uri::parse("gopher://host/1/top")),
        "iHello\tfake\t(NULL)\t0\n1Up\t/\n1Sub\tsub\n0A\tsub/a.txt\n9B\tb.bin\n" + rest);
    EXPECT_EQ(links.converted(page_kind::menu, menu, "sub/gophermap",
                              url::uri::parse("gopher://host/1/top/sub")),
              "iHello\tfake\t(NULL)\t0\n1Up\t/\n1Sub\t/sub\n0A\ta.txt\n9B\t/b.bin\n" + rest);
}

TEST(links_of, say_what_they_are_relative_to) {
    const auto at = url::uri::parse("http://host/a/b.html");
    EXPECT_EQ(links_of(page_kind::html, "<base href='/c/'><a href=d>", at).base, "http://host/c/");
    EXPECT_EQ(links_of(page_kind::html, "<a href=d>", at).base, "http://host/a/b.html");
    EXPECT_THAT(links_of(page_kind::style, "a { b: url(c) }", at).links, ElementsAre("c"));
    EXPECT_THAT(links_of(page_kind::none, "<a href=d>", at).links, testing::IsEmpty());
    EXPECT_THAT(links_of(page_kind::menu,
                         "iinfo\t\t\t\n0a b\t/a b\thost\t70\n1bad\t/x\tno host\t70\n"
                         "hweb\tURL:http://x/\thost\t70\n",
                         url::uri::parse("gopher://host/1"))
                    .links,
                ElementsAre("gopher://host/0/a%20b"));
}

}  // namespace
}  // namespace zocalo::program
