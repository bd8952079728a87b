// SPDX-License-Identifier: MIT
#include "zocalo/http/conditional.hpp"

#include <gtest/gtest.h>

#include "zocalo/http/fields.hpp"
#include "zocalo/http/method.hpp"

namespace {

using namespace std::chrono;
namespace http = zocalo::http;
using http::entity_tag;
using http::precondition;

const sys_seconds now = sys_days(year(2026) / 11 / 21) + hours(12);
constexpr std::string_view at_ten = "Sat, 21 Nov 2026 10:00:00 GMT";
constexpr std::string_view before_ten = "Sat, 21 Nov 2026 09:59:59 GMT";
constexpr std::string_view after_ten = "Sat, 21 Nov 2026 10:00:01 GMT";

http::resource_state state(std::string_view tag = "\"a\"") {
    return {.tag = entity_tag::try_parse(tag), .modified = now - hours(2)};
}

TEST(entity_tag, is_read_and_printed) {
    for (const std::string_view text : {"\"\"", "\"a\"", "W/\"a\"", "\"a,b\\\"", "\"!#~\xFF\""})
        EXPECT_EQ(entity_tag::try_parse(text).value().to_string(), text);
    for (const std::string_view text :
         {"", "a", "\"", "\"a", "a\"", "w/\"a\"", "W\"a\"", "W/ \"a\"", "\"a\"b", "\"a b\"",
          "\"a\", \"b\"", "\"\x7f\"", "*"}) {
        EXPECT_FALSE(entity_tag::try_parse(text)) << text;
    }
    EXPECT_THROW((void)entity_tag::strong("a\"b"), std::invalid_argument);
    EXPECT_THROW((void)entity_tag::weak("a\nb"), std::invalid_argument);
}

TEST(entity_tag, is_compared_as_rfc_9110_shows) {
    const struct {
        entity_tag one, other;
        bool same, alike;
    } rows[] = {
        {entity_tag::weak("1"), entity_tag::weak("1"), false, true},
        {entity_tag::weak("1"), entity_tag::weak("2"), false, false},
        {entity_tag::weak("1"), entity_tag::strong("1"), false, true},
        {entity_tag::strong("1"), entity_tag::strong("1"), true, true},
        {entity_tag::strong("a"), entity_tag::strong("A"), false, false},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(is_same(row.one, row.other), row.same) << row.one << row.other;
        EXPECT_EQ(is_same(row.other, row.one), row.same) << row.one << row.other;
        EXPECT_EQ(is_alike(row.one, row.other), row.alike) << row.one << row.other;
    }
}

struct row {
    http::method what;
    http::fields request;
    precondition expected;
};

void hold(const std::vector<row>& rows, const http::resource_state& current) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(http::check_preconditions(rows[i].what, rows[i].request, current, now),
                  rows[i].expected)
            << "row " << i;
    }
}

const auto get = http::method::get;
const auto put = http::method::put;
constexpr auto holds = precondition::holds;
constexpr auto not_modified = precondition::not_modified;
constexpr auto failed = precondition::failed;

TEST(preconditions, compare_tags) {
    hold(
        {
            {get, {}, holds},
            {get, {{"If-Match", "\"a\""}}, holds},
            {get, {{"If-Match", "*"}}, holds},
            {put, {{"If-Match", "\"b\", \"a\""}}, holds},
            {put, {{"If-Match", "\"b\""}, {"If-Match", "\"a\""}}, holds},
            {put, {{"If-Match", "\"b\""}}, failed},
            {put, {{"If-Match", "W/\"a\""}}, failed},
            {put, {{"If-Match", "a"}}, failed},
            {put, {{"If-Match", ""}}, failed},
            {put, {{"If-Match", "\"a\"x"}}, failed},
            {put, {{"If-Match", "\"b,\"a\",\""}}, failed},
            {put, {{"If-Match", "x, \"a\""}}, holds},
            {get, {{"If-None-Match", "\"a\""}}, not_modified},
            {http::method::head, {{"If-None-Match", "W/\"a\""}}, not_modified},
            {get, {{"If-None-Match", "*"}}, not_modified},
            {put, {{"If-None-Match", "*"}}, failed},
            {put, {{"If-None-Match", "\"b\" ,,\"a\""}}, failed},
            {get, {{"If-None-Match", "\"b\""}}, holds},
            {get, {{"If-None-Match", "a"}}, holds},
        },
        state());
    hold({{put, {{"If-Match", "W/\"a\""}}, failed},
          {get, {{"If-None-Match", "\"a\""}}, not_modified}},
         state("W/\"a\""));
}

