// SPDX-License-Identifier: MIT
#include "zocalo/http/detail/content_writer.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include "http/trailers.hpp"

namespace zocalo::http::detail {

bool content_writer::begin_piece(std::size_t size, std::string& out) {
    if (coding_ == coding::sized) {
        if (size > left_) throw std::logic_error("more content than was announced");
        left_ -= size;
    }
    if (is_dropped_ || size == 0) return false;
    if (coding_ == coding::chunks) {
        std::array<char, 16> digits{};
        const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16);
        out.append(digits.data(), done.ptr).append("\r\n");
    }
    return true;
}

void content_writer::end_piece(std::string& out) const {
    if (coding_ == coding::chunks) out += "\r\n";
}

void content_writer::end(const fields& trailers, std::string& out) const {
    for (const field each : trailers) {
        if (!may_be_trailer(each.name))
            throw std::invalid_argument("field " + std::string(each.name) + " as a trailer");
    }
    if (coding_ == coding::sized && left_ != 0 && !is_dropped_)
        throw std::logic_error("less content than was announced");
    if (coding_ != coding::chunks || is_dropped_) return;
    out += "0\r\n";
    trailers.append_to(out);
    out += "\r\n";
}

}  // namespace zocalo::http::detail
