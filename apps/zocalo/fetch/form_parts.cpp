// SPDX-License-Identifier: MIT
#include "fetch/form_parts.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/media_types.hpp"

namespace zocalo::program {

namespace {

namespace fs = std::filesystem;

/// Takes `;name=value` off the end of a text, if it is there.
std::string take(std::string& from, std::string_view name) {
    const std::string mark = ";" + std::string(name) + "=";
    const auto at = from.rfind(mark);
    if (at == std::string::npos) return {};
    const auto end = std::min(from.find(';', at + 1), from.size());
    std::string value = from.substr(at + mark.size(), end - at - mark.size());
    from.erase(at, end - at);
    return value;
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
    std::string content = text.substr(equals + 1);
    if (from.is_literal) return {name, {content, ""}};
    const std::string type = take(content, "type");
    const std::string file_name = take(content, "filename");
    if (content.starts_with('@')) {
        return file_part(name, content.substr(1), file_name, type);
    }
    if (content.starts_with('<')) content = read_file(content.substr(1));
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
