// SPDX-License-Identifier: MIT
// JSON-RPC 2.0, the server's side (§4 to §6).
#include <optional>
#include <utility>

#include "rpc/json_value.hpp"
#include "rpc/tell_nobody.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/rpc/answer.hpp"

namespace zocalo::rpc {

namespace {

using nlohmann::json;

json failure_for(const json& id, const fault& wrong) {
    // What a peer wrote may be in there.
    json error{{"code", wrong.code()}, {"message", escaped(wrong.what(), 4096)}};
    if (wrong.data().kind() != kind::nil) error["data"] = to_json_value(wrong.data());
    return {{"jsonrpc", "2.0"}, {"error", std::move(error)}, {"id", id}};
}

/// One element of a batch.
struct asked_for {
    json id;                  ///< null: none, or unknown
    bool is_answered = true;  ///< no notification
    invocation what;
    std::optional<fault> wrong;
};

fault invalid_request(const char* why) {
    return {fault_code::invalid_request, why};
}

/// Parameters by their names, in the order of the method.
void order_parameters(const methods& by, const json& named, invocation& into) {
    const method* const called = by.find(into.method);
    if (called == nullptr) return;  // calling it says so
    if (called->names.empty())
        throw fault(fault_code::invalid_parameters, "this method takes its parameters in order");
    const std::size_t least = called->names.size() - called->optional;
    detail::require_count(least, called->names.size(), named.size());
    std::size_t known = 0;
    for (const std::string& name : called->names) {
        const auto found = named.find(name);
        const bool may_be_missing = into.parameters.size() >= least;
        if (found == named.end() && !may_be_missing)
            throw fault(fault_code::invalid_parameters, "no parameter " + quoted(name));
        known += found == named.end() ? 0U : 1U;
        into.parameters.push_back(found == named.end() ? value() : from_json_value(*found));
    }
    if (known != named.size())
        throw fault(fault_code::invalid_parameters, "a parameter that this method does not have");
}

/// Throws fault for what is no call.
void read_call(const methods& by, const json& from, invocation& into) {
    if (from.value("jsonrpc", json()) != "2.0") throw invalid_request("jsonrpc is not \"2.0\"");
    const auto name = from.find("method");
    if (name == from.end() || !name->is_string()) throw invalid_request("no method");
    into.method = name->get<std::string>();
    const auto parameters = from.find("params");
    if (parameters == from.end()) return;
    if (parameters->is_object()) return order_parameters(by, *parameters, into);
    if (!parameters->is_array()) throw invalid_request("params are an array or an object");
    for (const json& each : *parameters)
        into.parameters.push_back(from_json_value(each));
}

asked_for read_one(const methods& by, const json& from) {
    asked_for made;
    if (!from.is_object()) {
        made.wrong = invalid_request("a request is an object");
        return made;
    }
    made.is_answered = from.contains("id");
    if (made.is_answered) {
        const json& id = from["id"];
        // What is read as a double may come back as another number (§5).
        if (!id.is_string() && !id.is_number_integer() && !id.is_null()) {
            made.wrong = invalid_request("an id is a string, an integer of 64 bits or null");
            return made;
        }
        made.id = id;
    }
    try {
        read_call(by, from, made.what);
    } catch (const fault& wrong) {
        made.wrong = wrong;
    }
    // What is no request is no notification either.
    if (made.wrong && made.wrong->code() == fault_code::invalid_request) made.is_answered = true;
    return made;
}

json result_for(const json& id, const value& result, const std::string& method,
                const methods::failure& failed) {
    json answer{{"jsonrpc", "2.0"}, {"id", id}};
    try {
        answer["result"] = to_json_value(result);
        (void)write_json(answer["result"]);
        return answer;
    } catch (const std::invalid_argument&) {
        failed(method, std::current_exception());
        return failure_for(id, {fault_code::internal_error, "internal error"});
    }
}

/// Null for a notification.
io::task<json> answer_one(const methods& by, asked_for asked, const methods::failure& failed,
                          caller who) {
    json answer;
    if (asked.wrong) {
        if (asked.is_answered) answer = failure_for(asked.id, *asked.wrong);
        co_return answer;
    }
    const std::string method = asked.what.method;
    try {
        io::task<value> called = by.call_for_others(std::move(asked.what), failed, who);
        const value result = co_await std::move(called);
        if (asked.is_answered) answer = result_for(asked.id, result, method, failed);
    } catch (const fault& wrong) {
        if (asked.is_answered) answer = failure_for(asked.id, wrong);
    }
    co_return answer;
}

io::task<json> answer_all(const methods& by, const json& batch, const methods::failure& failed,
                          caller who) {
    json answers = json::array();
    for (const json& each : batch) {
        asked_for asked = read_one(by, each);
        io::task<json> one = answer_one(by, std::move(asked), failed, who);
        json answer = co_await std::move(one);
        if (!answer.is_null()) answers.push_back(std::move(answer));
    }
    json all;
    if (!answers.empty()) all = std::move(answers);
    co_return all;
}

/// The document, or what is wrong with it.
std::optional<fault> read(const std::string& document, const document_limits& within, json& into) {
    try {
        into = read_json(document, within);
    } catch (const protocol_error& error) {
        return fault(fault_code::parse_error, error.what());
    }
    if (into.is_array() && into.empty()) return invalid_request("an empty batch");
    if (into.is_array() && into.size() > within.calls)
        return fault(fault_code::invalid_request,
                     "more than " + std::to_string(within.calls) + " calls");
    return std::nullopt;
}

}  // namespace

io::task<std::string> answer_json(const methods& by, std::string document, methods::failure failed,
                                  caller who) {
    if (!failed) failed = tell_nobody;
    json asked;
    const std::optional<fault> wrong = read(document, by.limits(), asked);
    if (wrong) co_return write_json(failure_for(nullptr, *wrong));
    json answer;
    if (asked.is_array()) {
        io::task<json> all = answer_all(by, asked, failed, who);
        answer = co_await std::move(all);
    } else {
        asked_for what = read_one(by, asked);
        io::task<json> one = answer_one(by, std::move(what), failed, who);
        answer = co_await std::move(one);
    }
    std::string text;
    if (!answer.is_null()) text = write_json(answer);
    co_return text;
}

}  // namespace zocalo::rpc
