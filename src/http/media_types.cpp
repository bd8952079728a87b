// SPDX-License-Identifier: MIT
#include "zocalo/http/media_types.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "core/ascii.hpp"
#include "http/media_type_table.hpp"
#include "http/value_scanner.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/media_type.hpp"

namespace zocalo::http {

namespace {

std::string_view take_word(std::string_view& line) noexcept {
    constexpr std::string_view space = " \t\r";
    const std::size_t first = line.find_first_not_of(space);
    if (first == std::string_view::npos) return line = {};
    line.remove_prefix(first);
    const std::string_view word = line.substr(0, line.find_first_of(space));
    line.remove_prefix(word.size());
    return word;
}

std::string_view take_line(std::string_view& text) noexcept {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line.substr(0, line.find('#'));
}

/// Takes the last extension off a name, without its dot. A dot in front makes a hidden file.
std::string_view take_extension(std::string_view& name) noexcept {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    const std::string_view extension = name.substr(dot + 1);
    name = name.substr(0, dot);
    return extension;
}

std::string_view find_coding(std::string_view extension) noexcept {
    for (const auto& [of, coding] : detail::codings_of_files) {
        if (of == extension) return coding;
    }
    return {};
}

}  // namespace

media_types media_types::of_system() {
    constexpr std::size_t longest = std::size_t{4} * 1024 * 1024;
    media_types made;
    std::ifstream file("/etc/mime.types", std::ios::binary);
    std::string text;
    for (char c = 0; text.size() < longest && file.get(c);)
        text += c;
    return made.read(text);
}

guessed_type media_types::guess(std::string_view name) const {
    const std::size_t slash = name.rfind('/');
    if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
    const std::string_view written = take_extension(name);
    std::string extension = lower(written);
    // Z is compress, and z is nothing.
    std::string_view coding = find_coding(written == "Z" ? written : extension);
    for (const auto& [of, type, in] : detail::short_extensions) {
        if (of == extension) return {find(type), in};
    }
    if (coding.empty()) return {find(extension), {}};
    extension = lower(take_extension(name));
    return {find(extension), coding};
}

media_types& media_types::add(std::string_view type, std::string_view extension) {
    const media_type checked = media_type::parse(type);
    if (extension.starts_with('.')) extension.remove_prefix(1);
    if (extension.empty() || extension.find('/') != std::string_view::npos)
        throw std::invalid_argument("no extension of a file: " + quoted(extension));
    added_.insert_or_assign(lower(extension), checked.to_string());
    return *this;
}

media_types& media_types::read(std::string_view text) {
    while (!text.empty()) {
        std::string_view line = take_line(text);
        const auto type = media_type::try_parse(take_word(line));
        if (!type) continue;
        for (auto word = take_word(line); !word.empty(); word = take_word(line))
            added_.insert_or_assign(lower(word), type->to_string());
    }
    return *this;
}

std::string_view media_types::find(std::string_view extension) const {
    if (const auto at = added_.find(extension); at != added_.end()) return at->second;
    const auto* const known =
        std::ranges::lower_bound(detail::types_of_files, extension, {}, &detail::file_type::of);
    if (known == std::end(detail::types_of_files) || known->of != extension) return {};
    return known->type;
}

}  // namespace zocalo::http
