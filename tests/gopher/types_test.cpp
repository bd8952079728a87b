// SPDX-License-Identifier: MIT
#include "zocalo/gopher/types.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "zocalo/core/error.hpp"
#include "zocalo/gopher/engine.hpp"

namespace {

namespace gopher = zocalo::gopher;
using gopher::item;
using gopher::item_type;
using gopher::location;

const item about{.type = item_type::text,
                 .name = "About us",
                 .selector = "/about.txt",
                 .host = "example.org",
                 .port = 7070};

TEST(item, is_a_line) {
    EXPECT_EQ(to_line(about), "0About us\t/about.txt\texample.org\t7070");
    EXPECT_EQ(gopher::parse_item(to_line(about)), about);
    item plus = about;
    plus.is_plus = true;
    EXPECT_EQ(to_line(plus), "0About us\t/about.txt\texample.org\t7070\t+");
    EXPECT_EQ(gopher::parse_item(to_line(plus)), plus);
    EXPECT_EQ(gopher::parse_item(to_line(gopher::info("hello"))), gopher::info("hello"));
}

TEST(item, is_read_as_servers_send_it) {
    EXPECT_EQ(gopher::parse_item(""), std::nullopt);
    EXPECT_EQ(gopher::parse_item("just text"), gopher::info("just text"));
    EXPECT_EQ(gopher::parse_item("ijust text"), gopher::info("just text"));
    EXPECT_EQ(gopher::parse_item("1a\t"), (item{.type = item_type::menu, .name = "a"}));
    EXPECT_EQ(gopher::parse_item("1a\tb\th\t 70\t?\tx")->port, 70);
    EXPECT_EQ(gopher::parse_item("1a\tb\th\t99999")->port, 70);
    EXPECT_TRUE(gopher::parse_item("1a\tb\th\t70\t?\tx")->is_plus);
    EXPECT_EQ(gopher::parse_item("\x7Fx\ty\tz\t1")->type, static_cast<item_type>(0x7F));
}

TEST(item, carries_nothing_that_ends_a_line) {
    for (const char bad : {'\t', '\r', '\n', '\0'}) {
        for (std::string item::* part : {&item::name, &item::selector, &item::host}) {
            item wrong = about;
            wrong.*part += bad;
            EXPECT_THROW((void)to_line(wrong), std::invalid_argument);
        }
        item wrong = about;
        wrong.type = static_cast<item_type>(bad);
        EXPECT_THROW((void)to_line(wrong), std::invalid_argument);
    }
}

TEST(item, may_lead_to_the_web) {
    const item link{.type = item_type::html, .selector = "URL:https://example.org/"};
    EXPECT_EQ(link.external_url(), "https://example.org/");
    EXPECT_EQ((item{.type = item_type::html, .selector = "/URL:x:y"}).external_url(), "x:y");
    EXPECT_EQ((item{.type = item_type::html, .selector = "/a.html"}).external_url(), std::nullopt);
    EXPECT_EQ((item{.type = item_type::text, .selector = "URL:x"}).external_url(), std::nullopt);
}

TEST(types, have_names_and_ways) {
    EXPECT_EQ(to_text(item_type::search), "search");
    EXPECT_EQ(to_text(static_cast<item_type>('Z')), "type Z");
    EXPECT_EQ(transfer_of(item_type::search), gopher::transfer::menu);
    EXPECT_EQ(transfer_of(item_type::uuencoded), gopher::transfer::text);
    EXPECT_EQ(transfer_of(item_type::html), gopher::transfer::bytes);
    EXPECT_EQ(transfer_of(item_type::info), gopher::transfer::nothing);
    EXPECT_EQ(transfer_of(static_cast<item_type>('Z')), gopher::transfer::bytes);
}

TEST(menu, is_its_lines) {
    const auto items = gopher::parse_menu("iHello\t\tinvalid\t0\r\n\n0a\tb\tc\t7\n1last\td\te\t8");
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[0], gopher::info("Hello"));
    EXPECT_EQ(items[1].selector, "b");
    EXPECT_EQ(items[2].port, 8);
    EXPECT_EQ(gopher::parse_menu("a\nb\n", 2).size(), 2U);
    EXPECT_THROW((void)gopher::parse_menu("a\nb\nc\n", 2), zocalo::protocol_error);
}

// --- URLs (RFC 4266)

TEST(location, is_what_a_url_says) {
    EXPECT_EQ(location::parse("gopher://Example.org"), (location{.host = "example.org"}));
    EXPECT_EQ(location::parse("gopher://h/"), (location{.host = "h"}));
    EXPECT_EQ(
        location::parse("gopher://h:7070/0/a%20b"),
        (location{
            .host = "h", .port = 7070, .type = item_type::text, .request = {.selector = "/a b"}}));
    EXPECT_EQ(location::parse("gophers://[::1]/7/find%09two%20words"),
              (location{.host = "::1",
                        .type = item_type::search,
                        .request = {.selector = "/find", .search = "two words"},
                        .secure = true}));
    EXPECT_EQ(location::parse("gopher://h/0x%09%09!").request,
              (gopher::request{.selector = "x", .search = "", .plus = "!"}));
    EXPECT_EQ(location::parse("gopher://h/0x%2509").request.selector, "x%09");
    EXPECT_EQ(location::parse("gopher://h/0a?b").request.selector, "a?b");
    EXPECT_EQ(location::parse("gopher://h/0a#b").request.selector, "a");
}

TEST(location, is_read_back_from_its_url) {
    for (const auto text :
         {"gopher://h/1", "gopher://h:7070/0/a%20b", "gophers://h/7/f%09w", "gopher://h/0x%09%09!",
          "gopher://[2001:db8::1]/9/%3F%23%25", "gopher://h/0x%09%09+", "gopher://h/%3Bvideo"}) {
        const location parsed = location::parse(text);
        EXPECT_EQ(parsed.to_uri().to_string(), text);
        EXPECT_EQ(location::from(parsed.to_uri()), parsed);
    }
}

TEST(location, cannot_be_made_to_say_more) {
    for (const auto text :
         {"http://h/", "gopher:///0a", "//h/0a", "gopher://h/0a%0D%0AMAIL%20FROM:%3Ca%3E",
          "gopher://h/0a%00", "gopher://h/0a%0A", "gopher://h/7a%09b%0D",
          "gopher://h/0a%09b%09c%09", "gopher://h/%09", "gopher://h/%0D", "gopher://127.1/0a"}) {
        EXPECT_THROW((void)location::parse(text), std::invalid_argument) << text;
    }
}

TEST(location, follows_items) {
    const location here{.host = "h", .port = 7070, .secure = true};
    EXPECT_EQ(here.of({.type = item_type::text, .selector = "/a", .host = "h", .port = 7070}),
              (location{.host = "h",
                        .port = 7070,
                        .type = item_type::text,
                        .request = {.selector = "/a"},
                        .secure = true}));
    EXPECT_FALSE(here.of(about).secure);
}

}  // namespace
