// SPDX-License-Identifier: MIT
// Documents of JSON-RPC: only the declared errors; values are read again the same when they are
// written; what answers a document is empty or JSON.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/rpc/answer.hpp"
#include "zocalo/rpc/json.hpp"

namespace {

namespace rpc = zocalo::rpc;

void read(const std::string& text) {
    try {
        const rpc::value got = rpc::parse_json(text);
        const std::string written = rpc::to_json(got);
        // A decimal is written as a string, and stays one.
        require(rpc::to_json(rpc::parse_json(written)) == written);
        (void)rpc::parse_json_responses(text, 3);
    } catch (const zocalo::protocol_error&) {
        return;
    } catch (const rpc::fault&) {
        return;
    }
}

void answer(const std::string& text) {
    rpc::methods methods;
    methods.add("a", [](const rpc::value& what) { return what; }, {.names = {"what"}});
    const std::string got = rpc::answer_json(methods, text).get();
    if (!got.empty()) (void)rpc::parse_json(got, {.size = got.size(), .depth = 100});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read(text);
    answer(text);
    linear::require_linear(text, [](const std::string& all) {
        try {
            (void)rpc::parse_json(all);
        } catch (const zocalo::protocol_error&) {
            return;
        }
    });
    return 0;
}
