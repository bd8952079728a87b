// SPDX-License-Identifier: MIT
#include "zocalo/http/form.hpp"

#include <algorithm>

#include "zocalo/core/error.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/url/query.hpp"

namespace zocalo::http {

namespace {

form read_parts(const media_type& type, std::string_view content, const multipart_limits& within) {
    form read;
    form_part part;
    std::string text;
    for (multipart_reader from(type, within);;) {
        const auto got = from.next(content, true);
        content.remove_prefix(got.used);
        if (got.what == part_event::finished) return read;
        if (got.what == part_event::data) text += got.data;
        if (got.what == part_event::head) {
            part = form_part::of(from.head());
            text.clear();
        }
        if (got.what != part_event::end) continue;
        if (part.file_name) {
            read.files.push_back({.name = std::move(part.name),
                                  .file_name = *std::move(part.file_name),
                                  .type = std::move(part.type),
                                  .content = std::move(text)});
        } else {
            read.values.emplace_back(std::move(part.name), std::move(text));
        }
        text.clear();
    }
}

}  // namespace

form form::parse(std::string_view content_type, std::string_view content,
                 const multipart_limits& within) {
    const auto type = media_type::try_parse(content_type);
    if (type && type->is("multipart/form-data")) return read_parts(*type, content, within);
    if (!type || !type->is("application/x-www-form-urlencoded"))
        throw bad_message(status::unsupported_media_type, "content is no form");
    try {
        return {.values = url::parse_qsl(content,
                                         {.keep_blank_values = true, .max_fields = within.parts})};
    } catch (const protocol_error& error) {
        throw bad_message(status::content_too_large, error.what());
    }
}

std::optional<std::string_view> form::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : values) {
        if (key == name) return value;
    }
    return std::nullopt;
}

const form_file* form::find_file(std::string_view name) const noexcept {
    const auto at = std::ranges::find(files, name, &form_file::name);
    return at == files.end() ? nullptr : &*at;
}

}  // namespace zocalo::http
