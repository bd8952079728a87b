// SPDX-License-Identifier: MIT
#include "zocalo/rpc/client.hpp"

#include <stdexcept>

#include "zocalo/core/error.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/rpc/json.hpp"
#include "zocalo/rpc/xml.hpp"

namespace zocalo::rpc {

namespace {

http::client_options with_limits(const proxy_options& options) {
    http::client_options made = options.http;
    made.content = options.limits.size;
    return made;
}

/// A server of JSON-RPC may answer a fault with a status of its own.
bool has_fault(const http::response& got, protocol speaks) {
    return speaks == protocol::json &&
           got.fields.get("Content-Type").starts_with("application/json");
}

value as_call(const invocation& from) {
    return value::structure{{"methodName", from.method}, {"params", from.parameters}};
}

/// An element of what `system.multicall` answers.
outcome to_outcome(const value& from) {
    if (from.kind() == kind::array && from.size() == 1) return from.at(0);
    try {
        return fault(from_value<int>(from.at("faultCode")),
                     from_value<std::string>(from.at("faultString")));
    } catch (const std::out_of_range&) {
        throw protocol_error("system.multicall: an answer that is neither a result nor a fault");
    }
}

}  // namespace

proxy::proxy(std::string url, proxy_options options)
    : url_(std::move(url)),
      options_(std::move(options)),
      own_(with_limits(options_)),
      by_(&*own_) {}

proxy::proxy(std::string url, http::client& by, proxy_options options)
    : url_(std::move(url)), options_(std::move(options)), by_(&by) {}

http::request proxy::request_for(std::string document) const {
    http::request made{.method = http::method::post, .url = url_};
    made.fields = options_.fields;
    made.secrets = options_.secrets;
    made.login = options_.login;
    made.redirects = 0;  // a POST that is redirected may become a GET
    if (options_.compress_from && document.size() >= *options_.compress_from) {
        document = http::encode(document, http::coding::gzip);
        made.fields.set("Content-Encoding", "gzip");
    }
    const bool is_xml = options_.speaks == protocol::xml;
    made.body = http::body(std::move(document), is_xml ? "text/xml" : "application/json");
    return made;
}

io::task<std::string> proxy::exchange(std::string document) {
    http::request asked = request_for(std::move(document));
    io::task<http::response> answered = by_->request(std::move(asked));
    http::response got = co_await std::move(answered);
    const bool is_fine = got.is_success() || has_fault(got, options_.speaks);
    if (!is_fine) (void)got.error_for_status();
    if (!is_fine) {
        throw http::error_response(got.status, got.url);  // a redirect
    }
    co_return std::move(got.content);
}

io::task<value> proxy::invoke(invocation what) {
    const std::int64_t id = ++calls_;
    const bool is_xml = options_.speaks == protocol::xml;
    const nils how = options_.allow_nil ? nils::write : nils::refuse;
    std::string document =
        is_xml ? to_xml_call(what.method, what.parameters, how) : to_json_call(what, id);
    io::task<std::string> answered = exchange(std::move(document));
    const std::string answer = co_await std::move(answered);
    co_return is_xml ? parse_xml_response(answer, options_.limits)
                     : parse_json_response(answer, id, options_.limits);
}

io::task<> proxy::notify(invocation what) {
    if (options_.speaks == protocol::xml) {
        throw std::invalid_argument("XML-RPC has no notifications");
    }
    std::string document = to_json_notification(what);
    io::task<std::string> answered = exchange(std::move(document));
    (void)co_await std::move(answered);
}

io::task<std::vector<outcome>> proxy::invoke_all(std::vector<invocation> what) {
    std::vector<outcome> all;
    if (what.empty()) co_return all;
    if (options_.speaks == protocol::json) {
        std::string document = to_json_calls(what);
        io::task<std::string> answered = exchange(std::move(document));
        const std::string answer = co_await std::move(answered);
        co_return parse_json_responses(answer, what.size(), options_.limits);
    }
    value::array calls;
    for (const invocation& each : what)
        calls.push_back(as_call(each));
    invocation together;
    together.method = "system.multicall";
    together.parameters.emplace_back(std::move(calls));
    io::task<value> called = invoke(std::move(together));
    const value got = co_await std::move(called);
    const auto answers = from_value<std::vector<value>>(got);
    if (answers.size() != what.size()) {
        throw protocol_error("system.multicall: " + std::to_string(what.size()) + " calls, " +
                             std::to_string(answers.size()) + " answers");
    }
    for (const value& each : answers)
        all.push_back(to_outcome(each));
    co_return all;
}

io::task<std::vector<std::string>> proxy::method_names() {
    return call<std::vector<std::string>>("system.listMethods");
}

io::task<std::string> proxy::method_help(const std::string& name) {
    return call<std::string>("system.methodHelp", name);
}

io::task<std::vector<std::vector<std::string>>> proxy::method_signatures(std::string name) {
    io::task<value> called = call("system.methodSignature", name);
    const value got = co_await std::move(called);
    std::vector<std::vector<std::string>> all;
    if (got.kind() == kind::array) all = from_value<std::vector<std::vector<std::string>>>(got);
    co_return all;
}

}  // namespace zocalo::rpc
