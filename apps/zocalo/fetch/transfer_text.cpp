// SPDX-License-Identifier: MIT
#include "fetch/transfer_text.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

using nlohmann::json;
using std::chrono::nanoseconds;

double milliseconds(nanoseconds span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

json json_of(const http::hop& hop) {
    return {{"url", escaped(hop.url, 4096)},
            {"method", hop.method.text()},
            {"status", number(hop.status)},
            {"version", to_text(hop.version)},
            {"peer", hop.peer.to_string()},
            {"reused", hop.times.is_reused},
            {"milliseconds",
             {{"waited", milliseconds(hop.times.waited)},
              {"lookup", milliseconds(hop.times.lookup)},
              {"connect", milliseconds(hop.times.connect)},
              {"tunnel", milliseconds(hop.times.tunnel)},
              {"tls", milliseconds(hop.times.tls)},
              {"first_byte", milliseconds(hop.times.first_byte)},
              {"total", milliseconds(hop.times.total)}}}};
}

json json_of(const transfer_report& of) {
    json result{{"url", escaped(of.url, 4096)},
                {"bytes", of.size},
                {"bytes_sent", of.sent},
                {"tries", of.tries},
                {"milliseconds", milliseconds(of.took)},
                {"exit_code", static_cast<int>(of.code)}};
    if (of.status != 0) result["status"] = of.status;
    if (!of.path.empty()) result["file"] = escaped(of.path, 4096);
    if (!of.type.empty()) result["type"] = escaped(of.type);
    if (!of.error.empty()) result["error"] = escaped(of.error, 4096);
    json& requests = result["requests"] = json::array();
    for (const http::hop& hop : of.hops)
        requests.push_back(json_of(hop));
    return result;
}

}  // namespace

std::string head_text(const http::response_head& head) {
    std::string text = fmt::format("{} {}", to_text(head.version), number(head.status));
    if (!head.reason.empty()) text += ' ' + head.reason;
    text += "\r\n";
    head.fields.append_to(text);
    return text + "\r\n";
}

std::string json_report(const std::vector<transfer_report>& all) {
    json list = json::array();
    for (const transfer_report& each : all)
        list.push_back(json_of(each));
    return list.dump(2) + "\n";
}

}  // namespace zocalo::program
