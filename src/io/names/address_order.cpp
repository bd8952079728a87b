// SPDX-License-Identifier: MIT
// RFC 6724 §6 without what a program cannot know: which addresses are deprecated (rule 3), homes
// (rule 4) or reached through a tunnel (rule 7).
#include "io/names/address_order.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace zocalo::io::detail {

namespace {

using bytes = net::address::v6_bytes;

struct policy {
    bytes prefix;
    int bits;
    int precedence;
    int label;
};

/// The table of §2.1, the longest prefixes first.
constexpr policy policies[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, 50, 0},  // ::1
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96, 35, 4},         // IPv4
    {{}, 96, 1, 3},                                                  // IPv4-compatible
    {{0x20, 0x01}, 32, 5, 5},                                        // Teredo
    {{0x20, 0x02}, 16, 30, 2},                                       // 6to4
    {{0x3F, 0xFE}, 16, 1, 12},                                       // 6bone
    {{0xFE, 0xC0}, 10, 1, 11},                                       // site-local
    {{0xFC}, 7, 3, 13},                                              // unique local
    {{}, 0, 40, 1},
};

int common_bits(const bytes& one, const bytes& other) {
    for (std::size_t i = 0; i < one.size(); ++i) {
        const auto differ = static_cast<std::uint8_t>(one[i] ^ other[i]);
        if (differ != 0) return static_cast<int>(i) * 8 + std::countl_zero(differ);
    }
    return 128;
}

bytes wide(const net::address& ip) {
    const net::address mapped = ip.mapped();
    bytes all{};
    std::ranges::copy(mapped.bytes(), all.begin());
    return all;
}

const policy& policy_of(const net::address& ip) {
    const bytes all = wide(ip);
    return *std::ranges::find_if(
        policies, [&](const policy& each) { return common_bits(all, each.prefix) >= each.bits; });
}

/// §3.1 and §3.2; the numbers are those of RFC 4291 §2.7.
int scope_of(const net::address& ip) {
    constexpr int link_local = 2;
    constexpr int site_local = 5;
    constexpr int global = 14;
    if (ip.is_v6() && ip.is_multicast()) return ip.bytes()[1] & 0xF;
    if (ip.is_link_local() || ip.is_loopback()) return link_local;
    if (ip.is_v6() && ip.bytes()[0] == 0xFE && (ip.bytes()[1] & 0xC0) == 0xC0) return site_local;
    return global;
}

struct candidate {
    net::address to;
    std::optional<net::address> from;
    std::size_t place;  ///< where it was

    [[nodiscard]] bool same_scope() const { return scope_of(to) == scope_of(*from); }
    [[nodiscard]] bool same_label() const { return policy_of(to).label == policy_of(*from).label; }
    /// Of IPv6 only: IPv4 networks are cut up differently.
    [[nodiscard]] int prefix() const {
        if (to.is_v4()) return 0;
        return std::min(common_bits(wide(to), wide(*from)), 64);
    }
};

bool goes_first(const candidate& a, const candidate& b) {
    if (a.from.has_value() != b.from.has_value()) return a.from.has_value();  // rule 1
    if (!a.from) return a.place < b.place;
    if (a.same_scope() != b.same_scope()) return a.same_scope();  // rule 2
    if (a.same_label() != b.same_label()) return a.same_label();  // rule 5
    const int precedence = policy_of(a.to).precedence - policy_of(b.to).precedence;
    if (precedence != 0) return precedence > 0;  // rule 6
    const int scope = scope_of(a.to) - scope_of(b.to);
    if (scope != 0) return scope < 0;                              // rule 8
    if (a.prefix() != b.prefix()) return a.prefix() > b.prefix();  // rule 9
    return a.place < b.place;                                      // rule 10
}

}  // namespace

void sort_for_connecting(std::vector<net::address>& addresses, name_source& names) {
    if (addresses.size() < 2) return;
    std::vector<candidate> all;
    for (const net::address& each : addresses)
        all.push_back({each, names.source_for(each), all.size()});
    std::ranges::sort(all, goes_first);
    std::ranges::transform(all, addresses.begin(), &candidate::to);
}

}  // namespace zocalo::io::detail