TEST(preconditions, compare_dates) {
    hold(
        {
            {get, {{"If-Modified-Since", before_ten}}, holds},
            {get, {{"If-Modified-Since", at_ten}}, not_modified},
            {get, {{"If-Modified-Since", after_ten}}, not_modified},
            {put, {{"If-Modified-Since", at_ten}}, holds},
            {get, {{"If-Modified-Since", "yesterday"}}, holds},
            {get, {{"If-Modified-Since", at_ten}, {"If-Modified-Since", at_ten}}, holds},
            {put, {{"If-Unmodified-Since", before_ten}}, failed},
            {put, {{"If-Unmodified-Since", at_ten}}, holds},
            {get, {{"If-Unmodified-Since", before_ten}}, failed},
            {put, {{"If-Unmodified-Since", "yesterday"}}, holds},
        },
        state());
    hold({{get, {{"If-Modified-Since", at_ten}}, holds},
          {put, {{"If-Unmodified-Since", before_ten}}, holds}},
         {.tag = entity_tag::strong("a")});
}

TEST(preconditions, come_in_the_order_of_rfc_9110) {
    hold(
        {
            // Tags count before dates, and dates beside tags do not.
            {put, {{"If-Match", "\"a\""}, {"If-Unmodified-Since", before_ten}}, holds},
            {put, {{"If-Match", "\"b\""}, {"If-Unmodified-Since", at_ten}}, failed},
            {get, {{"If-None-Match", "\"b\""}, {"If-Modified-Since", at_ten}}, holds},
            {get, {{"If-None-Match", "\"a\""}, {"If-Modified-Since", before_ten}}, not_modified},
            // What must match counts before what must not.
            {get, {{"If-None-Match", "\"a\""}, {"If-Match", "\"b\""}}, failed},
            {get, {{"If-Modified-Since", at_ten}, {"If-Unmodified-Since", before_ten}}, failed},
            {get, {{"If-None-Match", "\"a\""}, {"If-Match", "\"a\""}}, not_modified},
            {get, {{"If-Modified-Since", at_ten}, {"If-Match", "\"a\""}}, not_modified},
        },
        state());
}

TEST(preconditions, of_what_is_not_there) {
    hold(
        {
            {put, {{"If-None-Match", "*"}}, holds},
            {put, {{"If-Match", "*"}}, failed},
            {put, {{"If-Match", "\"a\""}}, failed},
            {put, {{"If-Unmodified-Since", before_ten}}, holds},
        },
        {.exists = false});
}

TEST(range_counts, only_for_the_same_state) {
    const struct {
        std::string_view if_range;
        bool counts;
    } rows[] = {
        {"\"a\"", true},    {"\"b\"", false}, {"W/\"a\"", false},
        {at_ten, true},     {"a", false},     {before_ten, false},
        {after_ten, false}, {"", false},      {"\"a\", \"b\"", false},
    };
    for (const auto& row : rows)
        EXPECT_EQ(http::range_counts({{"If-Range", row.if_range}}, state(), now), row.counts)
            << row.if_range;
    EXPECT_TRUE(http::range_counts({}, state(), now));
    EXPECT_FALSE(http::range_counts({{"If-Range", "W/\"a\""}}, state("W/\"a\""), now));
    EXPECT_FALSE(http::range_counts({{"If-Range", at_ten}}, state(), now - hours(2)));
    EXPECT_FALSE(http::range_counts({{"If-Range", at_ten}}, {}, now));
}

}  // namespace
