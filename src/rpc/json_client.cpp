// SPDX-License-Identifier: MIT
// What a client of JSON-RPC 2.0 sends and gets (§4, §5, §6).
#include <optional>

#include "rpc/json_value.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/rpc/json.hpp"

namespace zocalo::rpc {

namespace {

using nlohmann::json;

json request(const invocation& what) {
    json made{{"jsonrpc", "2.0"}, {"method", what.method}, {"params", json::array()}};
    for (const value& each : what.parameters)
        made["params"].push_back(to_json_value(each));
    return made;
}

[[noreturn]] void fail(const std::string& why) {
    throw protocol_error("JSON-RPC: " + why);
}

/// The fault of an answer that has one.
fault to_fault(const json& error) {
    const auto code = error.find("code");
    const auto message = error.find("message");
    if (!error.is_object() || code == error.end() || !code->is_number_integer() ||
        message == error.end() || !message->is_string()) {
        fail("an error without code and message");
    }
    const auto number = code->get<std::int64_t>();
    if (!std::in_range<int>(number)) fail("an error whose code is too large");
    const auto data = error.find("data");
    return {static_cast<int>(number), message->get<std::string>(),
            data == error.end() ? value() : from_json_value(*data)};
}

outcome to_outcome(const json& answer) {
    if (!answer.is_object() || answer.value("jsonrpc", json()) != "2.0")
        fail("an answer that is not of version 2.0");
    const bool has_result = answer.contains("result");
    if (has_result == answer.contains("error")) fail("an answer has either a result or an error");
    if (has_result) return from_json_value(answer["result"]);
    return to_fault(answer["error"]);
}

}  // namespace

std::string to_json_call(const invocation& what, std::int64_t id) {
    json made = request(what);
    made["id"] = id;
    return write_json(made);
}

std::string to_json_notification(const invocation& what) {
    return write_json(request(what));
}

std::string to_json_calls(std::span<const invocation> what) {
    json made = json::array();
    for (const invocation& each : what) {
        made.push_back(request(each));
        made.back()["id"] = made.size();
    }
    return write_json(made);
}

value parse_json_response(std::string_view document, std::int64_t id,
                          const document_limits& within) {
    const json answer = read_json(document, within);
    const outcome got = to_outcome(answer);
    // Whoever could not read the call does not know its number.
    const bool is_ours = answer.value("id", json()) == id;
    if (!is_ours && !(got.has_failed() && answer.value("id", json()).is_null()))
        fail("the answer to another call");
    return got.get();
}

std::vector<outcome> parse_json_responses(std::string_view document, std::size_t count,
                                          const document_limits& within) {
    const json answers = read_json(document, within);
    if (answers.is_object()) (void)to_outcome(answers).get();  // all of them failed as one
    if (!answers.is_array()) fail("no array of answers");
    std::vector<std::optional<outcome>> found(count);
    for (const json& each : answers) {
        outcome got = to_outcome(each);
        const json id = each.value("id", json());
        const bool is_ours = id.is_number_unsigned() && id >= 1 && id <= count;
        if (!is_ours || found[id.get<std::size_t>() - 1]) fail("the answer to another call");
        found[id.get<std::size_t>() - 1] = std::move(got);
    }
    std::vector<outcome> all;
    for (auto& each : found) {
        if (!each) fail("no answer to call " + std::to_string(all.size() + 1));
        all.push_back(std::move(*each));
    }
    return all;
}

}  // namespace zocalo::rpc
