// SPDX-License-Identifier: MIT
#include "io/names/multicast_places.hpp"

#include <algorithm>

#include "zocalo/net/interface.hpp"
#include "zocalo/net/multicast.hpp"

namespace zocalo::io::detail {

namespace {

constexpr std::uint16_t port = 5353;
constexpr int most_hops = 255;  // RFC 6762 §11

bool is_wanted(const net::interface& one, const std::vector<std::uint32_t>& only) {
    using flag = net::interface_flag;
    if (!only.empty()) return std::ranges::find(only, one.index) != only.end();
    constexpr flag needed = flag::up | flag::multicast;
    return (one.flags & needed) == needed && (one.flags & flag::loopback) == flag::none;
}

/// The networks of one family that an interface has an address in.
std::vector<net::network> networks_of(const net::interface& one, net::family which) {
    std::vector<net::network> all;
    for (const net::interface_address& each : one.addresses) {
        const bool is_usable = each.ip.family() == which && !each.tentative;
        if (is_usable) all.push_back(net::network::of(each.ip.with_scope(0), each.prefix));
    }
    return all;
}

net::address group_of(net::family which, std::uint32_t interface) {
    if (which == net::family::inet) return net::address::parse("224.0.0.251");
    return net::address::parse("ff02::fb").with_scope(interface);
}

}  // namespace

bool multicast_place::is_heard(const net::endpoint& sender) const {
    if (!sender.is_inet() || sender.port() != port) return false;
    const net::address ip = sender.ip().with_scope(0);
    return std::ranges::any_of(networks,
                               [&](const net::network& each) { return each.contains(ip); });
}

std::vector<multicast_place> multicast_places(const std::vector<std::uint32_t>& interfaces) {
    std::vector<multicast_place> all;
    for (const net::interface& each : net::interfaces()) {
        if (!is_wanted(each, interfaces)) continue;
        for (const net::family which : {net::family::inet, net::family::inet6}) {
            std::vector<net::network> networks = networks_of(each, which);
            if (networks.empty()) continue;
            all.push_back({.interface = each.index,
                           .group = {group_of(which, each.index), port},
                           .networks = std::move(networks)});
        }
    }
    return all;
}

task<datagram> open_multicast(const multicast_place& at) {
    const bool is_v4 = at.group.ip().is_v4();
    const net::endpoint anywhere(is_v4 ? net::address::any_v4() : net::address::any_v6(), 0);
    net::listen_options options;
    options.family = anywhere.family();
    task<datagram> opening = open_datagram(anywhere, options);
    datagram made = co_await std::move(opening);
    net::multicast::set_interface(made.socket(), at.interface);
    net::multicast::set_hops(made.socket(), most_hops);
    co_return made;
}

}  // namespace zocalo::io::detail
