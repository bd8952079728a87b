// SPDX-License-Identifier: MIT
#include "gopher/redirect.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"

namespace zocalo::gopher {

namespace {

constexpr std::array<std::string_view, 16> ways{
    "http", "https", "ftp", "ftps", "gopher", "gophers", "gemini", "mailto",
    "news", "nntp",  "irc", "ircs", "telnet", "ssh",     "sftp",   "finger",
};

std::string html_text(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (c == '&') {
            safe += "&amp;";
        } else if (c == '<') {
            safe += "&lt;";
        } else if (c == '>') {
            safe += "&gt;";
        } else if (c == '"') {
            safe += "&quot;";
        } else if (c == '\'') {
            safe += "&#39;";
        } else {
            safe += c;
        }
    }
    return safe;
}

bool leads_elsewhere(std::string_view url) {
    const auto colon = url.find(':');
    if (colon == std::string_view::npos) return false;
    return std::ranges::find(ways, lower(url.substr(0, colon))) != ways.end();
}

}  // namespace

std::string redirect_page(std::string_view selector) {
    if (selector.starts_with('/')) selector.remove_prefix(1);
    if (!selector.starts_with("URL:")) return {};
    selector.remove_prefix(4);
    if (!leads_elsewhere(selector)) return {};
    const std::string url = html_text(selector);
    std::string page = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">";
    page += R"(<meta http-equiv="refresh" content="5;url=)" + url + R"(">)";
    page += "<title>Elsewhere</title></head><body><p>This is not Gopher: <a href=\"" + url;
    page += "\">" + url + "</a></p></body></html>\n";
    return page;
}

}  // namespace zocalo::gopher
