// SPDX-License-Identifier: MIT
#include "zocalo/gopher/gophermap.hpp"

#include <gmock/gmock.h>

#include "zocalo/gopher/client.hpp"

namespace {

namespace gopher = zocalo::gopher;
using gopher::item;
using gopher::item_type;
using testing::ElementsAre;

TEST(gophermap, leaves_out_what_goes_without_saying) {
    const auto items = gopher::parse_gophermap(
        "Welcome\r\n"
        "\n"
        "0Read me\treadme.txt\n"
        "1docs\t\n"
        "1Elsewhere\t/x\tother.example\t7070\n"
        "1There\ty\tother.example\n"
        "hThe web\tURL:https://example.org/\n"
        "7Find\t/find\n"
        "\tindented\n"
        ".\n"
        "never shown\n",
        {.folder = "/a", .host = "here.example", .port = 70});
    const auto here = [](item_type type, const char* name, const char* selector) {
        return item{.type = type, .name = name, .selector = selector, .host = "here.example"};
    };
    EXPECT_THAT(items, ElementsAre(gopher::info("Welcome"), gopher::info(""),
                                   here(item_type::text, "Read me", "/a/readme.txt"),
                                   here(item_type::menu, "docs", "/a/docs"),
                                   item{item_type::menu, "Elsewhere", "/x", "other.example", 7070},
                                   item{item_type::menu, "There", "y", "other.example", 70},
                                   here(item_type::html, "The web", "URL:https://example.org/"),
                                   here(item_type::search, "Find", "/find"), gopher::info("")));
}

TEST(type_of_file, is_by_name_and_then_by_what_is_in_it) {
    EXPECT_EQ(gopher::type_of_file("a.TXT", "\0"), item_type::text);
    EXPECT_EQ(gopher::type_of_file("a.tar.gz", "text"), item_type::binary);
    EXPECT_EQ(gopher::type_of_file("a.gif", ""), item_type::gif);
    EXPECT_EQ(gopher::type_of_file("README", "text"), item_type::text);
    EXPECT_EQ(gopher::type_of_file("a.out", std::string_view("\x7F\0", 2)), item_type::binary);
}

TEST(attributes, are_blocks_of_lines) {
    using gopher::attribute;
    EXPECT_THAT(gopher::parse_attributes("lost\n+INFO: 0a\tb\tc\t70\t+\n+ADMIN:\n Admin: me\n"
                                         " Mod-Date: <2026>\n+EMPTY\nno space\n"),
                ElementsAre(attribute{"INFO", "0a\tb\tc\t70\t+", {}},
                            attribute{"ADMIN", "", {"Admin: me", "Mod-Date: <2026>"}},
                            attribute{"EMPTY", "", {"no space"}}));
    EXPECT_TRUE(gopher::parse_attributes("").empty());
}

}  // namespace
