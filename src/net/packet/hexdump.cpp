// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/hexdump.hpp"

#include "net/packet/text.hpp"

namespace zocalo::net::packet {

namespace {

constexpr std::size_t bytes_a_line = 16;

void append_line(std::string& text, std::span<const std::byte> line, std::uint64_t offset) {
    text += hex(offset, 8).substr(2);
    for (std::size_t i = 0; i < bytes_a_line; ++i) {
        text += i % 8 == 0 ? "  " : " ";
        text += i < line.size() ? hex(line.subspan(i, 1)) : "  ";
    }
    text += "  |";
    for (const std::byte byte : line) {
        const char c = static_cast<char>(std::to_integer<unsigned char>(byte) & 0x7F);
        const bool printable = byte < std::byte{0x7F} && byte >= std::byte{0x20};
        text += printable ? c : '.';
    }
    text += "|\n";
}

}  // namespace

std::string hexdump(const_buffer run, std::uint64_t offset) {
    std::string text;
    for (const_buffer rest = run; !rest.empty(); rest = rest.without(bytes_a_line)) {
        append_line(text, rest.first(bytes_a_line), offset);
        offset += bytes_a_line;
    }
    return text;
}

}  // namespace zocalo::net::packet
