// SPDX-License-Identifier: MIT
// Writing a question: RFC 1035 §4.1, with the record of RFC 6891 §6.1.2 behind it.
#include <optional>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/dns.hpp"

namespace zocalo::net::dns {

namespace {

constexpr std::size_t longest_name = 255;  // bytes on the wire, RFC 1035 §2.3.4
constexpr std::size_t longest_label = 63;

void put_u16(std::string& out, std::size_t value) {
    out += static_cast<char>(value >> 8 & 0xFF);
    out += static_cast<char>(value & 0xFF);
}

/// The byte behind a backslash, which is taken off the front; nothing when it spells none.
std::optional<char> escaped_byte(std::string_view& rest) {
    if (rest.empty()) return std::nullopt;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const char first = rest.front();
    if (!is_digit(first)) {
        rest.remove_prefix(1);
        return first;
    }
    if (rest.size() < 3 || !is_digit(rest[1]) || !is_digit(rest[2])) return std::nullopt;
    const int number = (first - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
    rest.remove_prefix(3);
    return number > 255 ? std::nullopt : std::optional(static_cast<char>(number));
}

/// The next label and the dot behind it, both taken off the front; nothing when it can be none.
std::optional<std::string> next_label(std::string_view& rest) {
    std::string label;
    while (!rest.empty()) {
        const char c = rest.front();
        rest.remove_prefix(1);
        if (c == '.') break;
        const auto byte = c == '\\' ? escaped_byte(rest) : std::optional(c);
        if (!byte) return std::nullopt;
        label += *byte;
    }
    const bool fits = !label.empty() && label.size() <= longest_label;
    return fits ? std::optional(std::move(label)) : std::nullopt;
}

void put_name(std::string& out, std::string_view name) {
    const std::size_t start = out.size();
    for (std::string_view rest = name; !rest.empty();) {
        const auto label = next_label(rest);
        if (!label) throw std::invalid_argument("there can be no name " + quoted(name));
        out += static_cast<char>(label->size());
        out += *label;
    }
    out += '\0';
    if (out.size() - start > longest_name) {
        throw std::invalid_argument("the name is too long: " + quoted(name));
    }
}

/// The options of EDNS are a header and zeros (RFC 7830) up to a whole number of blocks.
void put_padding(std::string& out, std::size_t block) {
    constexpr std::size_t padding = 12;
    constexpr std::size_t header_size = 4;
    if (block == 0) return put_u16(out, 0);
    const std::size_t before = out.size() + 2 + header_size;
    const std::size_t zeros = (block - before % block) % block;
    put_u16(out, header_size + zeros);
    put_u16(out, padding);
    put_u16(out, zeros);
    out.append(zeros, '\0');
}

}  // namespace

std::string question::encode() const {
    constexpr std::size_t recursion_desired = 0x0100;
    constexpr std::size_t internet = 1;
    constexpr std::size_t edns = 41;
    std::string out;
    put_u16(out, id);
    put_u16(out, recursive ? recursion_desired : 0);
    const bool has_edns = datagram_size != 0;
    for (const std::size_t count : {1U, 0U, 0U, has_edns ? 1U : 0U})  // one question, no answers
        put_u16(out, count);
    put_name(out, name);
    put_u16(out, static_cast<std::size_t>(type));
    put_u16(out, internet);
    if (!has_edns) return out;
    out += '\0';  // the root
    put_u16(out, edns);
    put_u16(out, datagram_size);
    out.append(4, '\0');  // version 0, no flags
    put_padding(out, padding_block);
    return out;
}

}  // namespace zocalo::net::dns
