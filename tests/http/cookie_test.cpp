// SPDX-License-Identifier: MIT
#include "zocalo/http/cookie.hpp"

#include <gmock/gmock.h>

namespace {

using namespace std::chrono;
namespace http = zocalo::http;
using http::same_site;
using http::set_cookie;
using testing::ElementsAre;
using testing::Pair;

/// "name|value|domain|path|flags"
std::string read(std::string_view text) {
    const auto got = set_cookie::try_parse(text);
    if (!got) return "refused";
    std::string shown = got->name + "|" + got->value + "|" + got->domain + "|" + got->path + "|";
    if (got->secure) shown += "S";
    if (got->http_only) shown += "H";
    if (got->same_site != same_site::unset)
        shown += std::to_string(static_cast<int>(got->same_site));
    if (got->max_age) shown += "m" + std::to_string(got->max_age->count());
    if (got->expires) shown += "e";
    return shown;
}

TEST(set_cookie, is_read_as_browsers_do) {
    const struct {
        std::string_view text;
        std::string_view read;
    } rows[] = {
        {"a=b", "a|b|||"},
        {" a = b ", "a|b|||"},
        {"a=b=c", "a|b=c|||"},
        {"a=\"b c\"", "a|\"b c\"|||"},
        {"a=", "a||||"},
        {"=b", "|b|||"},
        {"b", "|b|||"},
        {"", "refused"},
        {"=", "refused"},
        {";", "refused"},
        {"; a=b", "refused"},
        {"a=b\n", "refused"},
        {"a=b\x7f", "refused"},
        {"a=\tb\t", "a|b|||"},
        {"a=b; Domain=.Example.ORG", "a|b|example.org||"},
        {"a=b; domain=x; Domain=", "a|b|||"},
        {"a=b; Path=/x", "a|b||/x|"},
        {"a=b; Path=x", "a|b|||"},
        {"a=b; Path=/x; Path=", "a|b|||"},
        {"a=b; Secure; HttpOnly", "a|b|||SH"},
        {"a=b; secure=no; httponly=x", "a|b|||SH"},
        {"a=b; SameSite=Lax", "a|b|||2"},
        {"a=b; SameSite=strict; SameSite=NONE", "a|b|||1"},
        {"a=b; SameSite=Lax; SameSite=other", "a|b|||"},
        {"a=b; Max-Age=60", "a|b|||m60"},
        {"a=b; Max-Age=-60", "a|b|||m0"},
        {"a=b; Max-Age=99999999999999999999", "a|b|||m2147483647"},
        {"a=b; Max-Age=60; Max-Age=6x", "a|b|||m60"},
        {"a=b; Max-Age=+60", "a|b|||"},
        {"a=b; Max-Age=", "a|b|||"},
        {"a=b; Expires=Wed, 09 Jun 2021 10:18:14 GMT", "a|b|||e"},
        {"a=b; Expires=never", "a|b|||"},
        {"a=b; Unknown=x;;; ;", "a|b|||"},
        {"a=b;Secure;Path=/;Domain=d", "a|b|d|/|S"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(read(row.text), row.read) << row.text;
    EXPECT_EQ(read(std::string_view("a=b\0", 4)), "refused");
}

TEST(set_cookie, has_limits) {
    EXPECT_NE(read("a=" + std::string(4095, 'b')), "refused");
    EXPECT_EQ(read("a=" + std::string(4096, 'b')), "refused");
    EXPECT_EQ(read("a=b; Path=/" + std::string(1024, 'b')), "a|b|||");
    std::string many = "a=b";
    for (int i = 0; i < 100000; ++i)
        many += ";x";
    EXPECT_EQ(read(many), "a|b|||");
}

TEST(set_cookie, is_printed_only_when_clients_take_it) {
    const set_cookie good{.name = "a",
                          .value = "b",
                          .expires = sys_days(year(2030) / 1 / 2),
                          .max_age = seconds(60),
                          .domain = "example.org",
                          .path = "/x",
                          .secure = true,
                          .http_only = true,
                          .same_site = same_site::none};
    EXPECT_EQ(good.to_string(),
              "a=b; Path=/x; Domain=example.org; Max-Age=60; Expires=Wed, 02 Jan 2030 00:00:00 "
              "GMT; Secure; HttpOnly; SameSite=None");
    EXPECT_EQ(set_cookie::try_parse(good.to_string()), good);
    EXPECT_EQ(http::session_cookie("__Host-id", "x").to_string(),
              "__Host-id=x; Path=/; Secure; HttpOnly; SameSite=Lax");
    const auto refuses = [&](auto change) {
        set_cookie changed = good;
        change(changed);
        EXPECT_THROW((void)changed.to_string(), std::invalid_argument);
    };
    for (const std::string wrong : {"", "a b", "a=b", "a;b", "a\r\nX: y"})
        refuses([&](set_cookie& it) { it.name = wrong; });
    for (const std::string wrong : {"a b", "a;b", "a\r\nb", "a,b", "a\"b", "a\\b", "\xC3\xA4"})
        refuses([&](set_cookie& it) { it.value = wrong; });
    for (const std::string wrong : {"x", "/a;b", "/a\nb"})
        refuses([&](set_cookie& it) { it.path = wrong; });
    for (const std::string wrong : {".example.org", "Example.org", "a b", "a;b", "a.org."})
        refuses([&](set_cookie& it) { it.domain = wrong; });
    refuses([](set_cookie& it) { it.secure = false; });
    refuses([](set_cookie& it) { it.value = std::string(4096, 'b'); });
    refuses([](set_cookie& it) { it.name = "__host-a"; });
    refuses([](set_cookie& it) {
        it.name = "__Secure-a";
        it.same_site = same_site::lax;
        it.secure = false;
    });
}

TEST(read_cookies, gives_them_in_their_order) {
    EXPECT_THAT(http::read_cookies("a=b; c=\"d e\" ;f; =g;; h=i=j;a=k"),
                ElementsAre(Pair("a", "b"), Pair("c", "\"d e\""), Pair("", "f"), Pair("", "g"),
                            Pair("h", "i=j"), Pair("a", "k")));
    EXPECT_TRUE(http::read_cookies("").empty());
}

TEST(quoted_cookies, are_those_of_python) {
    const struct {
        std::string_view quoted;
        std::string_view plain;
    } rows[] = {{"abc", "abc"},
                {"\"\"", ""},
                {R"("a\054b")", "a,b"},
                {R"("L\303\244rm")", "L\xC3\xA4rm"},
                {R"("say \"hi\" \\ bye")", R"(say "hi" \ bye)"},
                {R"("\0540")", ",0"}};
    for (const auto& row : rows) {
        EXPECT_EQ(http::unquote_cookie(row.quoted), row.plain) << row.quoted;
        EXPECT_EQ(http::unquote_cookie(http::quote_cookie(row.plain)), row.plain) << row.plain;
    }
    EXPECT_EQ(http::quote_cookie("a,b c"), R"("a\054b c")");
    EXPECT_EQ(http::quote_cookie("a=b/c"), "a=b/c");
    for (const std::string_view odd : {"\"", "\"a", "a\""})
        EXPECT_EQ(http::unquote_cookie(odd), odd);
    // What begins nothing stays.
    EXPECT_EQ(http::unquote_cookie(R"("\9a\48\400\")"), R"(\9a\48\400\)");
}

TEST(cookie_date, is_read_in_any_order) {
    const sys_seconds there = sys_days(year(2021) / 6 / 9) + hours(10) + minutes(18) + seconds(14);
    for (const std::string_view text :
         {"Wed, 09 Jun 2021 10:18:14 GMT", "Wednesday, 09-Jun-21 10:18:14 GMT",
          "Wed Jun  9 10:18:14 2021", "10:18:14 9 June 2021", "2021 jUNk 09th 10:18:14.5",
          "9/Jun/21;10:18:14", "09 Jun 2021 10:18:14 +0200", "x 9 Jun 2021 10:18:14 11:11:11 5"})
        EXPECT_EQ(http::parse_cookie_date(text), there) << text;
    for (const std::string_view text :
         {"", "Wed", "09 Jun 2021", "Jun 2021 10:18:14", "09 2021 10:18:14", "09 Jun 10:18:14",
          "31 Feb 2021 10:18:14", "00 Jun 2021 10:18:14", "32 Jun 2021 10:18:14",
          "09 Jun 1600 10:18:14", "09 Jun 2021 24:18:14", "09 Jun 2021 10:60:14",
          "09 Jun 2021 10:18:60", "09 Jun 20211 10:18:14", "09 Jun 2021 10:18",
          "009 Jun 2021 10:18:14"})
        EXPECT_FALSE(http::parse_cookie_date(text)) << text;
    EXPECT_EQ(http::parse_cookie_date("1 Jan 70 00:00:00"), sys_seconds());
    EXPECT_EQ(http::parse_cookie_date("1 Jan 69 00:00:00"), sys_days(year(2069) / 1 / 1));
}

}  // namespace
