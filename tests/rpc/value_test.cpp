// SPDX-License-Identifier: MIT
#include "zocalo/rpc/value.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "zocalo/core/error.hpp"
#include "zocalo/rpc/convert.hpp"

namespace {

namespace rpc = zocalo::rpc;
using rpc::value;

TEST(rpc_value, has_a_kind) {
    EXPECT_EQ(value().kind(), rpc::kind::nil);
    EXPECT_EQ(value(true).kind(), rpc::kind::boolean);
    EXPECT_EQ(value(7U).kind(), rpc::kind::integer);
    EXPECT_EQ(value(0.5F).kind(), rpc::kind::real);
    EXPECT_EQ(value("text").kind(), rpc::kind::string);
    EXPECT_EQ(value(rpc::binary{"\0"}).kind(), rpc::kind::binary);
    EXPECT_EQ(value(rpc::decimal{"1e99"}).kind(), rpc::kind::decimal);
    EXPECT_EQ(value(rpc::date_time{}).kind(), rpc::kind::date);
    EXPECT_EQ(value(rpc::list(1, "two")).kind(), rpc::kind::array);
    EXPECT_EQ(value(value::structure{{"a", 1}}).kind(), rpc::kind::structure);
    EXPECT_EQ(to_text(rpc::kind::structure), "struct");
    EXPECT_EQ(to_text(rpc::kind::nil), "nil");
}

TEST(rpc_value, has_integers_of_64_bits) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(*value(most).get_if<std::int64_t>(), most);
    EXPECT_THROW((void)value(std::numeric_limits<std::uint64_t>::max()), std::out_of_range);
}

TEST(rpc_value, gives_its_parts) {
    const value person = value::structure{{"name", "Ada"}, {"tags", rpc::list(1, 2)}};
    EXPECT_EQ(person.at("name"), value("Ada"));
    EXPECT_EQ(person.at("tags").at(1), value(2));
    EXPECT_EQ(person.size(), 2U);
    EXPECT_EQ(value(3).size(), 0U);
    EXPECT_THROW((void)person.at("age"), std::out_of_range);
    EXPECT_THROW((void)person.at(0), std::out_of_range);
    EXPECT_THROW((void)person.at("tags").at(2), std::out_of_range);
}

template <class T>
void comes_back(const T& what) {
    EXPECT_EQ(rpc::from_value<T>(rpc::to_value(what)), what);
}

TEST(rpc_conversion, comes_back) {
    comes_back(true);
    comes_back<std::int8_t>(-128);
    comes_back(std::numeric_limits<std::int64_t>::min());
    comes_back(0.1);
    comes_back(std::string("text"));
    comes_back(std::vector<std::string>{"a", "b"});
    comes_back(std::map<std::string, std::vector<int>>{{"a", {1, 2}}, {"b", {}}});
    comes_back(std::optional<int>(3));
    comes_back(std::optional<int>());
    comes_back(rpc::binary{"\x01\x02"});
    comes_back(rpc::parse_date_time("19980717T14:08:55"));
    comes_back(rpc::list(1, "x", value()));
}

template <class T>
std::string refusal(const value& from) {
    try {
        (void)rpc::from_value<T>(from);
        return "none";
    } catch (const zocalo::protocol_error& error) {
        return error.what();
    }
}

TEST(rpc_conversion, refuses_other_kinds) {
    EXPECT_EQ(refusal<int>("7"), "int expected, string came");
    EXPECT_EQ(refusal<bool>(1), "boolean expected, int came");
    EXPECT_EQ(refusal<std::string>(7), "string expected, int came");
    EXPECT_EQ(refusal<std::int8_t>(128), "int out of range: 128");
    EXPECT_EQ(refusal<unsigned>(-1), "int out of range: -1");
    EXPECT_EQ(refusal<std::vector<int>>(value::array{1, "2"}), "int expected, string came");
    EXPECT_EQ(rpc::from_value<rpc::binary>("AQI="), rpc::binary{"\x01\x02"});
    EXPECT_EQ(refusal<rpc::binary>("a"), "base64 expected, a string came that is not in Base64");
    EXPECT_EQ(rpc::from_value<double>(3), 3.0);
}

struct date_case {
    const char* text;
    const char* means;  ///< null: nothing
};

TEST(rpc_date_time, is_read) {
    constexpr date_case cases[] = {
        {"19980717T14:08:55", "19980717T14:08:55"},
        {"1998-07-17T14:08:55", "19980717T14:08:55"},
        {"1998-07-17T14:08:55Z", "19980717T14:08:55"},
        {"19980717T140855", "19980717T14:08:55"},
        {"19980717T14:08:55.125", "19980717T14:08:55"},
        {"1998-07-17T14:08:55.12Z", "19980717T14:08:55"},
        {"20000130T00:00:00.1+01", nullptr},
        {"20000130T00:00:61", nullptr},
        {"19961231T23:59:60", "19970101T00:00:00"},
        {"00010101T00:00:00", "00010101T00:00:00"},
        {"20000230T00:00:00", nullptr},
        {"20000130T24:00:00", nullptr},
        {"20000130T00:60:00", nullptr},
        {"20000130 00:00:00", nullptr},
        {"2000-0130T00:00:00", nullptr},
        {"20000130T00:0000", nullptr},
        {"20000130T00:00:00+01", nullptr},
        {"20000130", nullptr},
        {"", nullptr},
    };
    for (const auto& [text, means] : cases) {
        SCOPED_TRACE(text);
        if (means == nullptr) {
            EXPECT_THROW((void)rpc::parse_date_time(text), zocalo::protocol_error);
        } else {
            EXPECT_EQ(rpc::to_text(rpc::parse_date_time(text)), means);
        }
    }
}

TEST(rpc_date_time, has_a_year_of_four_digits) {
    const rpc::date_time last = rpc::parse_date_time("99991231T23:59:59");
    EXPECT_EQ(rpc::to_text(last), "99991231T23:59:59");
    EXPECT_THROW((void)rpc::to_text(last + std::chrono::seconds(1)), std::invalid_argument);
    const rpc::date_time first = rpc::parse_date_time("00000101T00:00:00");
    EXPECT_EQ(rpc::to_text(first), "00000101T00:00:00");
    EXPECT_THROW((void)rpc::to_text(first - std::chrono::seconds(1)), std::invalid_argument);
}

}  // namespace
