// SPDX-License-Identifier: MIT
#include "relay/traffic_log.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <iostream>
#include <iterator>
#include <system_error>

#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

constexpr std::size_t bytes_per_row = 16;

std::string row(char mark, std::uint64_t offset, std::string_view bytes) {
    std::string hex;
    std::string shown;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto value = static_cast<unsigned char>(bytes[i]);
        if (i == bytes_per_row / 2) hex += ' ';
        fmt::format_to(std::back_inserter(hex), "{:02x} ", value);
        shown += value >= 0x20 && value < 0x7F ? bytes[i] : '.';
    }
    return fmt::format("{} {:08x}  {:<49} |{}|\n", mark, offset, hex, shown);
}

}  // namespace

std::string hex_rows(char mark, std::uint64_t offset, const_buffer data) {
    std::string rows;
    for (; !data.empty(); data = data.without(bytes_per_row), offset += bytes_per_row) {
        rows += row(mark, offset, data.first(bytes_per_row).text());
    }
    return rows;
}

traffic_log::traffic_log(const std::string& path, style form) : style_(form), out_(&std::cerr) {
    if (path.empty()) return;
    errno = 0;
    file_.open(path, std::ios::binary | std::ios::trunc);
    if (!file_) {
        throw std::system_error(errno, std::system_category(), "open " + zocalo::quoted(path));
    }
    out_ = &file_;
}

void traffic_log::record(char mark, std::uint64_t& offset, const_buffer data) {
    if (style_ == style::hex) {
        *out_ << hex_rows(mark, offset, data);
    } else {
        *out_ << data.text();
    }
    out_->flush();
    offset += data.size();
    if (!*out_) throw std::system_error(EIO, std::system_category(), "write the record of traffic");
}

}  // namespace zocalo::program
