// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "zocalo/http/error.hpp"
#include "zocalo/http/message.hpp"

namespace zocalo::http::detail {

/// "HTTP/1.1". A later minor version is HTTP/1.1 to us (RFC 9110 §2.5); throws bad_message for
/// other protocols (400) and other major versions (505).
inline version read_version(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' ||
        !is_digit(text[7]))
        throw bad_message(status::bad_request, "no version of HTTP");
    if (text[5] != '1')
        throw bad_message(status::http_version_not_supported, "another version of HTTP");
    return text[7] == '0' ? version::http_1_0 : version::http_1_1;
}

}  // namespace zocalo::http::detail
