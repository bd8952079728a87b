// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include "serve/proxy_wire.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/serve/proxy_header.hpp"

namespace zocalo::serve {

namespace {

using namespace detail;

[[noreturn]] void refuse(const std::string& why) {
    throw protocol_error("PROXY header: " + why);
}

bool begins_with_part(std::string_view text, std::string_view prefix) noexcept {
    const std::size_t common = std::min(text.size(), prefix.size());
    return text.substr(0, common) == prefix.substr(0, common);
}

// --- Version 1: "PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n", "PROXY UNKNOWN ...\r\n"

std::string_view next_word(std::string_view& line) {
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    return word;
}

net::address read_address(std::string_view text, net::family family) {
    const auto ip = net::address::try_parse(text);
    const bool has_scope = text.find('%') != std::string_view::npos;
    if (!ip || ip->family() != family || has_scope) refuse("no such address: " + quoted(text));
    return *ip;
}

std::uint16_t read_port(std::string_view text) {
    const auto number = from_digits<std::uint16_t>(text);
    if (!number || (text.size() > 1 && text[0] == '0')) refuse("no port: " + quoted(text));
    return *number;
}

proxy_header read_line(std::string_view line) {
    proxy_header header;
    header.version = 1;
    const std::string_view protocol = next_word(line);
    if (protocol == "UNKNOWN") {
        header.is_local = true;  // what follows says nothing (§2.1)
        return header;
    }
    if (protocol != "TCP4" && protocol != "TCP6") refuse("unknown protocol: " + quoted(protocol));
    if (std::ranges::count(line, ' ') != 3) refuse("not four fields: " + quoted(line));
    const auto family = protocol == "TCP4" ? net::family::inet : net::family::inet6;
    const net::address source = read_address(next_word(line), family);
    const net::address destination = read_address(next_word(line), family);
    const std::uint16_t from = read_port(next_word(line));
    const std::uint16_t to = read_port(next_word(line));
    header.source = net::endpoint(source, from);
    header.destination = net::endpoint(destination, to);
    return header;
}

std::optional<parsed_proxy_header> parse_v1(std::string_view received) {
    const std::string_view window = received.substr(0, v1_longest);
    const std::size_t end = window.find('\n');
    if (end == std::string_view::npos) {
        if (window.size() == v1_longest) refuse("a line of more than 107 bytes");
        return std::nullopt;
    }
    if (window[end - 1] != '\r') refuse("a line that does not end in CR LF");
    const std::string_view line = window.substr(v1_prefix.size(), end - 1 - v1_prefix.size());
    return parsed_proxy_header{read_line(line), end + 1};
}

// --- Version 2: signature, version and command, family, length, addresses, fields

std::uint8_t byte_at(std::string_view bytes, std::size_t place) noexcept {
    return static_cast<std::uint8_t>(bytes[place]);
}

std::uint16_t number_at(std::string_view bytes, std::size_t place) noexcept {
    return static_cast<std::uint16_t>(byte_at(bytes, place) << 8 | byte_at(bytes, place + 1));
}

std::size_t block_size(v2_family family) {
    switch (family) {
        case v2_family::unspecified:
            return 0;
        case v2_family::tcp4:
        case v2_family::udp4:
            return inet_block;
        case v2_family::tcp6:
        case v2_family::udp6:
            return inet6_block;
        case v2_family::unix_stream:
        case v2_family::unix_datagram:
            return unix_block;
    }
    refuse("unknown family and protocol " + std::to_string(static_cast<unsigned>(family)));
}

template <class Bytes>
net::address address_at(std::string_view block, std::size_t place) {
    Bytes bytes{};
    std::ranges::copy(block.substr(place, bytes.size()), bytes.begin());
    return net::address(bytes);
}

net::endpoint path_at(std::string_view block, std::size_t place) {
    const std::string_view room = block.substr(place, unix_path);
    if (room[0] != '\0') return net::endpoint::local(room.substr(0, room.find('\0')));
    const std::size_t last = room.find_last_not_of('\0');
    if (last == std::string_view::npos) return {};
    return net::endpoint::abstract(room.substr(1, last));
}

void read_addresses(proxy_header& header, v2_family family, std::string_view block) {
    using v4 = net::address::v4_bytes;
    using v6 = net::address::v6_bytes;
    header.is_datagram = (static_cast<unsigned>(family) & 0xF) == 2;
    switch (block.size()) {
        case inet_block:
            header.source = {address_at<v4>(block, 0), number_at(block, 8)};
            header.destination = {address_at<v4>(block, 4), number_at(block, 10)};
            break;
        case inet6_block:
            header.source = {address_at<v6>(block, 0), number_at(block, 32)};
            header.destination = {address_at<v6>(block, 16), number_at(block, 34)};
            break;
        case unix_block:
            if (block[unix_path - 1] != '\0' || block[unix_block - 1] != '\0')
                refuse("a path without an end");
            header.source = path_at(block, 0);
            header.destination = path_at(block, unix_path);
            break;
        default:
            header.is_local = true;  // AF_UNSPEC
    }
}

/// The checksum is that of the whole header with zeros in its own place (§2.2.3).
void must_match(std::string_view whole, std::size_t place, std::string_view sum) {
    if (sum.size() != 4) refuse("a checksum that is not 4 bytes");
    std::uint32_t made = crc32c(whole.substr(0, place));
    made = crc32c(std::string_view("\0\0\0\0", 4), made);
    made = crc32c(whole.substr(place + 4), made);
    const std::uint32_t said = std::uint32_t{number_at(sum, 0)} << 16 | number_at(sum, 2);
    if (made != said) refuse("the checksum is wrong");
}

void read_fields(proxy_header& header, std::string_view whole, std::size_t from,
                 const proxy_limits& within) {
    while (from < whole.size()) {
        if (whole.size() - from < 3) refuse("a field that is cut off");
        const std::uint8_t type = byte_at(whole, from);
        const std::size_t size = number_at(whole, from + 1);
        from += 3;
        if (whole.size() - from < size) refuse("a field that is longer than the header");
        const std::string_view value = whole.substr(from, size);
        if (type == proxy_header::checksum) {
            if (header.find(type)) refuse("two checksums");
            must_match(whole, from, value);
        }
        if (header.fields.size() >= within.fields) refuse("too many fields");
        header.fields.push_back({type, std::string(value)});
        from += size;
    }
}

std::optional<parsed_proxy_header> parse_v2(std::string_view received, const proxy_limits& within) {
    if (received.size() < v2_head) return std::nullopt;
    const unsigned version_and_command = byte_at(received, 12);
    if (version_and_command >> 4 != 2) refuse("unknown version");
    const unsigned command = version_and_command & 0xF;
    if (command > 1) refuse("unknown command");
    const std::size_t size = v2_head + number_at(received, 14);
    if (size > within.bytes) refuse("longer than " + std::to_string(within.bytes) + " bytes");
    if (received.size() < size) return std::nullopt;
    const std::string_view whole = received.substr(0, size);

    parsed_proxy_header parsed;
    parsed.size = size;
    parsed.header.is_local = command == 0;
    // LOCAL: the addresses say nothing, whatever they are (§2.2).
    if (parsed.header.is_local) return parsed;
    const auto family = static_cast<v2_family>(byte_at(received, 13));
    const std::size_t block = block_size(family);
    if (size - v2_head < block) refuse("addresses that are cut off");
    read_addresses(parsed.header, family, whole.substr(v2_head, block));
    read_fields(parsed.header, whole, v2_head + block, within);
    return parsed;
}

}  // namespace

std::optional<std::string_view> proxy_header::find(std::uint8_t type) const noexcept {
    const auto found = std::ranges::find(fields, type, &field::type);
    if (found == fields.end()) return std::nullopt;
    return found->value;
}

std::optional<parsed_proxy_header> parse_proxy_header(const_buffer received,
                                                      const proxy_limits& within) {
    const std::string_view bytes = received.text();
    if (begins_with_part(bytes, v2_signature)) return parse_v2(bytes, within);
    if (begins_with_part(bytes, v1_prefix)) return parse_v1(bytes);
    refuse("there is none: " + quoted(bytes.substr(0, v2_head)));
}

}  // namespace zocalo::serve
