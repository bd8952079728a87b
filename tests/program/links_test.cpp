// SPDX-License-Identifier: MIT
#include "fetch/links.hpp"

#include <gmock/gmock.h>

namespace zocalo::program {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Every link becomes NEW, and nothing else changes.
std::string changed(std::string_view html) {
    return change_links(html, [](link_use, std::string_view) { return std::optional("NEW"); });
}

std::string changed_style(std::string_view css) {
    return change_style_links(
        css, [](link_use, std::string_view) { return std::optional("N'(\"\\) W"); });
}

TEST(links, are_what_href_and_src_say) {
    const page_links found = links_in(R"(<!DOCTYPE html><html><head><BASE HREF="/deep/">
        <link rel=stylesheet href=style.css><script src='a.js'>"<a href=no>"</script></head>
        <body><a class="x" href = " one.html " >1</a><a href=two?a=1&amp;b=2>2</a>
        <img alt="a > b" SRC="3.png"/><a name=x>none</a><a href>none</a><a href="">none</a>)");
    EXPECT_EQ(found.base, "/deep/");
    EXPECT_THAT(found.links, ElementsAre("style.css", "a.js", "one.html", "two?a=1&b=2", "3.png"));
}

TEST(links, are_not_in_comments_scripts_and_styles) {
    EXPECT_THAT(links_in("<!-- <a href=no> --><script><a href=no></SCRIPT><style><a href=no></"
                         "style ><a href=yes><!-- <a href=no>")
                    .links,
                ElementsAre("yes"));
    EXPECT_THAT(links_in("<script></scrip<a href=no>").links, IsEmpty());
    EXPECT_THAT(links_in("1 < 2 <3 href=no> </a href=no> < a href=no>").links, IsEmpty());
    EXPECT_THAT(links_in("<a data-href=no data=no =href=no content='1; url=no'>").links, IsEmpty());
}

TEST(links, are_in_more_than_href_and_src) {
    EXPECT_THAT(
        links_in(R"page(<body background=1><object data=2></object><video poster=3>
        <img srcset="4, 5 2x,6 3w , 7,8,"><source imagesrcset=' 9 '>
        <meta http-equiv=refresh content="5; URL = '10'"><meta content="5;url=11">
        <meta content="url=no"><meta content="5"><meta content=";url=no"><meta content="5; no">
        <p style="background: url('12')"><style>@import "13"; p { src: URL( 14 ) }</style>)page")
            .links,
        ElementsAre("1", "2", "3", "4", "5", "6", "7,8", "9", "10", "11", "12", "13", "14"));
    EXPECT_THAT(links_in("<form action=no><button formaction=no>").links, IsEmpty());
}

TEST(links, are_needed_when_the_page_is_shown_with_them) {
    const page_links found = links_in(R"page(<link href=no rel=next><link rel="x STYLESHEET" href=1>
        <link href=2 rel='shortcut icon'><link rel=next rel=icon href=no><link href=no>
        <a href=no><img src=3 srcset=4><body background=5><area href=no><object data=6></object>
        <video poster=7></video><svg><use href=8></use><image href=9></svg>
        <p style="a: url(10)"><style>@import '11';</style><a href=3><form action=no>)page");
    EXPECT_THAT(found.needed, ElementsAre("1", "10", "11", "2", "3", "4", "5", "6", "7", "8", "9"));
    EXPECT_EQ(links_in_style("@import 'a'; p { b: url(c) }").needed.size(), 2U);
    EXPECT_THAT(links_in("<link rel='icon href=x>").links, IsEmpty());
}

TEST(links, are_changed_and_nothing_else) {
    EXPECT_EQ(changed("<a x=1 href=old title='a&lt;b'>old</a>"),
              "<a x=1 href=\"NEW\" title='a&lt;b'>old</a>");
    EXPECT_EQ(changed("<a href=\" old \"><IMG SRC='old'/><form action=old><base href=old>"),
              "<a href=\"NEW\"><IMG SRC='NEW'/><form action=\"NEW\"><base href=\"NEW\">");
    EXPECT_EQ(changed("<img srcset='a 1x, b 2x'><meta content='5; url=\"x\"'>"),
              "<img srcset='NEW 1x, NEW 2x'><meta content='5; url=&quot;NEW&quot;'>");
    EXPECT_EQ(
        changed("<style>a { b: url(old) } /* url(old) */</style><p style='c: url(&quot;x&quot;)'>"),
        "<style>a { b: url(NEW) } /* url(old) */</style><p style='c: url(&quot;NEW&quot;)'>");
    for (const char* same : {"<!-- <a href=old> --><script>'<a href=old>'</script>", "<a href='old",
                             "<style>a { b: url(old) }", "<p style='a: b'>"})
        EXPECT_EQ(changed(same), same);
}

/// Whatever is put there is read as it is meant.
TEST(links, are_written_so_that_they_are_read_again) {
    const std::string odd = "a'b\"c<d>&amp;e f";
    for (const char* page : {"<a href=x>", "<a href='x'>", "<a href=\"x\">"}) {
        const auto put = [&odd](link_use, std::string_view) { return std::optional(odd); };
        EXPECT_THAT(links_in(change_links(page, put)).links, ElementsAre(odd));
    }
}

TEST(links_of_styles, are_url_and_import) {
    EXPECT_THAT(links_in_style(R"css(@charset "no"; @IMPORT 'a'; @import url(b) print; "no"
        p { background: url( "c" ), Url(d e); content: "url(no)" } /* url(no) */ x-url(no) url (no)
        q { src: url(\66\oo\29 .png); a: url('g\'h') } @import{} "no" r { s: url() url('') })css")
                    .links,
                ElementsAre("a", "b", "c", "d e", "foo).png", "g'h"));
    EXPECT_THAT(links_in_style("@import \"no\n; url(\"no\n\"a\"); url(no").links, IsEmpty());
}

TEST(links_of_styles, are_changed_and_nothing_else) {
    EXPECT_EQ(changed_style("@import 'a' print; p { b: url(c) url( \"d\" ) }"),
              "@import 'N%27%28%22%5C%29%20W' print; p { b: url(N%27%28%22%5C%29%20W) url( "
              "\"N%27%28%22%5C%29%20W\" ) }");
    for (const char* same :
         {"", "/* url(a)", "url(", "url('a", "'", "\\", "@import", "a { b: 'c' }"})
        EXPECT_EQ(changed_style(same), same);
}

TEST(links, of_pages_that_lead_on_stay_in_their_quotes) {
    const auto its = [](link_use, std::string_view) { return std::optional("it's.html"); };
    EXPECT_EQ(change_links("<meta content=\"0; url='a'\">", its),
              "<meta content=\"0; url=&#39;it%27s.html&#39;\">");
}

TEST(links, have_their_character_references_read) {
    EXPECT_THAT(
        links_in("<a href='&#97;&#x62;&#X63;&lt;&gt;&quot;&apos;&#233;&#x20AC;&#128512;'>").links,
        ElementsAre("abc<>\"'\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
    EXPECT_THAT(links_in("<a href='&;&nothing;&#;&#xD800;&#99999999;&amp'>").links,
                ElementsAre("&;&nothing;&#;&#xD800;&#99999999;&amp"));
}

TEST(links, are_read_from_anything) {
    for (const char* text : {"", "<", "<a", "<a ", "<a href", "<a href=", "<a href='", "<a href='x",
                             "<!--", "<!-->", "<script", "<script>", "</", "<a/", "<a =", "<a //"})
        EXPECT_THAT(links_in(text).links, IsEmpty()) << text;
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += "<a href=x>";
    EXPECT_EQ(links_in(many, 10).links.size(), 10U);
}

/// Each of these would take minutes if something was looked for again and again.
TEST(links, take_time_that_grows_with_the_text_only) {
    for (const std::string piece :
         {"<", "<!--", "<a href='", "<script>", "</", "<a ", "&#", "<a =", "<style></",
          "<a href=&amp", "<style>url(", "<img srcset=',,", "<link ", "<link rel='", "<link x="}) {
        std::string text;
        while (text.size() < 500'000)
            text += piece;
        (void)links_in(text);
        (void)links_in("<p style='" + text + "'>");
    }
}

TEST(links_of_styles, take_time_that_grows_with_the_text_only) {
    for (const std::string piece :
         {"/*", "url(", "url('", "'", "@import", "\\", "u", "@", "url(\\"}) {
        std::string text;
        while (text.size() < 500'000)
            text += piece;
        (void)links_in_style(text);
    }
}

}  // namespace
}  // namespace zocalo::program
