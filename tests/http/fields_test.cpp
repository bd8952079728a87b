// SPDX-License-Identifier: MIT
#include "zocalo/http/fields.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

#include "zocalo/http/grammar.hpp"

namespace {

namespace http = zocalo::http;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(fields, keep_their_order_and_the_case_of_their_names) {
    const http::fields all{{"Host", "localhost"}, {"aCCept", "*/*"}, {"X", ""}};
    EXPECT_THAT(all, ElementsAre(http::field{"Host", "localhost"}, http::field{"aCCept", "*/*"},
                                 http::field{"X", ""}));
    std::string text;
    all.append_to(text);
    EXPECT_EQ(text, "Host: localhost\r\naCCept: */*\r\nX: \r\n");
}

TEST(fields, are_found_whatever_the_case) {
    const http::fields all{{"Content-Type", "text/plain"}, {"content-type", "second"}};
    EXPECT_EQ(all.find("CONTENT-TYPE"), "text/plain");
    EXPECT_EQ(all.get("content-type"), "text/plain");
    EXPECT_EQ(all.count("Content-type"), 2U);
    EXPECT_EQ(all.find("Content-Typ"), std::nullopt);
    EXPECT_EQ(all.get("Content-Typ@"), "");
    EXPECT_FALSE(all.contains("Content_Type"));  // differs in the bit that differs in letters
}

TEST(fields, of_one_name_are_one_list) {
    const http::fields all{{"Via", "a"}, {"Connection", "Keep-Alive , x"}, {"via", "b, c"}};
    EXPECT_EQ(all.joined("Via"), "a, b, c");
    EXPECT_TRUE(all.lists("via", "C"));
    EXPECT_TRUE(all.lists("connection", "keep-alive"));
    EXPECT_TRUE(all.lists("connection", "x"));
    EXPECT_FALSE(all.lists("connection", "keep"));
    EXPECT_FALSE(all.lists("connection", "a"));
}

TEST(fields, are_replaced_and_removed) {
    http::fields all{{"A", "1"}, {"B", "2"}, {"a", "3"}};
    all.set("A", "4");
    EXPECT_THAT(all, ElementsAre(http::field{"B", "2"}, http::field{"A", "4"}));
    EXPECT_EQ(all.remove("b"), 1U);
    EXPECT_EQ(all.remove("b"), 0U);
    EXPECT_EQ(all.size(), 1U);
    all.clear();
    EXPECT_TRUE(all.empty());
}

TEST(fields, may_be_made_from_themselves) {
    http::fields all{{"A", "some value that is not short"}};
    for (int i = 0; i < 20; ++i)
        all.add(all[0].name, all[0].value);
    EXPECT_EQ(all[20], (http::field{"A", "some value that is not short"}));
    all.set(all[0].name, all[7].value);
    EXPECT_THAT(all, ElementsAre(http::field{"A", "some value that is not short"}));
}

TEST(fields, lose_the_white_space_around_values) {
    EXPECT_EQ(http::fields().add("A", " \t x y\t").get("A"), "x y");
    EXPECT_EQ(http::fields().add("A", " \t ").get("A"), "");
}

TEST(fields, cannot_carry_what_would_end_them) {
    for (const char c : {'\r', '\n', '\0', '\x01', '\x1B', '\x7F'}) {
        const std::string value = std::string("a") + c + "b";
        EXPECT_THROW(http::fields().add("Name", value), std::invalid_argument);
        EXPECT_THROW(http::fields().add(value, "value"), std::invalid_argument);
        EXPECT_THROW(http::fields().set("Name", value), std::invalid_argument);
        const http::field one{"Name", value};
        EXPECT_THROW(http::fields{one}, std::invalid_argument);
    }
    for (const std::string_view name : {"", " A", "A ", "A:", "A B", "A\t", "(A)", "\xC3\xA4"})
        EXPECT_THROW(http::fields().add(name, "value"), std::invalid_argument) << name;
    EXPECT_NO_THROW(http::fields().add("Name", "\xC4\x8A \xFF\t!"));
}

TEST(fields, say_what_is_wrong_with_one) {
    try {
        http::fields().add("X-Name", "a\r\nEvil: b");
        FAIL();
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), HasSubstr("X-Name"));
        EXPECT_THAT(error.what(), HasSubstr(R"("a\r\nEvil: b")"));
    }
}

TEST(fields, stay_whole_when_one_is_refused) {
    http::fields all{{"A", "1"}};
    EXPECT_THROW(all.add("B", "\n"), std::invalid_argument);
    EXPECT_THROW(all.set("A", "\n"), std::invalid_argument);
    EXPECT_THAT(all, ElementsAre(http::field{"A", "1"}));
}

TEST(fields, are_equal_when_names_differ_in_case_only) {
    const http::fields one{{"A", "1"}, {"B", "2"}};
    EXPECT_EQ(one, (http::fields{{"a", "1"}, {"b", "2"}}));
    EXPECT_NE(one, (http::fields{{"a", "1"}, {"b", "x"}}));
    EXPECT_NE(one, (http::fields{{"b", "2"}, {"a", "1"}}));
    EXPECT_NE(one, (http::fields{{"a", "1"}}));
}

TEST(grammar, tells_tokens_and_values) {
    EXPECT_TRUE(http::is_token("!#$%&'*+-.^_`|~09azAZ"));
    EXPECT_FALSE(http::is_token("a,b"));
    EXPECT_FALSE(http::is_token(""));
    EXPECT_TRUE(http::is_field_value(""));
    EXPECT_FALSE(http::is_field_value(" a"));
    EXPECT_FALSE(http::is_field_value("a\t"));
    EXPECT_TRUE(http::same_name("a-Z", "A-z"));
    EXPECT_FALSE(http::same_name("a[", "a{"));
}

}  // namespace
