// SPDX-License-Identifier: MIT
#include "fetch/form_parts.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/media_types.hpp"

namespace zocalo::program {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> attribute_names{
    "type=", "filename=", "headers=", "encoder="};

struct attribute {
    std::size_t at;     ///< its semicolon
    std::size_t value;  ///< behind its =
    std::size_t which;  ///< of `attribute_names`
};

/// The next `;type=` or the like, with blanks behind the semicolon.
std::optional<attribute> next_attribute(std::string_view text) {
    for (auto at = text.find(';'); at != std::string_view::npos; at = text.find(';', at + 1)) {
        const auto name = std::min(text.find_first_not_of(" \t", at + 1), text.size());
        for (std::size_t i = 0; i < attribute_names.size(); ++i)
            if (text.substr(name).starts_with(attribute_names[i]))
                return {{at, name + attribute_names[i].size(), i}};
    }
    return std::nullopt;
}

/// What stands in quotes, where \" and \\ are " and \; else all before the next attribute. Takes
/// it off.
std::string take_value(std::string_view& from, const std::string& whole) {
    std::string value;
    if (!from.starts_with('"')) {
        const auto next = next_attribute(from);
        value = from.substr(0, next ? next->at : from.size());
        from.remove_prefix(value.size());
        return value;
    }
    std::size_t i = 1;
    for (; i < from.size() && from[i] != '"'; ++i) {
        const bool is_escape =
            from[i] == '\\' && i + 1 < from.size() && (from[i + 1] == '"' || from[i + 1] == '\\');
        value += from[is_escape ? ++i : i];
    }
    if (i >= from.size())
        throw std::invalid_argument("-F: a quote without an end: " + quoted(whole));
    from.remove_prefix(i + 1);
    const auto next = next_attribute(from);
    const std::string_view between = from.substr(0, next ? next->at : from.size());
    if (between.find_first_not_of(" \t") != std::string_view::npos)
        throw std::invalid_argument("-F: nothing known follows the quotes: " + quoted(whole));
    from.remove_prefix(between.size());
    return value;
}

/// What follows the content.
struct part_attributes {
    std::string type;
    std::string file_name;
};

part_attributes take_attributes(std::string_view from, const std::string& whole) {
    part_attributes all;
    while (const auto next = next_attribute(from)) {
        const std::string_view name = attribute_names[next->which];
        from.remove_prefix(next->value);
        std::string value = take_value(from, whole);
        if (name == "type=") {
            all.type = std::move(value);
        } else if (name == "filename=") {
            all.file_name = std::move(value);
        } else {
            throw std::invalid_argument("-F: there is no " + std::string(name) +
                                        " here: " + quoted(whole));
        }
    }
    return all;
}

std::string type_of(const std::string& file_name) {
    const http::media_types known;
    const std::string_view type = known.guess(file_name).type;
    return std::string(type.empty() ? "application/octet-stream" : type);
}

http::body_part file_part(std::string name, const std::string& path, std::string file_name,
                          std::string type) {
    if (path == "-") {
        if (file_name.empty()) file_name = path;  // as curl has it
        if (type.empty()) type = type_of(file_name);
        return {std::move(name), {read_file(path), std::move(type)}, std::move(file_name)};
    }
    (void)open_file(path);  // says now what is wrong with it
    if (file_name.empty()) file_name = fs::path(path).filename().string();
    if (type.empty()) type = type_of(file_name);
    return {std::move(name), http::body::file(path, std::move(type)), std::move(file_name)};
}

http::body_part part_of(const form_piece& from) {
    const std::string& text = from.text;
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
        const std::string option = from.is_literal ? "--form-string" : "-F";
        throw std::invalid_argument(option + ": not NAME=CONTENT: " + quoted(text));
    }
    const std::string name = text.substr(0, equals);
    if (from.is_literal) return {name, {text.substr(equals + 1), ""}};
    std::string_view rest = std::string_view(text).substr(equals + 1);
    const char kind = rest.empty() ? ' ' : rest.front();
    const bool is_file = kind == '@' || kind == '<';
    if (is_file) rest.remove_prefix(1);
    std::string content = take_value(rest, text);
    const auto [type, file_name] = take_attributes(rest, text);
    if (content == "(")
        throw std::invalid_argument("-F: no parts are in parts here: " + quoted(text));
    if (is_file && content.find(',') != std::string::npos && !fs::exists(content)) {
        throw std::invalid_argument("-F: one file in each, -F " + name + "=@A -F " + name +
                                    "=@B: " + quoted(text));
    }
    if (kind == '@') return file_part(name, content, file_name, type);
    if (kind == '<') content = read_file(content);
    if (file_name.empty()) return {name, {content, type}};
    return {name, {content, type.empty() ? type_of(file_name) : type}, file_name};
}

}  // namespace

http::body form_of(const std::vector<form_piece>& parts) {
    std::vector<http::body_part> all;
    all.reserve(parts.size());
    for (const form_piece& each : parts)
        all.push_back(part_of(each));
    return http::body::multipart(std::move(all));
}

}  // namespace zocalo::program
