// SPDX-License-Identifier: MIT
#include "zocalo/opener/data_url.hpp"

#include <gmock/gmock.h>

#include <string>

#include "support/growth.hpp"

namespace {

using zocalo::url::data_url;

std::string shown(std::string_view text) {
    const data_url parsed = data_url::parse(text);
    return parsed.type.to_string() + " | " + parsed.content;
}

TEST(data_url, is_read_as_rfc_2397_has_it) {
    const std::string plain = data_url().type.to_string();
    EXPECT_EQ(shown("data:,A%20brief%20note"), plain + " | A brief note");
    EXPECT_EQ(shown("data:text/plain;charset=iso-8859-7,%be%fg%be"),
              "text/plain; charset=iso-8859-7 | \xBE%fg\xBE");
    EXPECT_EQ(shown("DATA:;charset=utf-8,a"), "text/plain; charset=utf-8 | a");
    EXPECT_EQ(shown("data:image/gif;base64,R0lGODdh"), "image/gif | GIF87a");
    EXPECT_EQ(shown("data:application/vnd-xxx-query,select_vcount,fcol_from_fieldtable/local"),
              "application/vnd-xxx-query | select_vcount,fcol_from_fieldtable/local");
    EXPECT_EQ(shown("data:,"), plain + " | ");
    EXPECT_EQ(shown("data:,a#b"), plain + " | a");
    EXPECT_EQ(shown("data:text/plain;x=%22a%3Bb%22,c"), "text/plain; x=\"a;b\" | c");
}

TEST(data_url, has_base64_as_pages_write_it) {
    EXPECT_EQ(data_url::parse("data:;base64,YQ==").content, "a");
    EXPECT_EQ(data_url::parse("data:;base64,YQ").content, "a");
    EXPECT_EQ(data_url::parse("data:;base64,YWI").content, "ab");
    EXPECT_EQ(data_url::parse("data:;BASE64 ,YQ%3D%3D").content, "a");
    EXPECT_EQ(data_url::parse("data:;base64,YW%0AJj\r\n").content, "abc");
    EXPECT_EQ(data_url::parse("data:;base64,").content, "");
}

TEST(data_url, refuses_what_is_none) {
    for (const char* const each :
         {"", "data", "data:", "data:text/plain", "http://a/,b", "data:text,a", "data:a b/c,d",
          "data:;base64,Y", "data:;base64,Y===", "data:;base64,Y-_=", "data:;base64,YR==",
          "data:text/plain%0D%0AX: y,a"})
        EXPECT_THROW((void)data_url::parse(each), std::invalid_argument) << each;
}

TEST(data_url, has_a_limit) {
    EXPECT_EQ(data_url::parse("data:,12345", 5).content, "12345");
    EXPECT_THROW((void)data_url::parse("data:,123456", 5), std::invalid_argument);
    EXPECT_EQ(data_url::parse("data:;base64,MTIzNDU=", 5).content, "12345");
    EXPECT_THROW((void)data_url::parse("data:;base64,MTIzNDU2", 5), std::invalid_argument);
}

TEST(data_url, is_written_so_that_it_is_read_as_the_same) {
    std::string every;
    for (int i = 0; i < 256; ++i)
        every += static_cast<char>(i);
    for (const std::string& content : {std::string(), std::string("a, b#c%41"), every}) {
        data_url one;
        one.content = content;
        EXPECT_EQ(data_url::parse(one.to_string()), one);
        one.type = zocalo::http::media_type::parse("text/html; charset=\"a,b;c\"");
        EXPECT_EQ(data_url::parse(one.to_string()), one);
    }
    EXPECT_EQ(data_url::parse("data:,a%20b").to_string(), "data:,a%20b");
}

}  // namespace
