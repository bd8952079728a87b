// SPDX-License-Identifier: MIT
// Documents of XML-RPC: only the declared errors; what was read as a call is read again the same
// when it is written; what answers a document is always a response.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/rpc/answer.hpp"
#include "zocalo/rpc/xml.hpp"

namespace {

namespace rpc = zocalo::rpc;

void read_response(const std::string& text) {
    try {
        const rpc::value got = rpc::parse_xml_response(text);
        require(rpc::parse_xml_response(rpc::to_xml_response(got)) == got);
    } catch (const zocalo::protocol_error&) {
        return;
    } catch (const rpc::fault&) {
        return;
    }
}

void read_call(const std::string& text) {
    try {
        const rpc::invocation got = rpc::parse_xml_call(text);
        const std::string again = rpc::to_xml_call(got.method, got.parameters);
        require(rpc::parse_xml_call(again) == got);
    } catch (const zocalo::protocol_error&) {
        return;
    } catch (const std::invalid_argument&) {
        return;  // a name that we read, and do not write
    }
}

void answer(const std::string& text) {
    rpc::methods methods;
    methods.add("a", [](const rpc::value& what) { return what; });
    try {
        (void)rpc::parse_xml_response(rpc::answer_xml(methods, text).get());
    } catch (const rpc::fault&) {
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read_response(text);
    read_call(text);
    answer(text);
    linear::require_linear(text, [](const std::string& all) {
        try {
            (void)rpc::parse_xml_call(all);
        } catch (const zocalo::protocol_error&) {
            return;
        }
    });
    return 0;
}
