// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <iosfwd>
#include <iterator>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/address.hpp"
#include "zocalo/net/address_range.hpp"

/// IP networks as values: an address and how many of its bits are the network's (RFC 4632).
namespace zocalo::net {

class subnet_range;

/// A network such as 10.0.0.0/8 or 2001:db8::/32; a plain value that can be compared, hashed and
/// used in constants.
///
/// IPv4 and IPv6 are never mixed: 10.0.0.0/8 does not contain ::ffff:10.0.0.1; ask about
/// `ip.unmapped()` when a peer may show itself like that. Networks have no scope; that of an
/// address does not count. Order: by first address, then the larger network first. The default
/// value is 0.0.0.0/0, every IPv4 address.
class network {
 public:
    constexpr network() noexcept = default;

    /// Throws std::invalid_argument when the prefix is longer than the address or when bits behind
    /// it are set: that is a typing error as often as not. `of()` clears them.
    constexpr network(const address& first, unsigned prefix) : network(of(first, prefix)) {
        if (first_ != first.with_scope(0)) refuse_host_bits(first, prefix);
    }

    /// The network of that size in which `ip` is. Throws std::invalid_argument when the prefix is
    /// longer than the address.
    static constexpr network of(const address& ip, unsigned prefix) {
        if (prefix > ip.bytes().size() * 8) refuse_prefix(ip, prefix);
        network result;
        result.first_ = with_host_bits(ip, prefix, false);
        result.prefix_ = prefix;
        return result;
    }

    /// Reads `10.0.0.0/8`, `2001:db8::/32`, `10.0.0.0/255.0.0.0`, or an address alone, which is a
    /// network of one. Addresses are strict, and bits behind the prefix must be 0.
    ///
    /// Throws std::invalid_argument that shows the text and says what is wrong with it.
    static network parse(std::string_view text);
    static constexpr std::optional<network> try_parse(std::string_view text) noexcept;

    /// Its first address, which names it, and its last one (in IPv4 the broadcast address).
    [[nodiscard]] constexpr const address& first() const noexcept { return first_; }
    [[nodiscard]] constexpr address last() const noexcept {
        return with_host_bits(first_, prefix_, true);
    }
    [[nodiscard]] constexpr address_range range() const { return {first(), last()}; }

    [[nodiscard]] constexpr unsigned prefix() const noexcept { return prefix_; }
    /// 32 or 128.
    [[nodiscard]] constexpr unsigned max_prefix() const noexcept {
        return first_.is_v6() ? 128 : 32;
    }
    [[nodiscard]] constexpr net::family family() const noexcept { return first_.family(); }
    /// The mask as an address: 255.0.0.0; and its opposite: 0.255.255.255.
    [[nodiscard]] constexpr address netmask() const noexcept {
        return with_host_bits(with_host_bits(first_, 0, true), prefix_, false);
    }
    [[nodiscard]] constexpr address hostmask() const noexcept {
        return with_host_bits(with_host_bits(first_, 0, false), prefix_, true);
    }

    [[nodiscard]] constexpr bool contains(const address& ip) const noexcept {
        return ip.is_v6() == first_.is_v6() && with_host_bits(ip, prefix_, false) == first_;
    }
    /// Whether all of `other` lies within, the same one included.
    [[nodiscard]] constexpr bool contains(const network& other) const noexcept {
        return other.prefix_ >= prefix_ && contains(other.first_);
    }
    [[nodiscard]] constexpr bool overlaps(const network& other) const noexcept {
        return contains(other) || other.contains(*this);
    }

    /// How many addresses; nothing when it is 2^64 or more.
    [[nodiscard]] constexpr std::optional<std::uint64_t> size() const noexcept {
        const unsigned bits = max_prefix() - prefix_;
        return bits < 64 ? std::optional(std::uint64_t{1} << bits) : std::nullopt;
    }

    /// The addresses that hosts may have: in IPv4 all but the first and the last, in IPv6 all but
    /// the first (the routers' anycast address); networks of one or two have no such exceptions
    /// (RFC 3021, RFC 6164).
    [[nodiscard]] constexpr address_range hosts() const {
        if (max_prefix() - prefix_ < 2) return range();
        if (first_.is_v6()) return {*first_.next(), last()};
        return {*first_.next(), address(last().to_uint() - 1)};
    }
    /// All addresses: `for (address ip : "192.0.2.0/28"_net)`.
    [[nodiscard]] constexpr address_range::iterator begin() const noexcept {
        return {first(), last()};
    }
    [[nodiscard]] constexpr std::default_sentinel_t end() const noexcept { return {}; }

    /// The network of the same size behind this one; nothing after the last one.
    [[nodiscard]] constexpr std::optional<network> next() const noexcept {
        const auto beyond = last().next();
        return beyond ? std::optional(of(*beyond, prefix_)) : std::nullopt;
    }

    /// The networks of prefix `prefix` that this one is made of, one after the other as they are
    /// asked for. Throws std::invalid_argument when `prefix` is shorter than this one's or too
    /// long.
    [[nodiscard]] constexpr subnet_range subnets(unsigned prefix) const;
    /// Its two halves.
    [[nodiscard]] constexpr subnet_range subnets() const;

