// SPDX-License-Identifier: MIT
#include "zocalo/http/media_type.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

namespace {

constexpr std::array<std::string_view, 10> other_texts{
    "application/javascript", "application/json", "application/xml", "application/ecmascript",
    "application/sql",        "application/x-sh", "application/rtf", "application/yaml",
    "application/graphql",    "application/toml"};

bool is_script(std::string_view essence) noexcept {
    return essence.ends_with("/javascript") || essence.ends_with("/ecmascript");
}
bool is_json(std::string_view essence) noexcept {
    return essence == "application/json" || essence.ends_with("+json");
}

}  // namespace

media_type media_type::parse(std::string_view text) {
    std::optional<media_type> read = try_parse(text);
    if (!read) throw std::invalid_argument("no media type: " + quoted(text));
    return *std::move(read);
}

// media-type = type "/" subtype parameters
std::optional<media_type> media_type::try_parse(std::string_view text) {
    detail::value_scanner from(trimmed(text));
    const std::string_view type = from.token();
    if (type.empty() || !from.take('/')) return std::nullopt;
    const std::string_view subtype = from.token();
    if (subtype.empty()) return std::nullopt;
    media_type read(lower(type) + '/' + lower(subtype));
    if (!from.parameters(read.parameters) || !from.is_at_end()) return std::nullopt;
    return read;
}

std::string_view media_type::type() const noexcept {
    return std::string_view(essence_).substr(0, essence_.find('/'));
}

std::string_view media_type::subtype() const noexcept {
    return std::string_view(essence_).substr(essence_.find('/') + 1);
}

bool media_type::is(std::string_view essence) const noexcept {
    return same_name(essence_, essence);
}

std::string media_type::charset() const {
    return lower(parameters.find("charset").value_or(""));
}

bool media_type::is_text() const noexcept {
    return type() == "text" || is_json(essence_) || essence_.ends_with("+xml") ||
           std::ranges::find(other_texts, essence_) != other_texts.end();
}

std::string media_type::charset_or(std::string_view otherwise) const {
    std::string said = charset();
    if (!said.empty()) return said;
    if (is_json(essence_) || is_script(essence_)) return "utf-8";
    return is_text() ? std::string(otherwise) : std::string();
}

std::string media_type::to_string() const {
    std::string text = essence_;
    parameters.append_to(text);
    return text;
}

std::ostream& operator<<(std::ostream& out, const media_type& value) {
    return out << value.to_string();
}

}  // namespace zocalo::http
