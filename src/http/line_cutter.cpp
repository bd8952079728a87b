// SPDX-License-Identifier: MIT
#include "zocalo/http/detail/line_cutter.hpp"

#include <string>

#include "zocalo/http/error.hpp"

namespace zocalo::http::detail {

std::optional<std::string_view> line_cutter::cut(std::string_view bytes, std::size_t limit,
                                                 status too_long) {
    const std::size_t end = bytes.find('\n', searched_);
    const bool has_come = end != std::string_view::npos;
    if ((has_come ? end : bytes.size()) >= limit) {
        throw bad_message(too_long, "a line that is longer than " + std::to_string(limit) +
                                        " bytes, or than what is left for the head");
    }
    searched_ = has_come ? 0 : bytes.size();
    if (!has_come) return std::nullopt;
    if (end == 0 || bytes[end - 1] != '\r')
        throw bad_message(status::bad_request, "a line that does not end in CR LF");
    return bytes.substr(0, end - 1);
}

}  // namespace zocalo::http::detail
