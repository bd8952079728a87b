// SPDX-License-Identifier: MIT
#include "relay/traffic_log.hpp"

#include <fmt/core.h>

#include <iostream>
#include <sstream>

#include "file.hpp"
#include "zocalo/net/packet/hexdump.hpp"

namespace zocalo::program {

namespace {

/// A hex dump with `mark` before each row.
std::string marked_dump(char mark, std::uint64_t offset, const_buffer data) {
    std::istringstream rows(net::packet::hexdump(data, offset));
    std::string text;
    for (std::string row; std::getline(rows, row);)
        text += fmt::format("{} {}\n", mark, row);
    return text;
}

}  // namespace

traffic_log::traffic_log(const std::string& path, style form) : style_(form), out_(&std::cerr) {
    if (path.empty()) return;
    file_ = create_file(path);
    out_ = &file_;
}

void traffic_log::record(char mark, std::uint64_t& offset, const_buffer data) {
    if (style_ == style::hex) {
        *out_ << marked_dump(mark, offset, data);
    } else {
        *out_ << data.text();
    }
    offset += data.size();
    flush(*out_, "the record of traffic");
}

}  // namespace zocalo::program
