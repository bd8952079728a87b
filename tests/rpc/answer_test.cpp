// SPDX-License-Identifier: MIT
// The examples of the JSON-RPC 2.0 specification (§7), and what else may come.
#include "zocalo/rpc/answer.hpp"

#include <gmock/gmock.h>

#include <optional>
#include <stdexcept>

#include "zocalo/rpc/json.hpp"
#include "zocalo/rpc/xml.hpp"

namespace {

namespace rpc = zocalo::rpc;
using rpc::value;

rpc::methods made() {
    rpc::methods all;
    all.add("subtract", [](int minuend, int subtrahend) { return minuend - subtrahend; },
            {.names = {"minuend", "subtrahend"}});
    all.add_method("sum", {.call = [](std::vector<value> given,
                                      const rpc::caller& /*by*/) -> zocalo::io::task<value> {
                       std::int64_t sum = 0;
                       for (const value& each : given)
                           sum += rpc::from_value<std::int64_t>(each);
                       const value result = sum;
                       co_return result;
                   }});
    all.add("add", [](int a, std::optional<int> b) { return a + b.value_or(10); },
            {.names = {"a", "b"}});
    all.add("get_data", [] { return rpc::list("hello", 5); });
    all.add("update", [](int, int, int, int, int) {});
    all.add("broken", [] { return std::string("\xFF"); });
    all.add("throws", []() -> int { throw std::logic_error("secret"); });
    all.add("refuses", []() -> int { throw rpc::fault(7, "no", rpc::list(1)); });
    return all;
}

struct exchange_case {
    const char* asked;
    const char* answer;  ///< "" when there is none
};

void hold(std::span<const exchange_case> cases) {
    const rpc::methods all = made();
    for (const auto& [asked, answer] : cases) {
        SCOPED_TRACE(asked);
        const std::string got = rpc::answer_json(all, asked).get();
        if (*answer == '\0') {
            EXPECT_EQ(got, "");
        } else {
            EXPECT_EQ(rpc::parse_json(got), rpc::parse_json(answer)) << got;
        }
    }
}

TEST(rpc_answer, to_json_is_as_specified) {
    const exchange_case cases[] = {
        {R"({"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1})",
         R"({"jsonrpc": "2.0", "result": 19, "id": 1})"},
        {R"({"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42},
             "id": "x"})",
         R"({"jsonrpc": "2.0", "result": 19, "id": "x"})"},
        {R"({"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]})", ""},
        {R"({"jsonrpc": "2.0", "method": "foobar"})", ""},
        {R"({"jsonrpc": "2.0", "method": "foobar", "id": "1"})",
         R"({"jsonrpc": "2.0", "error": {"code": -32601,
             "message": "there is no method \"foobar\""}, "id": "1"})"},
        {R"({"jsonrpc": "2.0", "method": 1, "params": "bar"})",
         R"({"jsonrpc": "2.0", "error": {"code": -32600, "message": "no method"}, "id": null})"},
        {"[]", R"({"jsonrpc": "2.0", "error": {"code": -32600, "message": "an empty batch"},
                   "id": null})"},
        {"[1]", R"([{"jsonrpc": "2.0", "error": {"code": -32600,
                     "message": "a request is an object"}, "id": null}])"},
        {R"([{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
             {"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]},
             {"foo": "boo"},
             {"jsonrpc": "2.0", "method": "get_data", "id": 9}])",
         R"([{"jsonrpc": "2.0", "result": 7, "id": "1"},
             {"jsonrpc": "2.0", "error": {"code": -32600, "message": "jsonrpc is not \"2.0\""},
              "id": null},
             {"jsonrpc": "2.0", "result": ["hello", 5], "id": 9}])"},
        {R"([{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}])", ""},
    };
    hold(cases);
}

TEST(rpc_answer, to_json_says_what_is_wrong) {
    const exchange_case cases[] = {
        {R"({"jsonrpc": "1.0", "method": "sum", "id": 1})",
         R"({"jsonrpc": "2.0", "error": {"code": -32600, "message": "jsonrpc is not \"2.0\""},
             "id": 1})"},
        {R"({"jsonrpc": "2.0", "method": "sum", "id": [1]})",
         R"({"jsonrpc": "2.0", "error": {"code": -32600,
             "message": "an id is a string, an integer of 64 bits or null"}, "id": null})"},
        {R"({"jsonrpc": "2.0", "method": "sum", "id": 12345678901234567890123})",
         R"({"jsonrpc": "2.0", "error": {"code": -32600,
             "message": "an id is a string, an integer of 64 bits or null"}, "id": null})"},
        {R"({"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 1, "b": 2}, "id": 1})",
         R"({"jsonrpc": "2.0", "error": {"code": -32602,
             "message": "no parameter \"subtrahend\""}, "id": 1})"},
        {R"({"jsonrpc": "2.0", "method": "sum", "params": {"a": 1}, "id": 1})",
         R"({"jsonrpc": "2.0", "error": {"code": -32602,
             "message": "this method takes its parameters in order"}, "id": 1})"},
        {R"({"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 1, "b": 2}})", ""},
        {R"({"jsonrpc": "2.0", "method": "foobar", "params": {"a": 1}, "id": null})",
         R"({"jsonrpc": "2.0", "error": {"code": -32601,
             "message": "there is no method \"foobar\""}, "id": null})"},
        {R"({"jsonrpc": "2.0", "method": "sum", "params": "bar", "id": 1})",
         R"({"jsonrpc": "2.0", "error": {"code": -32600,
             "message": "params are an array or an object"}, "id": 1})"},
        {R"({"jsonrpc": "2.0", "method": "broken", "id": 1})",
         R"({"jsonrpc": "2.0", "error": {"code": -32603, "message": "internal error"}, "id": 1})"},
        {R"({"jsonrpc": "2.0", "method": "throws", "id": 1})",
         R"({"jsonrpc": "2.0", "error": {"code": -32603, "message": "internal error"}, "id": 1})"},
        {R"({"jsonrpc": "2.0", "method": "refuses", "id": 1})",
         R"({"jsonrpc": "2.0", "error": {"code": 7, "message": "no", "data": [1]}, "id": 1})"},
    };
    hold(cases);
}

