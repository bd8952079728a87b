// SPDX-License-Identifier: MIT
#include <stdexcept>
#include <string>

#include "serve/proxy_wire.hpp"
#include "zocalo/serve/proxy_header.hpp"

namespace zocalo::serve {

namespace {

using namespace detail;

[[noreturn]] void refuse(const char* why) {
    throw std::invalid_argument(std::string("PROXY header: ") + why);
}

void append_number(std::string& to, std::size_t number) {
    to += static_cast<char>(number >> 8 & 0xFF);
    to += static_cast<char>(number & 0xFF);
}

void append_bytes(std::string& to, const net::address& ip) {
    for (const std::uint8_t byte : ip.bytes())
        to += static_cast<char>(byte);
}

std::string line_of(const proxy_header& header) {
    if (!header.fields.empty()) refuse("version 1 has no fields");
    if (header.is_local) return "PROXY UNKNOWN\r\n";
    if (!header.source.is_inet() || header.is_datagram) refuse("version 1 knows TCP only");
    std::string line = header.source.ip().is_v4() ? "PROXY TCP4 " : "PROXY TCP6 ";
    line += header.source.ip().with_scope(0).to_string() + " ";
    line += header.destination.ip().with_scope(0).to_string() + " ";
    line += std::to_string(header.source.port()) + " ";
    line += std::to_string(header.destination.port()) + "\r\n";
    return line;
}

std::string inet_addresses(const proxy_header& header) {
    std::string block;
    append_bytes(block, header.source.ip());
    append_bytes(block, header.destination.ip());
    append_number(block, header.source.port());
    append_number(block, header.destination.port());
    return block;
}

void append_path(std::string& to, const net::endpoint& where) {
    std::string room;
    if (where.family() == net::family::local) {
        if (where.is_abstract()) room += '\0';
        room += where.path();
    }
    if (room.size() >= unix_path) refuse("a path that is too long");
    room.resize(unix_path);
    to += room;
}

v2_family family_of(const proxy_header& header) {
    const bool datagram = header.is_datagram;
    switch (header.source.family()) {
        case net::family::inet:
            return datagram ? v2_family::udp4 : v2_family::tcp4;
        case net::family::inet6:
            return datagram ? v2_family::udp6 : v2_family::tcp6;
        default:
            return datagram ? v2_family::unix_datagram : v2_family::unix_stream;
    }
}

std::string block_of(const proxy_header& header) {
    if (header.source.is_inet()) return inet_addresses(header);
    std::string block;
    append_path(block, header.source);
    append_path(block, header.destination);
    return block;
}

/// All but the length, and zeros where the checksum goes; where that is.
std::size_t append_fields(std::string& to, const proxy_header& header) {
    std::size_t sum_at = 0;
    for (const proxy_header::field& one : header.fields) {
        if (one.value.size() > 0xFFFF) refuse("a field that is too long");
        to += static_cast<char>(one.type);
        append_number(to, one.value.size());
        if (one.type == proxy_header::checksum) {
            if (sum_at != 0 || one.value.size() != 4) refuse("one checksum of 4 bytes");
            sum_at = to.size();
            to.append(4, '\0');
        } else {
            to += one.value;
        }
    }
    return sum_at;
}

std::string binary_of(const proxy_header& header) {
    std::string bytes(v2_signature);
    const bool says_nothing = header.is_local && header.fields.empty();
    bytes += static_cast<char>(says_nothing ? 0x20 : 0x21);
    bytes += static_cast<char>(header.is_local ? v2_family::unspecified : family_of(header));
    append_number(bytes, 0);
    if (!header.is_local) bytes += block_of(header);
    const std::size_t sum_at = append_fields(bytes, header);
    const std::size_t size = bytes.size() - v2_head;
    if (size > 0xFFFF) refuse("fields that are too long");
    bytes[14] = static_cast<char>(size >> 8);
    bytes[15] = static_cast<char>(size & 0xFF);
    if (sum_at != 0) {
        const std::uint32_t sum = crc32c(bytes);
        std::string four;
        append_number(four, sum >> 16);
        append_number(four, sum & 0xFFFF);
        bytes.replace(sum_at, 4, four);
    }
    return bytes;
}

}  // namespace

std::uint32_t detail::crc32c(std::string_view bytes, std::uint32_t before) noexcept {
    constexpr std::uint32_t reflected_polynomial = 0x82F63B78;
    std::uint32_t remainder = ~before;
    for (const char byte : bytes) {
        remainder ^= static_cast<std::uint8_t>(byte);
        for (int bit = 0; bit < 8; ++bit)
            remainder = remainder >> 1 ^ ((remainder & 1) != 0 ? reflected_polynomial : 0);
    }
    return ~remainder;
}

std::string to_bytes(const proxy_header& header) {
    if (!header.is_local && header.source.is_inet() &&
        header.source.family() != header.destination.family())
        refuse("addresses of two families");
    if (header.version == 1) return line_of(header);
    if (header.version == 2) return binary_of(header);
    refuse("there are versions 1 and 2");
}

}  // namespace zocalo::serve
