// SPDX-License-Identifier: MIT
#include "sim/name_table.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

#include "zocalo/core/escape.hpp"

namespace zocalo::sim::detail {

namespace {

constexpr std::chrono::seconds time_to_live = std::chrono::minutes(1);

net::dns::type type_of(const record& what) {
    return std::visit(
        [](const auto& value) {
            if constexpr (requires { value.type; }) return value.type;
            return net::dns::type{};
        },
        what);
}

std::string_view without_root(std::string_view name) noexcept {
    return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

}  // namespace

const name_table::entry* name_table::find_entry(std::string_view name) const {
    name = without_root(name);
    const auto known = std::ranges::find_if(
        known_, [&](const entry& each) { return net::dns::same_name(each.name, name); });
    return known == known_.end() ? nullptr : &*known;
}

name_table::entry& name_table::entry_of(std::string_view name) {
    if (const entry* const known = find_entry(name))
        return known_[static_cast<std::size_t>(known - known_.data())];
    return known_.emplace_back(
        entry{.name = std::string(without_root(name)), .addresses = {}, .others = {}});
}

void name_table::set(std::string_view name, std::vector<net::address> addresses) {
    entry_of(name).addresses = std::move(addresses);
}

void name_table::set_records(std::string_view name, std::vector<record> records) {
    for (const record& each : records) {
        using namespace net::dns;
        const bool is_address =
            std::holds_alternative<a>(each) || std::holds_alternative<aaaa>(each);
        if (is_address || std::holds_alternative<cname>(each) ||
            std::holds_alternative<other>(each)) {
            throw std::invalid_argument("world::set_records: " + quoted(name) +
                                        (is_address ? " gets addresses by set_name()"
                                                    : " cannot have an alias or bare bytes"));
        }
    }
    entry_of(name).others = std::move(records);
}

const std::vector<net::address>* name_table::find(std::string_view name) const {
    const entry* const known = find_entry(name);
    return known == nullptr ? nullptr : &known->addresses;
}

std::vector<net::dns::record> name_table::records(std::string_view name) const {
    std::vector<net::dns::record> all;
    const std::string owner(name);
    if (const entry* const known = find_entry(name)) {
        for (const record& each : known->others)
            all.push_back({owner, type_of(each), time_to_live, each});
        for (const net::address& ip : known->addresses) {
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
