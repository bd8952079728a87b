// SPDX-License-Identifier: MIT
#include "zocalo/text/dot_codec.hpp"

namespace zocalo::text {

void dot_encoder::encode(std::string_view piece, std::string& to) {
    for (const char c : piece) {
        const bool second_of_two = after_cr_ && c == '\n';
        after_cr_ = c == '\r';
        if (second_of_two) continue;
        if (c == '\r' || c == '\n') {
            to += "\r\n";
            at_line_start_ = true;
            continue;
        }
        if (at_line_start_ && c == '.') to += '.';
        to += c;
        at_line_start_ = false;
    }
}

void dot_encoder::finish(std::string& to) {
    if (!at_line_start_) to += "\r\n";
    to += ".\r\n";
    *this = {};
}

std::string_view dot_decoder::without_dot(std::string_view line) const noexcept {
    if (line.starts_with(tolerant_ ? ".." : ".")) line.remove_prefix(1);
    return line;
}

bool dot_decoder::decode(std::string_view& from, std::string& to) {
    while (const auto line = lines_.take(from)) {
        if (*line == ".") return true;
        to += without_dot(*line);
        to += line_end_;
    }
    return false;
}

}  // namespace zocalo::text
