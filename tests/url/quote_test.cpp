// SPDX-License-Identifier: MIT
#include "zocalo/url/quote.hpp"

#include <gtest/gtest.h>

namespace {

namespace url = zocalo::url;
using namespace std::string_view_literals;

TEST(quote, leaves_what_needs_no_escape) {
    EXPECT_EQ(url::quote("AZaz09-._~/"), "AZaz09-._~/");
    EXPECT_EQ(url::quote("/El Niño/"), "/El%20Ni%C3%B1o/");
    EXPECT_EQ(url::quote("a/b", ""), "a%2Fb");
    EXPECT_EQ(url::quote("a\r\n\0\xFF%"sv), "a%0D%0A%00%FF%25");
    EXPECT_EQ(url::quote_plus("a b+c/d"), "a+b%2Bc%2Fd");
    EXPECT_EQ(url::quote_plus("a b", "+"), "a+b");
}

TEST(unquote, reads_every_byte_back) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    EXPECT_EQ(url::unquote(url::quote(all)), all);
    EXPECT_EQ(url::unquote(url::quote(all, "")), all);
    EXPECT_EQ(url::unquote_plus(url::quote_plus(all)), all);
    EXPECT_EQ(url::try_unquote(url::quote(all)), all);
}

TEST(unquote, passes_over_what_is_no_escape) {
    EXPECT_EQ(url::unquote("%"), "%");
    EXPECT_EQ(url::unquote("%4"), "%4");
    EXPECT_EQ(url::unquote("%4G%41%+1"), "%4GA%+1");
    EXPECT_EQ(url::unquote("%2541"), "%41");
    EXPECT_EQ(url::unquote("a+b"), "a+b");
    EXPECT_EQ(url::unquote_plus("a+b%2B"), "a b+");
}

TEST(try_unquote, refuses_it) {
    EXPECT_EQ(url::try_unquote("%41%42"), "AB");
    for (const auto text : {"%", "%4", "a%4G", "%%41"})
        EXPECT_EQ(url::try_unquote(text), std::nullopt) << text;
}

}  // namespace
