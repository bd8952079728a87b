// SPDX-License-Identifier: MIT
#include <chrono>

#include "zocalo/gopher/server.hpp"

namespace zocalo::gopher {

serve::log_line access_line(const std::optional<request>& asked, const reply& given) {
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    serve::log_line line(now, given.client());
    line.add("selector", asked ? asked->selector : "-");
    if (asked && asked->search) line.add("search", *asked->search);
    const std::string_view said = given.is_error() ? "error" : "ok";
    line.add("answer", given.is_whole() ? said : "broken");
    line.add("size", given.size());
    return line;
}

serve::web_log_entry web_log_entry(const std::optional<request>& asked, const reply& given) {
    const std::uint16_t said = given.is_error() ? 404 : 200;
    serve::web_log_entry entry(given.client().peer(), given.is_whole() ? said : 500);
    if (asked) entry.request = asked->selector.empty() ? "/" : asked->selector;
    if (asked && asked->search) entry.request += '\t' + *asked->search;
    entry.size = given.size();
    return entry;
}

}  // namespace zocalo::gopher
