// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>

#include "zocalo/core/number.hpp"
#include "zocalo/net/address.hpp"

/// How addresses are read from text; in a header so that addresses can be constants.
///
/// The grammar of IPv6 text is RFC 4291 §2.2; that of the liberal IPv4 forms is inet_aton(3).
namespace zocalo::net {

namespace detail {

/// The interface that a scope names: its number in digits, or its name; nothing when there is none.
std::optional<std::uint32_t> scope_index(std::string_view name) noexcept;

constexpr std::string_view take_until(std::string_view& text, char end) noexcept {
    const auto at = text.find(end);
    const auto piece = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return piece;
}

/// Exactly four numbers of 0 to 255, with no leading zero: `010` is 8 to some programs and 10 to
/// others.
constexpr std::optional<address::v4_bytes> parse_dotted_quad(std::string_view text) noexcept {
    address::v4_bytes bytes{};
    for (std::size_t i = 0; i < 4; ++i) {
        if (i < 3 && text.find('.') == std::string_view::npos) return std::nullopt;
        const auto part = i < 3 ? take_until(text, '.') : text;
        const auto number = from_digits<std::uint8_t>(part);
        if (!number || (part.size() > 1 && part[0] == '0')) return std::nullopt;
        bytes[i] = *number;
    }
    return bytes;
}

/// Appends the groups of one side of `::`; an IPv4 tail fills two. False when a group is malformed.
constexpr bool parse_groups(std::string_view text, bool may_end_in_v4, address::v6_bytes& bytes,
                            std::size_t& used) noexcept {
    for (;;) {
        const bool last = text.find(':') == std::string_view::npos;
        const auto group = take_until(text, ':');
        if (last && may_end_in_v4 && group.find('.') != std::string_view::npos) {
            const auto quad = parse_dotted_quad(group);
            if (!quad || used > 12) return false;
            for (const auto byte : *quad)
                bytes[used++] = byte;
            return true;
        }
        const auto number = group.size() > 4 ? std::nullopt : from_digits<std::uint16_t>(group, 16);
        if (!number || used > 14) return false;
        bytes[used++] = static_cast<std::uint8_t>(*number >> 8);
        bytes[used++] = static_cast<std::uint8_t>(*number & 0xFF);
        if (last) return true;
    }
}

constexpr std::optional<address::v6_bytes> parse_v6(std::string_view text) noexcept {
    const auto gap = text.find("::");
    address::v6_bytes head{};
    std::size_t head_size = 0;
    if (gap == std::string_view::npos) {
        if (!parse_groups(text, true, head, head_size) || head_size != 16) return std::nullopt;
        return head;
    }
    const auto before = text.substr(0, gap);
    const auto after = text.substr(gap + 2);
    address::v6_bytes tail{};
    std::size_t tail_size = 0;
    if (!before.empty() && !parse_groups(before, false, head, head_size)) return std::nullopt;
    if (!after.empty() && !parse_groups(after, true, tail, tail_size)) return std::nullopt;
    if (head_size + tail_size > 14) return std::nullopt;  // `::` stands for at least one group
    for (std::size_t i = 0; i < tail_size; ++i)
        head[16 - tail_size + i] = tail[i];
    return head;
}

/// One part of an inet_aton form: `10`, `012` or `0xa`.
constexpr std::optional<std::uint32_t> parse_c_number(std::string_view part) noexcept {
    if (part.size() > 2 && part[0] == '0' && (part[1] == 'x' || part[1] == 'X')) {
        return from_digits<std::uint32_t>(part.substr(2), 16);
    }
    if (part.size() > 1 && part[0] == '0') return from_digits<std::uint32_t>(part.substr(1), 8);
    return from_digits<std::uint32_t>(part);
}

constexpr std::optional<std::uint32_t> parse_inet_aton(std::string_view text) noexcept {
    std::uint32_t number = 0;
    unsigned bits_left = 32;
    for (int part_count = 0; part_count < 4; ++part_count) {
        const bool last = text.find('.') == std::string_view::npos;
        const auto part = parse_c_number(take_until(text, '.'));
        if (!part) return std::nullopt;
        if (last) {
            if (bits_left < 32 && *part >> bits_left != 0) return std::nullopt;
            return number | *part;
        }
        if (*part > 0xFF || bits_left == 8) return std::nullopt;
        bits_left -= 8;
        number |= *part << bits_left;
    }
    return std::nullopt;
}

}  // namespace detail

constexpr std::optional<address> address::try_parse(std::string_view text) noexcept {
    if (text.find(':') == std::string_view::npos) {
        const auto quad = detail::parse_dotted_quad(text);
        return quad ? std::optional(address(*quad)) : std::nullopt;
    }
    const auto percent = text.find('%');
    const auto bytes = detail::parse_v6(text.substr(0, percent));
    if (!bytes) return std::nullopt;
    if (percent == std::string_view::npos) return address(*bytes);
    const auto name = text.substr(percent + 1);
    const auto index = from_digits<std::uint32_t>(name);
    if (index) return address(*bytes, *index);
    const auto named = detail::scope_index(name);
    return named ? std::optional(address(*bytes, *named)) : std::nullopt;
}

constexpr std::optional<address> address::try_parse_liberal(std::string_view text) noexcept {
    if (const auto strict = try_parse(text)) return strict;
    const auto number = detail::parse_inet_aton(text);
    return number ? std::optional(address(*number)) : std::nullopt;
}

namespace literals {

/// An address that the compiler checks: `"192.0.2.1"_ip`, `"2001:db8::1"_ip`.
consteval address operator""_ip(const char* text, std::size_t size) {
    const auto parsed = address::try_parse({text, size});
    if (!parsed) throw std::invalid_argument("not an IP address");
    return *parsed;
}

}  // namespace literals

}  // namespace zocalo::net
