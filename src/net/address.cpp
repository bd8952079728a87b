// SPDX-License-Identifier: MIT
// Printing and classifying IP addresses; reading them is in address_text.hpp.
#include "zocalo/net/address.hpp"

#include <ostream>

#include "core/hash.hpp"
#include "sys/interface.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/network.hpp"

namespace zocalo::net {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

std::string dotted(std::span<const std::uint8_t> bytes) {
    std::string text;
    for (const auto byte : bytes) {
        if (!text.empty()) text += '.';
        text += std::to_string(byte);
    }
    return text;
}

unsigned group_at(std::span<const std::uint8_t> bytes, std::size_t index) {
    return unsigned{bytes[2 * index]} << 8 | bytes[2 * index + 1];
}

/// Hexadecimal without leading zeros (RFC 5952 §4.1).
std::string short_hex(unsigned group) {
    std::string text;
    for (int shift = 12; shift >= 0; shift -= 4) {
        const unsigned digit = group >> shift & 0xF;
        if (digit != 0 || !text.empty() || shift == 0) text += hex_digits[digit];
    }
    return text;
}

struct run {
    std::size_t first = 0;
    std::size_t length = 0;
};

/// The longest run of zero groups, the first of equals, and only if it is of two at least (RFC 5952
/// §4.2).
run longest_zero_run(std::span<const std::uint8_t> bytes) {
    run best;
    run current;
    for (std::size_t i = 0; i < 8; ++i) {
        if (group_at(bytes, i) != 0) {
            current = {i + 1, 0};
        } else if (++current.length > best.length) {
            best = current;
        }
    }
    return best.length >= 2 ? best : run{8, 0};
}

std::string colons(std::span<const std::uint8_t> bytes) {
    const run zeros = longest_zero_run(bytes);
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == zeros.first) {
            text += "::";
            i += zeros.length - 1;
            continue;
        }
        if (!text.empty() && text.back() != ':') text += ':';
        text += short_hex(group_at(bytes, i));
    }
    return text;
}

struct block {
    network addresses;
    bool global;  // an exception within a larger block that is not global
};

using literals::operator""_net;

/// IANA's special-purpose address registries (RFC 6890 and its updates); a more specific line comes
/// first.
constexpr block special_blocks[] = {
    {"192.0.0.9/32"_net, true},     {"192.0.0.10/32"_net, true},   {"0.0.0.0/8"_net, false},
    {"10.0.0.0/8"_net, false},      {"100.64.0.0/10"_net, false},  {"127.0.0.0/8"_net, false},
    {"169.254.0.0/16"_net, false},  {"172.16.0.0/12"_net, false},  {"192.0.0.0/24"_net, false},
    {"192.0.2.0/24"_net, false},    {"192.168.0.0/16"_net, false}, {"198.18.0.0/15"_net, false},
    {"198.51.100.0/24"_net, false}, {"203.0.113.0/24"_net, false}, {"240.0.0.0/4"_net, false},
    {"2001:1::1/128"_net, true},    {"2001:1::2/128"_net, true},   {"2001:3::/32"_net, true},
    {"2001:4:112::/48"_net, true},  {"2001:20::/28"_net, true},    {"2001:30::/28"_net, true},
    {"::/128"_net, false},          {"::1/128"_net, false},        {"64:ff9b:1::/48"_net, false},
    {"100::/64"_net, false},        {"2001::/23"_net, false},      {"2001:db8::/32"_net, false},
    {"2002::/16"_net, false},       {"3fff::/20"_net, false},      {"5f00::/16"_net, false},
    {"fc00::/7"_net, false},        {"fe80::/10"_net, false},
};

/// The one behind a translator's (RFC 6052), or in the old form ::a.b.c.d, which some still route.
address translated(const address& from) noexcept {
    constexpr network prefixes[] = {"64:ff9b::/96"_net, "::/96"_net};
    const auto bytes = from.bytes();
    for (const network& each : prefixes) {
        const bool is_one = each.contains(from) && !from.is_loopback() && !from.is_unspecified();
        if (is_one) return address::v4(bytes[12], bytes[13], bytes[14], bytes[15]);
    }
    return from.unmapped();
}

[[noreturn]] void refuse(std::string_view text, std::string_view form) {
    throw std::invalid_argument("address " + quoted(text) + ": not " + std::string(form));
}

}  // namespace

namespace detail {

std::optional<std::uint32_t> scope_index(std::string_view name) noexcept {
    const unsigned index = sys::interface_index(name);
    return index != 0 ? std::optional<std::uint32_t>(index) : std::nullopt;
}

}  // namespace detail

address address::parse(std::string_view text) {
    if (const auto parsed = try_parse(text)) return *parsed;
    if (text.find('%') != std::string_view::npos) {
        refuse(text, "IPv6 text with a scope that is a number or the name of an interface");
    }
    if (text.find(':') != std::string_view::npos) refuse(text, "IPv6 text (RFC 4291)");
    refuse(text, "four decimal numbers of 0 to 255 without leading zeros");
}

address address::parse_liberal(std::string_view text) {
    if (const auto parsed = try_parse_liberal(text)) return *parsed;
    refuse(text, "an IPv4 address in any spelling of inet_aton, nor an IPv6 address");
}

bool address::is_private() const noexcept {
    const address plain = translated(*this);
    for (const auto& block : special_blocks) {
        if (block.addresses.contains(plain)) return !block.global;
    }
    return false;
}

bool address::is_global() const noexcept {
    const address plain = translated(*this);
    return !plain.is_private() && !plain.is_multicast() && !plain.is_unspecified();
}

std::string address::to_string() const {
    if (is_v4()) return dotted(bytes());
    std::string text = is_v4_mapped() ? "::ffff:" + dotted(bytes().subspan(12)) : colons(bytes());
    if (scope_ != 0) text += '%' + std::to_string(scope_);
    return text;
}

std::string address::exploded() const {
    if (is_v4()) return dotted(bytes());
    std::string text;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i != 0 && i % 2 == 0) text += ':';
        text += {hex_digits[bytes_[i] >> 4], hex_digits[bytes_[i] & 15]};
    }
    if (scope_ != 0) text += '%' + std::to_string(scope_);
    return text;
}

std::string address::reverse_pointer() const {
    std::string text;
    const auto all = bytes();
    for (auto byte = all.rbegin(); byte != all.rend(); ++byte) {
        if (is_v4()) {
            text += std::to_string(*byte) + '.';
        } else {
            text += {hex_digits[*byte & 15], '.', hex_digits[*byte >> 4], '.'};
        }
    }
    return text + (is_v4() ? "in-addr.arpa" : "ip6.arpa");
}

std::ostream& operator<<(std::ostream& out, const address& value) {
    return out << value.to_string();
}

}  // namespace zocalo::net

std::size_t std::hash<zocalo::net::address>::operator()(
    const zocalo::net::address& value) const noexcept {
    const auto bytes = value.bytes();
    return zocalo::hash_bytes(bytes.data(), bytes.size()) ^ value.scope();
}
