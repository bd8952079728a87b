// SPDX-License-Identifier: MIT
#include "fetch/form_parts.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <utility>

#include "file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/media_types.hpp"
#include "zocalo/http/multipart.hpp"

namespace zocalo::program {

namespace {

namespace fs = std::filesystem;

/// The form, and the files that are its streams, in their order.
struct form {
    http::multipart_form parts;
    std::vector<std::string> paths;
};

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

void add_file(form& to, std::string_view name, const std::string& path, std::string file_name,
              std::string type) {
    (void)open_file(path);  // says now what is wrong with it
    if (file_name.empty()) file_name = fs::path(path).filename().string();
    if (type.empty()) type = type_of(file_name);
    to.parts.add_stream(name, file_name, fs::file_size(path), type);
    to.paths.push_back(path);
}

void add_part(form& to, const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw std::invalid_argument("-F: not NAME=CONTENT: " + quoted(text));
    }
    const std::string name = text.substr(0, equals);
    std::string content = text.substr(equals + 1);
    const std::string type = take(content, "type");
    const std::string file_name = take(content, "filename");
    if (content.starts_with('@')) {
        add_file(to, name, content.substr(1), file_name, type);
        return;
    }
    if (content.starts_with('<')) {
        auto file = open_file(content.substr(1));
        content.assign(std::istreambuf_iterator<char>(file), {});
    }
    if (!file_name.empty()) {
        to.parts.add_file(name, file_name, content, type.empty() ? type_of(file_name) : type);
    } else {
        to.parts.add(name, content, type);
    }
}

io::task<> send(const form& what, http::body_writer& to) {
    std::size_t files = 0;
    for (const http::multipart_form::part& each : what.parts.parts()) {
        co_await to.write(each.head);
        if (each.is_stream) {
            const http::body content = http::body::file(what.paths[files++]);
            io::task<> sending = content.write_to(to, each.size);
            co_await std::move(sending);
        } else {
            co_await to.write(each.content);
        }
    }
    const std::string tail = what.parts.tail();
    co_await to.write(tail);
}

}  // namespace

http::body form_of(const std::vector<std::string>& parts) {
    const auto made = std::make_shared<form>();
    for (const std::string& each : parts)
        add_part(*made, each);
    const auto write = [made](http::body_writer& to) { return send(*made, to); };
    return http::body::stream(write, made->parts.content_size(), made->parts.content_type(),
                              http::body::again::repeatable);
}

}  // namespace zocalo::program
