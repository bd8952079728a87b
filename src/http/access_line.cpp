// SPDX-License-Identifier: MIT
#include "zocalo/http/server.hpp"

namespace zocalo::http {

namespace {

std::string_view or_dash(bool is_known, std::string_view text) noexcept {
    return is_known ? text : "-";
}

/// Of a first line that could not be understood nothing counts.
bool is_known(const request_head& asked) noexcept {
    return !asked.target.empty();
}

}  // namespace

serve::log_line access_line(const exchange& asked, status answer) {
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const request_head& request = asked.request();
    const bool has_line = is_known(request);
    serve::log_line line(now, asked.client());
    line.add("method", or_dash(has_line, request.method.text()));
    line.add("target", or_dash(has_line, request.target));
    line.add("status", number(answer));
    line.add("size", asked.size());
    line.add("version", or_dash(has_line, to_text(request.version)));
    return line;
}

serve::web_log_entry web_log_entry(const exchange& asked, status answer) {
    const request_head& request = asked.request();
    serve::web_log_entry entry(asked.client().peer(), number(answer));
    entry.user = asked.user();
    if (is_known(request)) {
        entry.request = request.method.text();
        entry.request.append(" ").append(request.target).append(" ");
        entry.request.append(to_text(request.version));
    }
    entry.size = asked.size();
    entry.referer = request.fields.get("Referer");
    entry.agent = request.fields.get("User-Agent");
    return entry;
}

}  // namespace zocalo::http
