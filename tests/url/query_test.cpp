// SPDX-License-Identifier: MIT
#include "zocalo/url/query.hpp"

#include <gmock/gmock.h>

#include "zocalo/core/error.hpp"

namespace {

namespace url = zocalo::url;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(parse_qsl, gives_fields_in_their_order) {
    EXPECT_THAT(url::parse_qsl("b=1&a=%26+x&b=2"),
                ElementsAre(Pair("b", "1"), Pair("a", "& x"), Pair("b", "2")));
    EXPECT_THAT(url::parse_qsl("a=1;b=2"), ElementsAre(Pair("a", "1;b=2")));
    EXPECT_THAT(url::parse_qsl("a=1;b=2", {.separator = ';'}),
                ElementsAre(Pair("a", "1"), Pair("b", "2")));
    EXPECT_THAT(url::parse_qsl("a=b=c"), ElementsAre(Pair("a", "b=c")));
    EXPECT_THAT(url::parse_qsl(""), IsEmpty());
    EXPECT_THAT(url::parse_qsl("&&"), IsEmpty());
}

TEST(parse_qsl, treats_blank_values_as_it_is_told) {
    EXPECT_THAT(url::parse_qsl("a=&b&=c"), ElementsAre(Pair("", "c")));
    EXPECT_THAT(url::parse_qsl("a=&b&=c", {.keep_blank_values = true}),
                ElementsAre(Pair("a", ""), Pair("b", ""), Pair("", "c")));
    EXPECT_THROW((void)url::parse_qsl("a=1&b", {.strict = true}), zocalo::protocol_error);
    EXPECT_THROW((void)url::parse_qsl("a=1&&b=1", {.strict = true}), zocalo::protocol_error);
}

TEST(parse_qsl, has_a_limit) {
    EXPECT_EQ(url::parse_qsl("a=1&b=2", {.max_fields = 2}).size(), 2U);
    try {
        (void)url::parse_qsl("a=1&b=2&c=3", {.max_fields = 2});
        FAIL();
    } catch (const zocalo::protocol_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("more than 2 fields"));
    }
    EXPECT_THROW((void)url::parse_qsl(std::string(1000, '&')), zocalo::protocol_error);
}

TEST(parse_qs, gathers_by_name) {
    EXPECT_THAT(url::parse_qs("b=1&a=x&b=2"),
                ElementsAre(Pair("a", ElementsAre("x")), Pair("b", ElementsAre("1", "2"))));
}

TEST(urlencode, is_read_back) {
    const url::fields fields{{"name", "J\xC3\xBCrgen & Co"}, {"", "="}, {"a=b", "%41\r\n"}};
    const std::string query = url::urlencode(fields);
    EXPECT_EQ(query, "name=J%C3%BCrgen+%26+Co&=%3D&a%3Db=%2541%0D%0A");
    EXPECT_EQ(url::parse_qsl(query, {.keep_blank_values = true}), fields);
    EXPECT_EQ(url::urlencode({}), "");
}

}  // namespace
