// SPDX-License-Identifier: MIT
#include <optional>
#include <utility>

#include "rpc/tell_nobody.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/rpc/answer.hpp"
#include "zocalo/rpc/xml.hpp"

namespace zocalo::rpc {

namespace {

/// The call, or what is wrong with it.
std::optional<fault> read(const std::string& document, const document_limits& within,
                          invocation& into) {
    try {
        into = parse_xml_call(document, within);
        return std::nullopt;
    } catch (const protocol_error& error) {
        return fault(fault_code::parse_error, error.what());
    }
}

/// A result that XML cannot say is the method's mistake.
std::string write(const value& result, const std::string& method, const methods::failure& failed) {
    try {
        return to_xml_response(result);
    } catch (const std::invalid_argument&) {
        failed(method, std::current_exception());
        return to_xml_response(fault(fault_code::internal_error, "internal error"));
    }
}

}  // namespace

io::task<std::string> answer_xml(const methods& by, std::string document, methods::failure failed,
                                 caller who) {
    if (!failed) failed = tell_nobody;
    invocation asked;
    const std::optional<fault> wrong = read(document, by.limits(), asked);
    if (wrong) co_return to_xml_response(*wrong);
    const std::string method = asked.method;
    try {
        io::task<value> called = by.call_for_others(std::move(asked), failed, who);
        const value result = co_await std::move(called);
        co_return write(result, method, failed);
    } catch (const fault& answer) {
        co_return to_xml_response(answer);
    }
}

}  // namespace zocalo::rpc
