// SPDX-License-Identifier: MIT
#include "sim/network.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sim/machine.hpp"
#include "sim/universe.hpp"

namespace zocalo::sim::detail {

namespace {

constexpr link own_link{.latency = std::chrono::microseconds(20),
                        .jitter = std::chrono::microseconds(10)};

void check_probability(double value, const char* name) {
    if (value >= 0 && value <= 1) return;
    throw std::invalid_argument(std::string("sim::link: ") + name + " is a probability, 0 to 1");
}

}  // namespace

void check(const link& which) {
    check_probability(which.loss, "loss");
    check_probability(which.duplicate, "duplicate");
    check_probability(which.reorder, "reorder");
    if (which.latency.count() < 0 || which.jitter.count() < 0) {
        throw std::invalid_argument("sim::link: no packet arrives before it was sent");
    }
}

machine* network::owner_of(const net::endpoint& where) const noexcept {
    for (const auto& each : universe_.machines) {
        if (each->has(where.ip())) return each.get();
    }
    return nullptr;
}

bool network::knows(const net::endpoint& where) const noexcept {
    return !where.is_inet() || where.ip().is_loopback() || owner_of(where) != nullptr;
}

network::way& network::between(const machine& from, const machine& to) {
    const auto [place, is_new] = ways_.try_emplace({from.number, to.number});
    if (is_new) place->second.what = &from == &to ? own_link : universe_.options.usual_link;
    return place->second;
}

void network::set(const machine& from, const machine& to, const link& which) {
    check(which);
    way& changed = between(from, to);
    changed.what = which;
    changed.is_own = true;
}

void network::set_usual(const link& which) {
    check(which);
    universe_.options.usual_link = which;
    for (auto& [ends, each] : ways_) {
        if (!each.is_own && ends.first != ends.second) each.what = which;
    }
}

void network::set_up(const machine& from, const machine& to, bool up) {
    between(from, to).up = up;
}

void network::heal() {
    for (auto& [ends, each] : ways_)
        each.up = true;
}

void network::drop(const machine& from, const packet& what, const char* why) {
    universe_.note(&from.name, why, what.to, static_cast<std::int64_t>(what.data.size()));
}

void network::send(const machine& from, packet&& what) {
    const bool own = !what.to.is_inet() || what.to.ip().is_loopback() || from.has(what.to.ip());
    machine* const to = own ? universe_.machines[from.number].get() : owner_of(what.to);
    if (to == nullptr) return drop(from, what, "no such host, lost to");
    way& over = between(from, *to);
    random& chance = universe_.chance;
    if (!over.up) return drop(from, what, "no way, lost to");
    if (chance.chance(over.what.loss)) return drop(from, what, "lost on the way to");

    time_point leaves = universe_.now;
    if (over.what.bandwidth > 0) {
        leaves = std::max(leaves, over.free);
        const double seconds =
            static_cast<double>(what.size()) / static_cast<double>(over.what.bandwidth);
        leaves += std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
        over.free = leaves;
    }
    if (chance.chance(over.what.duplicate)) deliver(from, *to, over, leaves, what);
    deliver(from, *to, over, leaves, std::move(what));
}

std::optional<nanoseconds> network::trip(const machine& from, const machine& to) {
    const way& over = between(from, to);
    random& chance = universe_.chance;
    if (!over.up || chance.chance(over.what.loss)) return std::nullopt;
    return over.what.latency + chance.up_to(over.what.jitter);
}

void network::deliver(const machine& from, machine& to, way& over, time_point leaves, packet what) {
    random& chance = universe_.chance;
    nanoseconds span = over.what.latency + chance.up_to(over.what.jitter);
    if (chance.chance(over.what.reorder)) {
        span += over.what.latency + chance.up_to(3 * (over.what.latency + over.what.jitter));
    }
    time_point arrives = leaves + span;
    if (&from == &to) arrives = over.last = std::max(over.last, arrives);
    universe_.events.add(arrives, [this, &from, &to, &over, carried = std::move(what)]() mutable {
        if (!over.up) return drop(from, carried, "cut off, lost to");
        if (!to.has_power()) return drop(from, carried, "host down, lost to");
        to.net->receive(std::move(carried));
    });
}

}  // namespace zocalo::sim::detail
