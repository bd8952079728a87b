// SPDX-License-Identifier: MIT
#include "zocalo/opener/data_url.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "core/ascii.hpp"
#include "core/base64.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::url {

namespace {

constexpr std::string_view scheme = "data:";
constexpr std::string_view base64_mark = ";base64";

std::invalid_argument wrong(std::string_view why, std::string_view shown) {
    return std::invalid_argument("data: " + std::string(why) + ": " + quoted(shown, 100));
}

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

/// Takes the mark off.
bool take_base64_mark(std::string_view& type) {
    while (type.ends_with(' '))
        type.remove_suffix(1);
    if (type.size() < base64_mark.size()) return false;
    const std::size_t begin = type.size() - base64_mark.size();
    if (lower(type.substr(begin)) != base64_mark) return false;
    type = type.substr(0, begin);
    return true;
}

http::media_type type_of(std::string_view written) {
    if (written.empty()) return data_url().type;
    std::string text = unquote(written);
    if (text.starts_with(';')) text.insert(0, "text/plain");
    auto type = http::media_type::try_parse(text);
    if (!type) throw wrong("no type", written);
    return *std::move(type);
}

std::string from_base64(std::string text) {
    std::erase_if(text, is_space);
    if (text.size() % 4 == 2) text += "==";
    if (text.size() % 4 == 3) text += '=';
    auto bytes = try_unbase64(text);
    if (!bytes) throw wrong("no Base64", text);
    return *std::move(bytes);
}

}  // namespace

data_url data_url::parse(std::string_view text, std::size_t limit) {
    if (lower(text.substr(0, scheme.size())) != scheme) throw wrong("another scheme", text);
    text.remove_prefix(scheme.size());
    text = text.substr(0, text.find('#'));
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) throw wrong("no comma before the content", text);
    std::string_view written = text.substr(0, comma);
    const bool is_base64 = take_base64_mark(written);
    data_url parsed{type_of(written), unquote(text.substr(comma + 1))};
    if (is_base64) parsed.content = from_base64(std::move(parsed.content));
    if (parsed.content.size() > limit)
        throw std::invalid_argument("data: more than " + std::to_string(limit) + " bytes");
    return parsed;
}

std::string data_url::to_string() const {
    std::string text(scheme);
    if (type != data_url().type) text += quote(type.to_string(), "/;=+");
    const std::string escaped = quote(content);
    const std::size_t base64_size = base64_mark.size() + (content.size() + 2) / 3 * 4;
    if (escaped.size() <= base64_size) return text + ',' + escaped;
    text += base64_mark;
    return text + ',' + base64(content);
}

}  // namespace zocalo::url
