// SPDX-License-Identifier: MIT
#include "http/client/file_version.hpp"

#include <chrono>
#include <string_view>

#include "zocalo/http/date.hpp"

namespace zocalo::http::detail {

std::string version_of(const response_head& head) {
    const std::string_view tag = head.fields.get("ETag");
    if (tag.starts_with('"')) return std::string(tag);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::string_view modified = head.fields.get("Last-Modified");
    const auto changed = parse_date(modified, now);
    const auto sent = parse_date(head.fields.get("Date"), now);
    return changed && sent && *changed < *sent ? std::string(modified) : std::string();
}

bool is_of_another(const std::string& version, const response_head& head) {
    const std::string_view said =
        head.fields.get(version.starts_with('"') ? "ETag" : "Last-Modified");
    return !said.empty() && said != version;
}

}  // namespace zocalo::http::detail
