// SPDX-License-Identifier: MIT
// Networks and ranges from text: only the declared error; what is printed is read back the same;
// parts make up the whole.
#include <stdexcept>
#include <string>

#include "require.hpp"
#include "zocalo/net/network.hpp"

namespace net = zocalo::net;

namespace {

void look_at(const net::network& it) {
    require(net::network::parse(it.to_string()) == it);
    require(it.contains(it.first()) && it.contains(it.last()));
    require(it.supernet().contains(it));
    require(it.size() == it.range().size());
    require(it.range().contains(it.hosts().first()) && it.range().contains(it.hosts().last()));
    require(net::network::of(it.last(), it.prefix()) == it);
    if (it.family() == net::family::inet) {
        require(net::network::parse(it.first().to_string() + '/' + it.netmask().to_string()) == it);
    }
    require(it.range().summarise() == std::vector{it});
    if (it.prefix() < it.max_prefix()) {
        const auto halves = it.subnets();
        require(net::collapse(std::vector(halves.begin(), std::next(halves.begin(), 2))) ==
                std::vector{it});
    }
    if (const auto before = it.last().next()) require(!it.contains(*before));
}

/// What is left around a hole, and the hole, are the whole again.
void has_hole(const net::network& whole, const net::network& hole) {
    auto parts = whole.without(hole);
    for (const auto& part : parts)
        require(whole.contains(part) && !part.overlaps(hole));
    if (!whole.contains(hole)) return;
    parts.push_back(hole);
    require(net::collapse(parts) == std::vector{whole});
}

void look_at(const net::address_range& range) {
    const auto parts = range.summarise();
    require(!parts.empty() && parts.size() <= 254);
    require(parts.front().first() == range.first() && parts.back().last() == range.last());
    for (std::size_t i = 1; i < parts.size(); ++i)
        require(parts[i - 1].last().next() == parts[i].first());
    require(net::collapse(parts) == parts);
    require(net::address_range::parse(range.to_string()) == range);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto parsed = net::network::try_parse(text);
    try {
        require(net::network::parse(text) == parsed);
        look_at(*parsed);
        has_hole(parsed->supernet(parsed->prefix() / 2), *parsed);
        has_hole(*parsed,
                 net::network::of(parsed->last(), (parsed->prefix() + parsed->max_prefix()) / 2));
    } catch (const std::invalid_argument&) {
        require(!parsed);
    }
    try {
        look_at(net::address_range::parse(text));
    } catch (const std::invalid_argument&) {  // declared
    }
    return 0;
}