TEST(rpc_answer, to_named_parameters_of_which_some_are_missing) {
    const exchange_case cases[] = {
        {R"({"jsonrpc": "2.0", "method": "add", "params": {"a": 1}, "id": 18446744073709551615})",
         R"({"jsonrpc": "2.0", "result": 11, "id": 18446744073709551615})"},
        {R"({"jsonrpc": "2.0", "method": "add", "params": {"a": 1, "b": 2}, "id": "x"})",
         R"({"jsonrpc": "2.0", "result": 3, "id": "x"})"},
        {R"({"jsonrpc": "2.0", "method": "add", "params": {"b": 1}, "id": 1})",
         R"({"jsonrpc": "2.0", "error": {"code": -32602, "message": "no parameter \"a\""},
             "id": 1})"},
        {R"({"jsonrpc": "2.0", "method": "add", "params": {"a": 1, "c": 1}, "id": 1})",
         R"({"jsonrpc": "2.0", "error": {"code": -32602,
             "message": "a parameter that this method does not have"}, "id": 1})"},
    };
    hold(cases);
}

TEST(rpc_answer, to_what_is_no_json_is_an_error) {
    const rpc::methods all = made();
    for (const std::string text :
         {"", "{", "[1,", R"({"jsonrpc": "2.0", "method": "foobar, "x"})"}) {
        const value answer = rpc::parse_json(rpc::answer_json(all, text).get());
        EXPECT_EQ(answer.at("error").at("code"), value(rpc::fault_code::parse_error)) << text;
        EXPECT_EQ(answer.at("id"), value()) << text;
    }
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    const value answer = rpc::parse_json(rpc::answer_json(all, deep).get());
    EXPECT_EQ(answer.at("error").at("code"), value(rpc::fault_code::parse_error));
}

TEST(rpc_answer, to_a_batch_has_a_limit) {
    const auto answered = [](std::size_t calls) {
        std::string batch = "[";
        for (std::size_t i = 0; i < calls; ++i)
            batch.append(i == 0 ? "" : ",")
                .append(R"({"jsonrpc": "2.0", "method": "get_data", "id": 1})");
        return rpc::parse_json(rpc::answer_json(made(), batch + "]").get());
    };
    EXPECT_EQ(answered(1000).size(), 1000U);
    const value refused = answered(1001);
    EXPECT_EQ(refused.at("error").at("code"), value(rpc::fault_code::invalid_request));
    EXPECT_EQ(refused.at("error").at("message"), value("more than 1000 calls"));
}

TEST(rpc_answer, to_xml_is_a_response) {
    const rpc::methods all = made();
    const std::vector<value> parameters{42, 23};
    const std::string asked = rpc::to_xml_call("subtract", parameters);
    EXPECT_EQ(rpc::parse_xml_response(rpc::answer_xml(all, asked).get()), value(19));
}

int code_of(const std::string& document) {
    try {
        (void)rpc::parse_xml_response(rpc::answer_xml(made(), document).get());
        return 0;
    } catch (const rpc::fault& wrong) {
        return wrong.code();
    }
}

TEST(rpc_answer, to_xml_says_what_is_wrong) {
    EXPECT_EQ(code_of(""), rpc::fault_code::parse_error);
    EXPECT_EQ(code_of("<!DOCTYPE a><methodCall/>"), rpc::fault_code::parse_error);
    EXPECT_EQ(code_of(rpc::to_xml_call("foobar", {})), rpc::fault_code::method_not_found);
    EXPECT_EQ(code_of(rpc::to_xml_call("subtract", {})), rpc::fault_code::invalid_parameters);
    EXPECT_EQ(code_of(rpc::to_xml_call("broken", {})), rpc::fault_code::internal_error);
    EXPECT_EQ(code_of(rpc::to_xml_call("throws", {})), rpc::fault_code::internal_error);
    EXPECT_EQ(code_of(rpc::to_xml_call("refuses", {})), 7);
}

}  // namespace
