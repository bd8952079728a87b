// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace zocalo::serve {

/// What a server has done so far. All but `active` only grow.
struct counters {
    std::uint64_t accepted = 0;          ///< connections taken, those turned away too
    std::uint64_t refused_address = 0;   ///< turned away: too many from there
    std::uint64_t refused_rate = 0;      ///< turned away: too fast from there
    std::uint64_t refused_by_owner = 0;  ///< turned away: hooks::admit said no
    std::uint64_t handled = 0;           ///< handlers that ended by themselves, without an error
    std::uint64_t failed = 0;            ///< handlers that threw, or hooks::admit
    std::uint64_t timed_out = 0;         ///< ended by a limit in time
    std::uint64_t evicted = 0;           ///< rested, and ended because a place was needed
    std::uint64_t cut_off = 0;           ///< ended at the end of the server
    std::uint64_t exhausted = 0;         ///< times that descriptors or memory ran out
    std::uint64_t bytes_received = 0;    ///< of all connections that have ended
    std::uint64_t bytes_sent = 0;        ///< the same
    std::size_t active = 0;              ///< connections that are open now
};

/// The sum of two servers, as of the loops of several cores.
[[nodiscard]] counters operator+(const counters& one, const counters& other) noexcept;

}  // namespace zocalo::serve
