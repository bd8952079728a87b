// SPDX-License-Identifier: MIT
#include "zocalo/rpc/json.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <stdexcept>

#include "zocalo/core/error.hpp"

namespace {

namespace rpc = zocalo::rpc;
using rpc::value;

TEST(rpc_json, says_every_kind) {
    EXPECT_EQ(rpc::to_json(rpc::list(value(), true, -3, 0.5, "a\"\n", rpc::decimal{"1e99"},
                                     rpc::binary{"abc"}, rpc::parse_date_time("19980717T14:08:55"),
                                     value::structure{{"b", 1}, {"a", rpc::list()}})),
              R"([null,true,-3,0.5,"a\"\n","1e99","YWJj","19980717T14:08:55",{"a":[],"b":1}])");
    EXPECT_THROW((void)rpc::to_json(NAN), std::invalid_argument);
    EXPECT_THROW((void)rpc::to_json("\xFF"), std::invalid_argument);
}

TEST(rpc_json, is_read) {
    EXPECT_EQ(rpc::parse_json(R"([null, true, -3, 0.5, "a", 9223372036854775808, {"a": {}}])"),
              rpc::list(value(), true, -3, 0.5, "a", rpc::decimal{"9223372036854775808"},
                        value::structure{{"a", value::structure{}}}));
    for (const char* text : {"", "[", "01", "nan", "\"\xFF\"", "1 2", "'a'", "{1: 2}"})
        EXPECT_THROW((void)rpc::parse_json(text), zocalo::protocol_error) << text;
    EXPECT_THROW((void)rpc::parse_json("[1, 2]", {.size = 5}), zocalo::protocol_error);
    EXPECT_NO_THROW((void)rpc::parse_json(std::string(64, '[') + std::string(64, ']')));
    EXPECT_THROW((void)rpc::parse_json(std::string(66, '[') + std::string(66, ']')),
                 zocalo::protocol_error);
}

TEST(rpc_json, has_no_member_twice) {
    for (const char* text : {R"({"a": 1, "a": 1})", R"([{"b": {"a": 1, "c": {}, "a": 2}}])",
                             R"({"jsonrpc": "2.0", "method": "a", "\u006dethod": "b"})"})
        EXPECT_THROW((void)rpc::parse_json(text), zocalo::protocol_error) << text;
    EXPECT_NO_THROW((void)rpc::parse_json(R"([{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}])"));
}

TEST(rpc_json, says_what_is_wrong_in_its_own_words) {
    try {
        (void)rpc::parse_json("{");
        ADD_FAILURE() << "read";
    } catch (const zocalo::protocol_error& error) {
        EXPECT_TRUE(std::string(error.what()).starts_with("JSON: parse error at line 1"))
            << error.what();
    }
}

TEST(rpc_json, keeps_64_bits_without_a_sign) {
    const std::string text = "[18446744073709551615]";
    EXPECT_EQ(rpc::to_json(rpc::parse_json(text)), text);
}

TEST(rpc_json, makes_calls) {
    EXPECT_EQ(rpc::parse_json(rpc::to_json_call({"add", {1, 2}}, 7)),
              rpc::parse_json(R"({"jsonrpc": "2.0", "method": "add", "params": [1, 2], "id": 7})"));
    EXPECT_EQ(rpc::parse_json(rpc::to_json_notification({"log"})),
              rpc::parse_json(R"({"jsonrpc": "2.0", "method": "log", "params": []})"));
    const std::vector<rpc::invocation> two{{"a"}, {"b"}};
    const value batch = rpc::parse_json(rpc::to_json_calls(two));
    EXPECT_EQ(batch.at(0).at("id"), value(1));
    EXPECT_EQ(batch.at(1).at("id"), value(2));
}

TEST(rpc_json, takes_answers) {
    EXPECT_EQ(rpc::parse_json_response(R"({"jsonrpc": "2.0", "result": 3, "id": 7})", 7), value(3));
    try {
        (void)rpc::parse_json_response(
            R"({"jsonrpc": "2.0", "error": {"code": 5, "message": "no", "data": 1}, "id": null})",
            7);
        ADD_FAILURE() << "no fault";
    } catch (const rpc::fault& wrong) {
        EXPECT_EQ(wrong.code(), 5);
        EXPECT_STREQ(wrong.what(), "no");
        EXPECT_EQ(wrong.data(), value(1));
    }
    const char* const others[] = {
        "",
        "[]",
        "1",
        R"({"result": 3, "id": 7})",
        R"({"jsonrpc": "2.0", "result": 3, "id": 8})",
        R"({"jsonrpc": "2.0", "result": 3, "id": null})",
        R"({"jsonrpc": "2.0", "result": 3})",
        R"({"jsonrpc": "2.0", "id": 7})",
        R"({"jsonrpc": "2.0", "result": 3, "error": {"code": 1, "message": ""}, "id": 7})",
        R"({"jsonrpc": "2.0", "error": 1, "id": 7})",
        R"({"jsonrpc": "2.0", "error": {"code": "1", "message": ""}, "id": 7})",
        R"({"jsonrpc": "2.0", "error": {"code": 1}, "id": 7})",
        R"({"jsonrpc": "2.0", "error": {"code": 9999999999, "message": ""}, "id": 7})",
    };
    for (const char* text : others)
        EXPECT_THROW((void)rpc::parse_json_response(text, 7), zocalo::protocol_error) << text;
}

TEST(rpc_json, takes_answers_to_several) {
    const auto got = rpc::parse_json_responses(
        R"([{"jsonrpc": "2.0", "error": {"code": 5, "message": "no"}, "id": 2},
            {"jsonrpc": "2.0", "result": "a", "id": 1}])",
        2);
    EXPECT_EQ(got.at(0).get(), value("a"));
    EXPECT_TRUE(got.at(1).has_failed());
    EXPECT_THROW((void)got.at(1).get(), rpc::fault);
    EXPECT_THROW((void)rpc::parse_json_responses(
                     R"({"jsonrpc": "2.0", "error": {"code": 5, "message": "no"}, "id": null})", 2),
                 rpc::fault);
    const char* const others[] = {
        "[]",
        R"([{"jsonrpc": "2.0", "result": 1, "id": 1}])",
        R"([{"jsonrpc": "2.0", "result": 1, "id": 1}, {"jsonrpc": "2.0", "result": 1, "id": 1}])",
        R"([{"jsonrpc": "2.0", "result": 1, "id": 1}, {"jsonrpc": "2.0", "result": 1, "id": 3}])",
        R"([{"jsonrpc": "2.0", "result": 1, "id": 1}, {"jsonrpc": "2.0", "result": 1, "id": "2"}])",
    };
    for (const char* text : others)
        EXPECT_THROW((void)rpc::parse_json_responses(text, 2), zocalo::protocol_error) << text;
}

}  // namespace
