// SPDX-License-Identifier: MIT
#include "io/names/multicast_answers.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>
#include <variant>

#include "zocalo/core/error.hpp"

namespace zocalo::io::detail {

namespace {

using net::dns::status;
using net::dns::type;

constexpr auto any_type = static_cast<type>(255);

/// What is told to somebody who does not listen on may not be remembered longer (RFC 6762 §6.7).
constexpr std::chrono::seconds longest_ttl{10};

bool is_address(type which) noexcept {
    return which == type::a || which == type::aaaa;
}

std::uint16_t random_id() {
    std::random_device dice;
    return static_cast<std::uint16_t>(dice() & 0xFFFFU);
}

bool has_record(const net::dns::answer& all, const net::dns::record& one) {
    return std::ranges::any_of(all.records, [&](const net::dns::record& each) {
        return each.type == one.type && each.data == one.data &&
               net::dns::same_name(each.owner, one.owner);
    });
}

net::dns::answer of_interface(net::dns::answer said, std::uint32_t interface) {
    for (net::dns::record& each : said.records) {
        auto* const value = std::get_if<net::dns::aaaa>(&each.data);
        const bool needs_scope = value != nullptr && value->ip.is_link_local();
        if (needs_scope) value->ip = value->ip.with_scope(interface);
    }
    return said;
}

}  // namespace

multicast_answers::multicast_answers(std::string name, type which, std::size_t most_records)
    : name_(std::move(name)),
      which_(which),
      asked_(is_address(which) ? any_type : which),
      most_records_(most_records),
      id_(random_id()),
      question_(net::dns::question{
          .id = id_, .name = name_, .type = asked_, .datagram_size = 0, .recursive = false}
                    .encode()),
      all_{.status = status::no_name, .canonical_name = name_, .records = {}, .ttl = {}} {}

void multicast_answers::take(const_buffer datagram, std::uint32_t interface) {
    try {
        net::dns::message said = net::dns::parse(datagram);
        if (said.id != id_ || said.asked != asked_ || said.code != 0) return;
        said.asked = which_;
        add(of_interface(net::dns::answer_to(name_, which_, said), interface));
    } catch (const protocol_error&) {
        return;  // nobody's answer
    }
}

void multicast_answers::add(const net::dns::answer& said) {
    if (said.status != status::found) {
        if (all_.status == status::no_name) all_.status = status::no_data;
        return is_without.set();
    }
    const auto ttl = std::min(said.ttl, longest_ttl);
    all_.ttl = all_.records.empty() ? ttl : std::min(all_.ttl, ttl);
    all_.status = status::found;
    all_.canonical_name = said.canonical_name;
    for (const net::dns::record& each : said.records) {
        if (all_.records.size() == most_records_) break;
        if (!has_record(all_, each)) all_.records.push_back(each);
    }
    if (which_ != type::ptr) is_known.set();
}

}  // namespace zocalo::io::detail
