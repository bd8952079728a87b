// SPDX-License-Identifier: MIT
#include "fetch/links.hpp"

#include <gmock/gmock.h>

namespace zocalo::program {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

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
    EXPECT_THAT(links_in("<a data-href=no srcset=no =href=no>").links, IsEmpty());
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
    for (const std::string piece : {"<", "<!--", "<a href='", "<script>", "</", "<a ", "&#",
                                    "<a =", "<style></", "<a href=&amp"}) {
        std::string text;
        while (text.size() < 500'000)
            text += piece;
        (void)links_in(text);
    }
}

}  // namespace
}  // namespace zocalo::program
