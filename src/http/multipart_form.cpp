// SPDX-License-Identifier: MIT
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/http/multipart.hpp"
#include "zocalo/tls/hash.hpp"

namespace zocalo::http {

namespace {

/// In quotes, with the escapes of browsers, and one for backslashes, which they forget.
std::string name_text(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) {
        if (c == '"') {
            text += "%22";
        } else if (c == '\r') {
            text += "%0D";
        } else if (c == '\n') {
            text += "%0A";
        } else if (c == '\\') {
            text += "\\\\";
        } else if (detail::is(detail::value_character, c)) {
            text += c;
        } else {
            throw std::invalid_argument("a control character in a form: " + quoted(name));
        }
    }
    return text += '"';
}

}  // namespace

std::string make_boundary() {
    return "zocalo" + tls::hex(tls::random_bytes(16));
}

multipart_form::multipart_form() : multipart_form(make_boundary()) {}

multipart_form::multipart_form(std::string_view boundary) : boundary_(boundary) {
    if (!is_token(boundary) || boundary.size() > 70)
        throw std::invalid_argument("no boundary: " + quoted(boundary));
}

multipart_form::part& multipart_form::begin(std::string_view name,
                                            std::optional<std::string_view> file_name,
                                            std::string_view type) {
    std::string head = parts_.empty() ? "--" : "\r\n--";
    head.append(boundary_).append("\r\nContent-Disposition: form-data; name=");
    head += name_text(name);
    if (file_name) head.append("; filename=") += name_text(*file_name);
    if (!is_field_value(type)) throw std::invalid_argument("no media type: " + quoted(type));
    if (!type.empty()) head.append("\r\nContent-Type: ").append(type);
    parts_.push_back({.head = head.append("\r\n\r\n"), .content = {}, .size = 0});
    return parts_.back();
}

multipart_form& multipart_form::add(std::string_view name, std::string_view value,
                                    std::string_view type) {
    part& made = begin(name, std::nullopt, type);
    made.content = value;
    made.size = value.size();
    return *this;
}

multipart_form& multipart_form::add_file(std::string_view name, std::string_view file_name,
                                         std::string_view content, std::string_view type) {
    part& made = begin(name, file_name, type);
    made.content = content;
    made.size = content.size();
    return *this;
}

multipart_form& multipart_form::add_stream(std::string_view name,
                                           std::optional<std::string_view> file_name,
                                           std::optional<std::uint64_t> size,
                                           std::string_view type) {
    part& made = begin(name, file_name, type);
    made.size = size;
    made.is_stream = true;
    return *this;
}

std::string multipart_form::content_type() const {
    return "multipart/form-data; boundary=" + boundary_;
}

std::optional<std::uint64_t> multipart_form::content_size() const {
    std::uint64_t total = tail().size();
    for (const part& each : parts_) {
        if (!each.size) return std::nullopt;
        total += each.head.size() + *each.size;
    }
    return total;
}

std::string multipart_form::tail() const {
    std::string text = parts_.empty() ? "--" : "\r\n--";
    return text.append(boundary_).append("--\r\n");
}

std::string multipart_form::to_string() const {
    std::string text;
    for (const part& each : parts_) {
        if (each.is_stream) throw std::logic_error("a form with a stream in it");
        text.append(each.head).append(each.content);
    }
    return text += tail();
}

}  // namespace zocalo::http
