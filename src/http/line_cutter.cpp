// SPDX-License-Identifier: MIT
#include "zocalo/http/detail/line_cutter.hpp"

#include <string>

#include "core/ascii.hpp"
#include "zocalo/http/error.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t none = std::string_view::npos;

/// Where the LF is that ends the line, whose first `searched` bytes have none; or nowhere yet.
std::size_t find_end(std::string_view bytes, std::size_t searched, std::size_t limit,
                     status too_long) {
    const std::size_t end = bytes.find('\n', searched);
    if ((end != none ? end : bytes.size()) >= limit) {
        throw bad_message(too_long, "a line that is longer than " + std::to_string(limit) +
                                        " bytes, or than what is left for the head");
    }
    if (end != none && (end == 0 || bytes[end - 1] != '\r'))
        throw bad_message(status::bad_request, "a line that does not end in CR LF");
    return end;
}

}  // namespace

std::optional<std::string_view> line_cutter::cut(std::string_view bytes, std::size_t limit,
                                                 status too_long) {
    const std::size_t end = find_end(bytes, searched_, limit, too_long);
    searched_ = end != none ? 0 : bytes.size();
    if (end == none) return std::nullopt;
    return bytes.substr(0, end - 1);
}

std::optional<std::string_view> line_cutter::cut_folded(std::string_view bytes, std::size_t limit,
                                                        status too_long) {
    for (;;) {
        const std::size_t end = find_end(bytes, searched_, limit, too_long);
        const bool is_empty = end == 1;
        const bool is_open = end == none || (end + 1 == bytes.size() && !is_empty);
        if (is_open) {
            searched_ = end == none ? bytes.size() : end;
            return std::nullopt;
        }
        searched_ = 0;
        if (is_empty || !is_blank(bytes[end + 1])) return bytes.substr(0, end - 1);
        searched_ = end + 1;
    }
}

}  // namespace zocalo::http::detail
