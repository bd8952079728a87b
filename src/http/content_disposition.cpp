// SPDX-License-Identifier: MIT
#include "zocalo/http/content_disposition.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

std::string from_latin1(std::string_view text) {
    std::string utf8;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            utf8 += c;
        } else {
            utf8 += static_cast<char>(0xC0 | byte >> 6);
            utf8 += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return utf8;
}

// ext-value = charset "'" [ language ] "'" value-chars
std::optional<std::string> read_extended(std::string_view text) {
    const std::size_t first = text.find('\'');
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t second = text.find('\'', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const std::string_view charset = text.substr(0, first);
    auto plain = url::try_unquote(text.substr(second + 1));
    if (!plain) return std::nullopt;
    if (same_name(charset, "UTF-8")) return plain;
    if (same_name(charset, "ISO-8859-1")) return from_latin1(*plain);
    return std::nullopt;
}

bool is_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// At most so many bytes, and no half of a character.
std::string_view cut(std::string_view text, std::size_t most) noexcept {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80)
        --most;
    return text.substr(0, most);
}

}  // namespace

std::optional<content_disposition> content_disposition::try_parse(std::string_view text) {
    detail::value_scanner from(trimmed(text), detail::value_scanner::backslash::is_kept);
    content_disposition read{.type = lower(from.token())};
    if (read.type.empty() || !from.parameters(read.parameters) || !from.is_at_end())
        return std::nullopt;
    return read;
}

std::optional<std::string> content_disposition::file_name() const {
    if (const auto extended = parameters.find("filename*")) {
        if (auto name = read_extended(*extended)) return name;
    }
    const auto plain = parameters.find("filename");
    if (!plain) return std::nullopt;
    return std::string(*plain);
}

std::string content_disposition::to_string() const {
    if (!is_token(type)) throw std::invalid_argument("no type of Content-Disposition");
    std::string text = type;
    parameters.append_to(text);
    return text;
}

content_disposition attachment(std::string_view file_name) {
    content_disposition made{.type = "attachment"};
    if (std::ranges::any_of(file_name, is_control))
        throw std::invalid_argument("a control character in the name of a file");
    std::string plain(file_name);
    // Those who do not know filename* get what they can show.
    std::ranges::replace_if(
        plain, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '_');
    made.parameters.set("filename", plain);
    if (!is_ascii(file_name))
        made.parameters.set("filename*", "UTF-8''" + url::quote(file_name, ""));
    return made;
}

std::string safe_file_name(std::string_view said, std::string_view otherwise) {
    constexpr std::size_t longest = 255;
    if (const std::size_t slash = said.find_last_of("/\\"); slash != std::string_view::npos)
        said.remove_prefix(slash + 1);
    std::string name;
    for (const char c : said) {
        if (!is_control(c)) name += c;
    }
    const std::size_t first = name.find_first_not_of(". ");
    if (first == std::string::npos) return std::string(otherwise);
    name = cut(std::string_view(name).substr(first), longest);
    name.resize(name.find_last_not_of(". ") + 1);
    if (name.starts_with('-')) name[0] = '_';
    return name;
}

}  // namespace zocalo::http
