// SPDX-License-Identifier: MIT
#include "sim/name_table.hpp"

#include <algorithm>
#include <utility>

namespace zocalo::sim::detail {

namespace {

constexpr std::chrono::seconds time_to_live = std::chrono::minutes(1);

std::string_view without_root(std::string_view name) noexcept {
    return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

}  // namespace

void name_table::set(std::string_view name, std::vector<net::address> addresses) {
    name = without_root(name);
    const auto known = std::ranges::find_if(
        known_, [&](const entry& each) { return net::dns::same_name(each.name, name); });
    if (known != known_.end()) {
        known->addresses = std::move(addresses);
    } else {
        known_.push_back({std::string(name), std::move(addresses)});
    }
}

const std::vector<net::address>* name_table::find(std::string_view name) const {
    name = without_root(name);
    const auto known = std::ranges::find_if(
        known_, [&](const entry& each) { return net::dns::same_name(each.name, name); });
    return known == known_.end() ? nullptr : &known->addresses;
}

std::vector<net::dns::record> name_table::records(std::string_view name) const {
    std::vector<net::dns::record> all;
    const std::string owner(name);
    if (const auto* const addresses = find(name)) {
        for (const net::address& ip : *addresses) {
            if (ip.is_v4()) {
                all.push_back({owner, net::dns::type::a, time_to_live, net::dns::a{ip}});
            } else {
                all.push_back({owner, net::dns::type::aaaa, time_to_live, net::dns::aaaa{ip}});
            }
        }
    }
    for (const entry& each : known_) {
        for (const net::address& ip : each.addresses) {
            if (!net::dns::same_name(ip.reverse_pointer(), name)) continue;
            all.push_back({owner, net::dns::type::ptr, time_to_live, net::dns::ptr{each.name}});
        }
    }
    return all;
}

net::dns::answer name_table::answer(std::string_view name, net::dns::type which) const {
    net::dns::answer made;
    made.canonical_name = std::string(name);
    made.records = records(name);
    made.ttl = time_to_live;
    const bool exists = !made.records.empty() || find(name) != nullptr;
    std::erase_if(made.records, [&](const auto& each) { return each.type != which; });
    using enum net::dns::status;
    made.status = found;
    if (made.records.empty()) made.status = exists ? no_data : no_name;
    return made;
}

}  // namespace zocalo::sim::detail