    /// The network of prefix `prefix` around this one. Throws std::invalid_argument when `prefix`
    /// is longer than this one's.
    [[nodiscard]] constexpr network supernet(unsigned prefix) const {
        if (prefix > prefix_) refuse_prefix(first_, prefix);
        return of(first_, prefix);
    }
    /// The one that is twice as large; the whole address space stays itself.
    [[nodiscard]] constexpr network supernet() const {
        return supernet(prefix_ == 0 ? 0 : prefix_ - 1);
    }

    /// What is left without `hole`, as few networks as possible, in order; this network alone when
    /// they have nothing in common.
    [[nodiscard]] std::vector<network> without(const network& hole) const;

    /// `10.0.0.0/8`.
    [[nodiscard]] std::string to_string() const;

    friend constexpr bool operator==(const network&, const network&) noexcept = default;
    friend constexpr auto operator<=>(const network&, const network&) noexcept = default;

 private:
    /// `ip` with all bits behind the prefix set to `on`, without its scope.
    static constexpr address with_host_bits(const address& ip, unsigned prefix, bool on) noexcept {
        address::v6_bytes bytes{};
        const auto from = ip.bytes();
        for (unsigned i = 0; i < from.size(); ++i) {
            const unsigned rest = prefix - std::min(prefix, 8 * i);
            const unsigned kept = std::min(rest, 8U);
            const unsigned mask = 0xFF00U >> kept & 0xFF;
            bytes[i] = static_cast<std::uint8_t>((from[i] & mask) | (on ? 0xFF & ~mask : 0));
        }
        if (ip.is_v6()) return address(bytes);
        return address::v4(bytes[0], bytes[1], bytes[2], bytes[3]);
    }
    static constexpr std::optional<unsigned> parse_prefix(const address& ip,
                                                          std::string_view text) noexcept;
    [[noreturn]] static void refuse_prefix(const address& ip, unsigned prefix);
    [[noreturn]] static void refuse_host_bits(const address& first, unsigned prefix);

    address first_;
    unsigned prefix_ = 0;
};

std::ostream& operator<<(std::ostream& out, const network& value);

/// As few networks as possible with exactly the addresses of all of `networks`, in order.
[[nodiscard]] std::vector<network> collapse(std::span<const network> networks);

/// The parts of a network, made one after the other.
class subnet_range {
 public:
    using iterator = detail::value_iterator<network>;

    constexpr subnet_range(const network& whole, unsigned prefix)
        : first_(network::of(whole.first(), prefix)), last_(network::of(whole.last(), prefix)) {}

    [[nodiscard]] constexpr iterator begin() const noexcept { return {first_, last_}; }
    [[nodiscard]] constexpr std::default_sentinel_t end() const noexcept { return {}; }

 private:
    network first_;
    network last_;
};

constexpr subnet_range network::subnets(unsigned prefix) const {
    if (prefix < prefix_) refuse_prefix(first_, prefix);
    return {*this, prefix};
}
constexpr subnet_range network::subnets() const {
    return subnets(prefix_ + 1);
}

constexpr std::optional<unsigned> network::parse_prefix(const address& ip,
                                                        std::string_view text) noexcept {
    const auto number = from_digits<unsigned>(text);
    if (number) {
        const bool leading_zero = text.size() > 1 && text[0] == '0';
        if (leading_zero || *number > (ip.is_v6() ? 128U : 32U)) return std::nullopt;
        return number;
    }
    const auto mask = ip.is_v4() ? address::try_parse(text) : std::nullopt;
    if (!mask || mask->is_v6()) return std::nullopt;
    for (unsigned prefix = 0; prefix <= 32; ++prefix) {
        if (with_host_bits(address::broadcast(), prefix, false) == *mask) return prefix;
    }
    return std::nullopt;
}

constexpr std::optional<network> network::try_parse(std::string_view text) noexcept {
    const auto slash = text.find('/');
    const auto ip = address::try_parse(text.substr(0, slash));
    if (!ip || text.find('%') != std::string_view::npos) return std::nullopt;
    const unsigned all = ip->is_v6() ? 128 : 32;
    const auto prefix = slash == std::string_view::npos ? std::optional(all)
                                                        : parse_prefix(*ip, text.substr(slash + 1));
    if (!prefix) return std::nullopt;
    const network parsed = of(*ip, *prefix);
    return parsed.first_ == *ip ? std::optional(parsed) : std::nullopt;
}

namespace literals {

/// A network that the compiler checks: `"10.0.0.0/8"_net`.
consteval network operator""_net(const char* text, std::size_t size) {
    const auto parsed = network::try_parse({text, size});
    if (!parsed) throw std::invalid_argument("not an IP network");
    return *parsed;
}

}  // namespace literals

}  // namespace zocalo::net

template <>
struct std::hash<zocalo::net::network> {
    std::size_t operator()(const zocalo::net::network& value) const noexcept;
};
