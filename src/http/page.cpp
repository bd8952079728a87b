// SPDX-License-Identifier: MIT
#include "http/page.hpp"

#include <algorithm>
#include <array>
#include <random>

#include "core/base64.hpp"
#include "core/utf8.hpp"
#include "http/pages.hpp"

namespace zocalo::http {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

void append_json_control(std::string& to, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    to += "\\u00";
    to += digits[static_cast<unsigned char>(c) >> 4];
    to += digits[static_cast<unsigned char>(c) & 15];
}

}  // namespace

std::string fill(std::string_view page, std::initializer_list<mark> marks) {
    std::string filled;
    for (;;) {
        const std::size_t begin = page.find("{{");
        const std::size_t end = page.find("}}", begin == std::string_view::npos ? 0 : begin);
        if (begin == std::string_view::npos || end == std::string_view::npos) break;
        filled += page.substr(0, begin);
        const std::string_view name = page.substr(begin + 2, end - begin - 2);
        const auto* const found = std::ranges::find(marks, name, &mark::first);
        if (found != marks.end()) filled += found->second;
        page.remove_prefix(end + 2);
    }
    return filled += page;
}

std::string html(std::string_view text) {
    std::string made;
    for (const char c : text) {
        const bool is_control = static_cast<unsigned char>(c) < ' ' || c == '\x7f';
        if (c == '&') {
            made += "&amp;";
        } else if (c == '<') {
            made += "&lt;";
        } else if (c == '>') {
            made += "&gt;";
        } else if (c == '"') {
            made += "&quot;";
        } else if (c == '\'') {
            made += "&#39;";
        } else if (is_control) {
            made += replacement;
        } else {
            made += c;
        }
    }
    return made;
}

std::string json(std::string_view text) {
    std::string made = "\"";
    while (!text.empty()) {
        const std::size_t size = first_character(text).length;
        const char c = text.front();
        if (size == 0) {
            made += replacement;
        } else if (c == '"' || c == '\\') {
            made += '\\';
            made += c;
        } else if (static_cast<unsigned char>(c) < ' ') {
            append_json_control(made, c);
        } else {
            made += text.substr(0, size);
        }
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return made += '"';
}

std::string whole_page(const page_parts& of) {
    std::string script;
    if (!of.script.empty()) {
        script = "<script nonce=\"";
        script.append(of.nonce).append("\">\n").append(of.script).append("</script>");
    }
    return fill(pages::page_html, {{"title", of.title},
                                   {"nonce", of.nonce},
                                   {"palette", pages::palette_css},
                                   {"style", of.style},
                                   {"body", of.body},
                                   {"script", script}});
}

std::string make_nonce() {
    std::random_device chance;  // the kernel's, or the processor's
    std::array<char, 16> bytes{};
    for (char& each : bytes)
        each = static_cast<char>(chance());
    return base64(std::string_view(bytes.data(), bytes.size()));
}

std::string content_policy(std::string_view nonce) {
    std::string policy = "default-src 'none'; img-src 'self' data:; connect-src 'self'; ";
    policy += "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; script-src 'nonce-";
    policy.append(nonce).append("'; style-src 'nonce-").append(nonce).append("'");
    return policy;
}

}  // namespace zocalo::http
