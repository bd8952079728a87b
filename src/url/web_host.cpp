// SPDX-License-Identifier: MIT
// The names are those of the URL Standard, §3.5 to §3.7: https://url.spec.whatwg.org/.
#include "url/web_host.hpp"
#include "core/ascii.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>

#include "net/ascii_host.hpp"
#include "url/escape_sequence.hpp"
#include "url/host_name.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::url {

namespace {

using namespace std::string_view_literals;

constexpr byte_set forbidden_host_code_points("\0\t\n\r #/:<>?@[\\]^|"sv);
constexpr byte_set forbidden_domain_code_points =
    forbidden_host_code_points | byte_set::range(0, 0x1F) | byte_set("%\x7F");
constexpr byte_set c0_control = byte_set::range(0, 0x1F) | byte_set::range(0x7F, 0xFF);

using pieces = std::array<unsigned, 8>;

pieces pieces_of(const net::address& ip) noexcept {
    pieces all{};
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = unsigned{ip.bytes()[2 * i]} << 8 | ip.bytes()[2 * i + 1];
    return all;
}

struct gap {
    std::size_t begin = 8;
    std::size_t size = 0;
};

/// The first longest run of zeros, of two pieces at least.
gap longest_gap(const pieces& all) noexcept {
    gap longest{8, 1};
    for (std::size_t begin = 0; begin < all.size(); ++begin) {
        std::size_t end = begin;
        while (end < all.size() && all[end] == 0)
            ++end;
        if (end - begin > longest.size) longest = {begin, end - begin};
    }
    return longest;
}

/// Hexadecimal throughout, where net::address shows an IPv4 address within.
std::string ipv6_text(const net::address& ip) {
    const pieces all = pieces_of(ip);
    const gap zeros = longest_gap(all);
    std::string text = "[";
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == zeros.begin) {
            text += i == 0 ? "::" : ":";
            i += zeros.size - 1;
            continue;
        }
        char digits[4];
        text.append(digits, std::to_chars(digits, digits + 4, all[i], 16).ptr);
        if (i != 7) text += ':';
    }
    return text += ']';
}

std::optional<std::string> ipv6(std::string_view text) {
    if (!text.ends_with(']') || text.find('%') != std::string_view::npos) return std::nullopt;
    const auto ip = net::address::try_parse(text.substr(1, text.size() - 2));
    return ip && ip->is_v6() ? std::optional(ipv6_text(*ip)) : std::nullopt;
}

/// In lower case. As inet_aton(3), but for `0x`, which is 0 here, and a dot at the end.
std::optional<std::string> ipv4(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    std::string parts;
    for (std::string_view rest = name;;) {
        const auto dot = rest.find('.');
        const auto part = rest.substr(0, dot);
        parts += part == "0x" ? "0" : part;
        if (dot == std::string_view::npos) break;
        parts += '.';
        rest.remove_prefix(dot + 1);
    }
    const auto ip = net::address::try_parse_liberal(parts);
    return ip ? std::optional(ip->to_string()) : std::nullopt;
}

/// "Domain to ASCII". Names that are ASCII keep whatever they have.
std::optional<std::string> ascii_domain(const std::string& domain) {
    std::string small = lower(domain);
    const bool is_plain = byte_set::range(0, 0x7F).has_all(small);
    if (is_plain && small.find("xn--") == std::string::npos) return small;
    try {
        return net::idna_name_or_address(domain);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

std::optional<std::string> opaque_host(std::string_view text) {
    if (!(~forbidden_host_code_points).has_all(text)) return std::nullopt;
    std::string host;
    append_escaped(host, text, ~c0_control);
    return host;
}

}  // namespace

std::optional<std::string> parse_web_host(std::string_view text, bool is_special) {
    if (text.starts_with('[')) return ipv6(text);
    if (!is_special) return opaque_host(text);
    auto domain = ascii_domain(unquote(text));
    if (!domain || domain->empty()) return std::nullopt;
    if (!(~forbidden_domain_code_points).has_all(*domain)) return std::nullopt;
    if (ends_in_number(*domain)) return ipv4(*domain);
    return domain;
}

std::string why_idna_refuses(std::string_view text) {
    const std::string domain = unquote(text);
    if (text.starts_with('[') || ascii_domain(domain)) return "";
    try {
        (void)net::idna_name_or_address(domain);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "";
}

}  // namespace zocalo::url
