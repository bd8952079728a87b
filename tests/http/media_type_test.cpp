// SPDX-License-Identifier: MIT
#include "zocalo/http/media_type.hpp"

#include <gtest/gtest.h>

#include <array>

#include "zocalo/http/media_types.hpp"
#include "zocalo/http/negotiate.hpp"

namespace {

namespace http = zocalo::http;

TEST(media_type, is_read_and_printed_in_one_spelling) {
    const struct {
        std::string_view text;
        std::string_view printed;
    } rows[] = {
        {"text/html", "text/html"},
        {"TEXT/Html", "text/html"},
        {" text/html\t", "text/html"},
        {"text/html;charset=utf-8", "text/html; charset=utf-8"},
        {"text/html ; Charset=\"UTF-8\"", "text/html; charset=UTF-8"},
        {"text/html;", "text/html"},
        {"text/html\t;\tcharset=utf-8", "text/html; charset=utf-8"},
        {"text/html; ;; a=b;", "text/html; a=b"},
        {R"(a/b; x="1 \"2\" \\")", R"(a/b; x="1 \"2\" \\")"},
        {"a/b; x=\"\"", "a/b; x=\"\""},
        {"a/b; x=1; y=2", "a/b; x=1; y=2"},
        {"a/b; x=1; X=1", "a/b; x=1"},
        {"application/vnd.api+json", "application/vnd.api+json"},
    };
    for (const auto& row : rows) {
        const auto read = http::media_type::try_parse(row.text);
        ASSERT_TRUE(read) << row.text;
        EXPECT_EQ(read->to_string(), row.printed);
        EXPECT_EQ(http::media_type::parse(read->to_string()), *read);
    }
}

TEST(media_type, that_is_none_is_refused) {
    for (const std::string_view text : {"",
                                        "text",
                                        "text/",
                                        "/html",
                                        "text /html",
                                        "text/ html",
                                        "text/html charset=utf-8",
                                        "text/html, text/plain",
                                        "text/html; charset",
                                        "text/html; charset=",
                                        "text/html; =utf-8",
                                        "text/html; charset =utf-8",
                                        "text/html; charset= utf-8",
                                        "text/html; a=\"b",
                                        "text/html; a=\"b\\",
                                        "text/html; a=b c",
                                        "text/html; a=\"b\"c",
                                        "text/html; a=1; a=2",
                                        "text/html; a=\"\x01\"",
                                        "te(xt/html",
                                        "text/html\n",
                                        "text/h\xC3\xA9"}) {
        EXPECT_FALSE(http::media_type::try_parse(text)) << text;
        EXPECT_THROW((void)http::media_type::parse(text), std::invalid_argument) << text;
    }
}

TEST(media_type, has_a_limited_number_of_parameters) {
    std::string text = "a/b";
    for (int i = 0; i < 64; ++i)
        text += ";p" + std::to_string(i) + "=1";
    EXPECT_EQ(http::media_type::parse(text).parameters.size(), 64U);
    EXPECT_FALSE(http::media_type::try_parse(text + ";last=1"));
}

TEST(media_type, knows_its_parts) {
    const auto type = http::media_type::parse("Image/SVG+xml;Charset=US-ASCII");
    EXPECT_EQ(type.type(), "image");
    EXPECT_EQ(type.subtype(), "svg+xml");
    EXPECT_EQ(type.essence(), "image/svg+xml");
    EXPECT_TRUE(type.is("image/SVG+XML"));
    EXPECT_FALSE(type.is("image/svg"));
    EXPECT_EQ(type.charset(), "us-ascii");
    EXPECT_TRUE(type.is_text());
    EXPECT_FALSE(http::media_type::parse("image/png").is_text());
}

TEST(media_type, has_a_charset_by_rules) {
    const struct {
        std::string_view type;
        std::string_view charset;
    } rows[] = {
        {"text/html; charset=KOI8-R", "koi8-r"},
        {"text/plain", "latin1"},
        {"application/json", "utf-8"},
        {"application/problem+json", "utf-8"},
        {"text/javascript", "utf-8"},
        {"application/xml", "latin1"},
        {"image/png", ""},
    };
    for (const auto& row : rows)
        EXPECT_EQ(http::media_type::parse(row.type).charset_or("latin1"), row.charset) << row.type;
}

TEST(parameters, carry_no_control_characters) {
    http::parameters some;
    EXPECT_THROW(some.set("a", "b\r\nc"), std::invalid_argument);
    EXPECT_THROW(some.set("a", std::string_view("b\0c", 3)), std::invalid_argument);
    EXPECT_THROW(some.set("a b", "c"), std::invalid_argument);
    EXPECT_THROW(some.set("", "c"), std::invalid_argument);
    EXPECT_THROW((void)http::quoted_string("\x7f"), std::invalid_argument);
    EXPECT_TRUE(some.empty());
    some.set("A", "1").set("b", "x y").set("a", "2");
    std::string text;
    some.append_to(text, ",");
    EXPECT_EQ(text, ",a=2,b=\"x y\"");
    EXPECT_TRUE(some.remove("B"));
    EXPECT_FALSE(some.remove("B"));
    EXPECT_EQ(some.find("b"), std::nullopt);
}

TEST(media_types, are_guessed_from_names) {
    const struct {
        std::string_view name;
        std::string_view type;
        std::string_view coding;
    } rows[] = {
        {"index.html", "text/html", ""},
        {"a/b.c/INDEX.HTML", "text/html", ""},
        {"/srv/x.tar.gz", "application/x-tar", "gzip"},
        {"x.tgz", "application/x-tar", "gzip"},
        {"x.svgz", "image/svg+xml", "gzip"},
        {"style.css.br", "text/css", "br"},
        {"style.css.zst", "text/css", "zstd"},
        {"x.gz", "", "gzip"},
        {"x.txt.Z", "text/plain", "compress"},
        {"x.txt.z", "", ""},
        {"noname", "", ""},
        {".html", "", ""},
        {"a/.html", "", ""},
        {"a.", "", ""},
        {"a.html/", "", ""},
        {"", "", ""},
        {"a.7z", "application/x-7z-compressed", ""},
        {"a.zip", "application/zip", ""},
    };
    const http::media_types known;
    for (const auto& row : rows) {
        EXPECT_EQ(known.guess(row.name).type, row.type) << row.name;
        EXPECT_EQ(known.guess(row.name).coding, row.coding) << row.name;
    }
}

TEST(media_types, can_be_taught) {
    http::media_types known;
    known.add("text/x-mine", ".Mine")
        .read(
            "# a comment\n"
            "text/x-other\t\tother  oth\r\n"
            "text/html htm # html\n"
            "nonsense foo\n"
            "application/x-nothing\n"
            "text/x-last last");
    EXPECT_EQ(known.guess("a.MINE").type, "text/x-mine");
    EXPECT_EQ(known.guess("a.oth.gz").type, "text/x-other");
    EXPECT_EQ(known.guess("a.foo").type, "");
    EXPECT_EQ(known.guess("a.html").type, "text/html");
    EXPECT_EQ(known.guess("a.last").type, "text/x-last");
    EXPECT_THROW(known.add("nonsense", "a"), std::invalid_argument);
    EXPECT_THROW(known.add("a/b", "."), std::invalid_argument);
    EXPECT_THROW(known.add("a/b", "a/b"), std::invalid_argument);
}

TEST(choose_media_type, passes_over_members_that_are_none) {
    const std::array<std::string_view, 2> offered{"text/plain", "text/html"};
    for (const std::string_view members :
         {R"("a\", text/plain", text/html)", R"(text/html, "a\)", "text/html;, x y, a/b"})
        EXPECT_EQ(http::choose_media_type(members, offered), 1U) << members;
}

TEST(choose_media_type, takes_what_is_liked_best) {
    constexpr std::string_view offered[] = {"application/json", "text/html", "text/plain"};
    constexpr std::string_view levels[] = {"text/html", "text/html;level=1", "text/html;level=2"};
    const auto chosen = [&](std::string_view wanted) {
        const auto at = http::choose_media_type(wanted, offered);
        return at ? offered[*at] : "none";
    };
    EXPECT_EQ(chosen(""), "application/json");
    EXPECT_EQ(chosen("*/*"), "application/json");
    EXPECT_EQ(chosen("text/*"), "text/html");
    EXPECT_EQ(chosen("TEXT/PLAIN"), "text/plain");
    EXPECT_EQ(chosen("text/plain;q=0.5, text/html;q=0.499"), "text/plain");
    EXPECT_EQ(chosen("text/*;q=0.9, text/html;q=0, */*;q=0.1"), "text/plain");
    EXPECT_EQ(chosen("application/json;q=0, */*"), "text/html");
    EXPECT_EQ(chosen("image/png"), "none");
    EXPECT_EQ(chosen("text/html;q=0"), "none");
    EXPECT_EQ(chosen(",, text/plain ,"), "text/plain");
    // What makes no sense is passed over, and what stands beside it is not.
    for (const std::string wrong :
         {"text/html;q=2", "text/html;q=1.001", "text/html;q=.5", "text/html;q=0.1234",
          "text/html;q=-1", "text/html;q", "text/html x", "te xt/html", "text/html;a=\"b, c"}) {
        EXPECT_EQ(chosen("text/plain;q=0.1, " + wrong), "text/plain") << wrong;
    }
    EXPECT_EQ(chosen("image/png;a=\"b, text/html\", text/plain"), "text/plain");
    // RFC 9110 §12.5.1: the more exact range counts.
    EXPECT_EQ(http::choose_media_type("text/*;q=0.3, text/html;q=0.7, text/html;level=1", levels),
              1U);
    EXPECT_EQ(http::choose_media_type("text/html;level=1;q=0.1, text/html;level=2;q=0.2", levels),
              2U);
    constexpr std::string_view none[] = {"nothing"};
    EXPECT_THROW((void)http::choose_media_type("a/b", none), std::invalid_argument);
}

TEST(choose_coding, takes_what_is_liked_best) {
    constexpr std::string_view offered[] = {"br", "zstd", "gzip"};
    const struct {
        std::string_view wanted;
        std::string_view chosen;
    } rows[] = {
        {"gzip", "gzip"},
        {"x-gzip", "gzip"},
        {"GZIP", "gzip"},
        {"gzip, br", "br"},
        {"gzip, deflate, br, zstd", "br"},
        {"gzip;q=1.0, br;q=0.9", "gzip"},
        {"*", "br"},
        {"*;q=0.5, br;q=0", "zstd"},
        {"identity", ""},
        {"identity;q=0.5, gzip;q=0.4", ""},
        {"identity, gzip", "gzip"},
        {"identity;q=0, gzip;q=0.001", "gzip"},
        {"gzip;q=0", ""},
        {"gzip;q=0.000, *;q=0", ""},
        {"", ""},
        {"deflate", ""},
        {"gzip;q=5, br;q=0.1", "br"},
    };
    for (const auto& row : rows) {
        const auto at = http::choose_coding(row.wanted, offered);
        EXPECT_EQ(at ? offered[*at] : "", row.chosen) << row.wanted;
    }
    EXPECT_EQ(http::choose_coding(std::nullopt, offered), std::nullopt);
}

TEST(choose_coding, looks_at_each_member_once) {
    constexpr std::string_view offered[] = {"gzip"};
    std::string list;
    for (int i = 0; i < 20000; ++i)
        list += "a;b=\"c,\" d\",";
    EXPECT_EQ(http::choose_coding(list + "gzip", offered), 0U);
}

}  // namespace
