// SPDX-License-Identifier: MIT
#include "zocalo/net/network.hpp"

#include <algorithm>
#include <ostream>

#include "core/hash.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::net {

namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view text, std::string_view why) {
    throw std::invalid_argument(std::string(what) + ' ' + quoted(text) + ": " + std::string(why));
}

/// The largest network that begins at `first` and does not reach past `last`.
network largest_within(const address& first, const address& last) {
    for (unsigned prefix = 0;; ++prefix) {
        const network candidate = network::of(first, prefix);
        if (candidate.first() == first && candidate.last() <= last) return candidate;
    }
}

bool are_halves_of_one(const network& a, const network& b) {
    return a.prefix() == b.prefix() && a.prefix() > 0 && a.family() == b.family() &&
           a.supernet() == b.supernet();
}

}  // namespace

// --- address_range

void address_range::refuse(const address& first, const address& last) {
    throw std::invalid_argument("address range " + first.to_string() + '-' + last.to_string() +
                                (first.family() != last.family()
                                     ? ": IPv4 and IPv6 do not make a range"
                                     : ": ends before it begins"));
}

address_range address_range::parse(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = address::try_parse(text.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? std::nullopt : address::try_parse(text.substr(dash + 1));
    if (!first || !last || text.find('%') != std::string_view::npos) {
        net::refuse("address range", text, "not ADDRESS-ADDRESS");
    }
    return {*first, *last};
}

std::vector<network> address_range::summarise() const {
    std::vector<network> networks;
    for (std::optional<address> next = first_; next && *next <= last_;) {
        networks.push_back(largest_within(*next, last_));
        next = networks.back().last().next();
    }
    return networks;
}

std::string address_range::to_string() const {
    return first_.to_string() + '-' + last_.to_string();
}

std::ostream& operator<<(std::ostream& out, const address_range& value) {
    return out << value.to_string();
}

// --- network

void network::refuse_prefix(const address& ip, unsigned prefix) {
    throw std::invalid_argument("network " + ip.to_string() + '/' + std::to_string(prefix) +
                                ": the prefix is out of range");
}

void network::refuse_host_bits(const address& first, unsigned prefix) {
    throw std::invalid_argument("network " + first.to_string() + '/' + std::to_string(prefix) +
                                ": bits behind the prefix are set; its network is " +
                                of(first, prefix).to_string());
}

network network::parse(std::string_view text) {
    if (const auto parsed = try_parse(text)) return *parsed;
    const auto slash = text.find('/');
    if (text.find('%') != std::string_view::npos) net::refuse("network", text, "has a scope");
    const auto ip = address::try_parse(text.substr(0, slash));
    if (!ip) net::refuse("network", text, "does not begin with an IP address");
    const auto prefix = parse_prefix(*ip, text.substr(slash + 1));
    if (!prefix) {
        net::refuse("network", text,
                    ip->is_v6() ? "the prefix is not a number of 0 to 128"
                                : "the prefix is neither a number of 0 to 32 nor a mask");
    }
    refuse_host_bits(*ip, *prefix);
}

std::vector<network> network::without(const network& hole) const {
    if (hole.contains(*this)) return {};
    std::vector<network> left;
    if (!contains(hole)) return {*this};
    for (unsigned prefix = prefix_ + 1; prefix <= hole.prefix_; ++prefix) {
        for (const network& half : hole.supernet(prefix - 1).subnets()) {
            if (!half.contains(hole)) left.push_back(half);
        }
    }
    std::sort(left.begin(), left.end());
    return left;
}

std::string network::to_string() const {
    return first_.to_string() + '/' + std::to_string(prefix_);
}

std::ostream& operator<<(std::ostream& out, const network& value) {
    return out << value.to_string();
}

std::vector<network> collapse(std::span<const network> networks) {
    std::vector<network> sorted(networks.begin(), networks.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<network> merged;
    for (const network& next : sorted) {
        if (!merged.empty() && merged.back().contains(next)) continue;
        merged.push_back(next);
        while (merged.size() >= 2 && are_halves_of_one(merged.end()[-2], merged.back())) {
            merged.pop_back();
            merged.back() = merged.back().supernet();
        }
    }
    return merged;
}

}  // namespace zocalo::net

std::size_t std::hash<zocalo::net::network>::operator()(
    const zocalo::net::network& value) const noexcept {
    return std::hash<zocalo::net::address>{}(value.first()) ^ value.prefix();
}

std::size_t std::hash<zocalo::net::address_range>::operator()(
    const zocalo::net::address_range& value) const noexcept {
    const std::string text = value.to_string();
    return zocalo::hash_bytes(text.data(), text.size());
}
