// SPDX-License-Identifier: MIT
#include "zocalo/sim/world.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sim/machine.hpp"
#include "sim/universe.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::sim {

namespace {

/// 10.0.0.1 and fd00::1 for the first one.
std::vector<net::address> usual_addresses(std::size_t number) {
    const std::size_t last = number + 1;
    const auto byte = [&](unsigned shift) {
        return static_cast<std::uint8_t>(last >> shift & 0xFFU);
    };
    const net::address::v6_bytes v6{0xFD, 0, 0, 0, 0,        0,        0,       0,
                                    0,    0, 0, 0, byte(24), byte(16), byte(8), byte(0)};
    return {net::address::v4(10, byte(16), byte(8), byte(0)), net::address(v6)};
}

}  // namespace

world::world(std::uint64_t seed, const world_options& options)
    : all_(std::make_unique<detail::universe>(seed, options)) {}

world::~world() = default;

std::uint64_t world::seed() const noexcept {
    return all_->seed;
}

sim::host& world::host(std::string_view name) {
    for (const auto& each : hosts_) {
        if (each->name() == name) return *each;
    }
    return host(name, usual_addresses(hosts_.size()));
}

sim::host& world::host(std::string_view name, std::vector<net::address> addresses) {
    if (addresses.empty()) throw std::invalid_argument("sim::host: no address");
    for (const auto& each : all_->machines) {
        if (each->name == name) {
            throw std::invalid_argument("sim::host: " + quoted(name) + " is there already");
        }
        for (const net::address& one : addresses) {
            if (each->has(one)) {
                throw std::invalid_argument("sim::host: " + one.to_string() + " belongs to " +
                                            quoted(each->name));
            }
        }
    }
    auto& made = *all_->machines.emplace_back(std::make_unique<detail::machine>(
        *all_, all_->machines.size(), std::string(name), std::move(addresses)));
    all_->names.set(made.name, made.addresses);
    made.start();
    return *hosts_.emplace_back(std::make_unique<sim::host>(made));
}

void world::set_name(std::string_view name, std::vector<net::address> addresses) {
    all_->names.set(name, std::move(addresses));
}

void world::set_records(std::string_view name, std::vector<record> records) {
    all_->names.set_records(name, std::move(records));
}

std::vector<net::address> world::addresses_of(std::string_view name) const {
    const auto* const known = all_->names.find(name);
    return known == nullptr ? std::vector<net::address>{} : *known;
}

void world::set_name_service(bool answers) noexcept {
    all_->names.is_served = answers;
}

void world::run() {
    all_->run([&] { return all_->unfinished == 0; });
}

void world::run_for(std::chrono::nanoseconds span) {
    all_->run([] { return false; }, all_->now + span);
}

void world::set_name_server(const sim::host& where) noexcept {
    all_->names.server = &where.machine_;
}

io::time_point world::now() const noexcept {
    return all_->now;
}

std::chrono::nanoseconds world::elapsed() const noexcept {
    return all_->now - detail::beginning;
}

void world::after(std::chrono::nanoseconds span, std::function<void()> what) {
    all_->events.add(all_->now + span, std::move(what));
}

void world::set_link(const link& which) {
    all_->net.set_usual(which);
}

void world::set_link(const sim::host& one, const sim::host& other, const link& which) {
    set_link_from(one, other, which);
    set_link_from(other, one, which);
}

void world::set_link_from(const sim::host& from, const sim::host& to, const link& which) {
    all_->net.set(from.machine_, to.machine_, which);
}

void world::cut_from(const sim::host& from, const sim::host& to) {
    all_->note(&from.name(), "cut off from", to.at(0));
    all_->net.set_up(from.machine_, to.machine_, false);
}

void world::cut(const sim::host& one, const sim::host& other) {
    cut_from(one, other);
    cut_from(other, one);
}

void world::partition(std::initializer_list<std::reference_wrapper<const sim::host>> group) {
    const auto inside = [&](const sim::host& which) {
        return std::any_of(group.begin(), group.end(),
                           [&](const sim::host& each) { return &each == &which; });
    };
    for (const sim::host& each : group) {
        for (const auto& other : hosts_) {
            if (!inside(*other)) cut(each, *other);
        }
    }
}

void world::heal(const sim::host& one, const sim::host& other) {
    all_->note(&one.name(), "reaches again", other.at(0));
    all_->net.set_up(one.machine_, other.machine_, true);
    all_->net.set_up(other.machine_, one.machine_, true);
}

void world::heal() {
    note("all links work");
    all_->net.heal();
}

void world::reset_connections(sim::host& one, sim::host& other) {
    if (one.machine_.has_power()) one.machine_.net->reset_connections_with(other.machine_);
    if (other.machine_.has_power()) other.machine_.net->reset_connections_with(one.machine_);
}

sim::random& world::random() noexcept {
    return all_->programs;
}

void world::note(std::string what) {
    all_->log.add({all_->now, nullptr, "", {}, -1, std::move(what)});
}

std::string world::trace() const {
    return all_->log.to_string();
}

std::uint64_t world::fingerprint() const noexcept {
    return all_->log.fingerprint();
}

std::string world::who_waits() const {
    return detail::who_waits(*all_);
}

}  // namespace zocalo::sim
