// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "sim/clock.hpp"
#include "sim/packet.hpp"
#include "zocalo/sim/link.hpp"

namespace zocalo::sim::detail {

struct universe;
struct machine;

/// The links between the hosts, and what becomes of a packet on them.
class network {
 public:
    explicit network(universe& in) noexcept : universe_(in) {}

    void send(const machine& from, packet&& what);

    void set(const machine& from, const machine& to, const link& which);
    void set_up(const machine& from, const machine& to, bool up);
    void set_usual(const link& which);
    void heal();

    /// How long a small packet would take from one to the other that leaves now; none: it is lost.
    [[nodiscard]] std::optional<nanoseconds> trip(const machine& from, const machine& to);

    /// Whether a host has that address, running or not.
    [[nodiscard]] bool knows(const net::endpoint& where) const noexcept;

 private:
    /// One direction between two hosts.
    struct way {
        link what;
        bool is_own = false;  ///< not the usual one
        bool up = true;
        time_point free{};  ///< when the next packet may leave
        time_point last{};  ///< within a host, where none overtakes another: the last arrival
    };
    way& between(const machine& from, const machine& to);
    [[nodiscard]] machine* owner_of(const net::endpoint& where) const noexcept;
    void deliver(const machine& from, machine& to, way& over, time_point leaves, packet what);
    void drop(const machine& from, const packet& what, const char* why);

    universe& universe_;
    std::map<std::pair<std::size_t, std::size_t>, way> ways_;
};

/// Links must make sense: throws std::invalid_argument.
void check(const link& which);

}  // namespace zocalo::sim::detail
