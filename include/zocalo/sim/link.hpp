// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

/// What happens to packets between two hosts.
namespace zocalo::sim {

/// One direction of a connection between two hosts.
///
/// The figures are about packets: datagrams meet them as they are. What streams make of that is
/// what TCP makes of it: a lost packet costs time, never bytes. Probabilities go from 0 to 1.
struct link {
    /// How long a packet is on its way.
    std::chrono::nanoseconds latency = std::chrono::microseconds(500);
    /// Each takes up to that much longer; so one packet may overtake another.
    std::chrono::nanoseconds jitter = std::chrono::microseconds(100);
    double loss = 0;       ///< how many never arrive
    double duplicate = 0;  ///< how many arrive twice
    double reorder = 0;    ///< how many are held up for the time of some others
    /// Bytes each second that fit through, 0 for any number; the others wait in line.
    std::uint64_t bandwidth = 0;
};

/// A link that is as bad as links get while something still comes through.
inline constexpr link bad_link{.latency = std::chrono::milliseconds(20),
                               .jitter = std::chrono::milliseconds(30),
                               .loss = 0.1,
                               .duplicate = 0.05,
                               .reorder = 0.1,
                               .bandwidth = 100'000};

}  // namespace zocalo::sim
