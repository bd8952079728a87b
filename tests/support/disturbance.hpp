// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

#include "zocalo/sim/world.hpp"

/// What goes wrong in a simulated network, beside what its links do.
namespace zocalo::tests {

/// 10,000 seeds are run as five tests of so many each, so that each of them is short; with
/// sanitizers, which are slow, it is a quarter of them.
constexpr std::uint64_t parts_of_seeds = 5;
#ifdef ZOCALO_SANITIZED
constexpr std::uint64_t seeds_of_part = 500;
#else
constexpr std::uint64_t seeds_of_part = 2'000;
#endif

/// In four worlds of five, at some moment before `within`: connections are reset, the server is
/// killed or crashes, or what it sends arrives no more.
inline void disturb(sim::world& world, sim::host& server, sim::host& client,
                    std::chrono::nanoseconds within) {
    const auto when = world.random().up_to(within);
    switch (world.random().below(5)) {
        case 0:
            world.after(when, [&] { world.reset_connections(server, client); });
            break;
        case 1:
            world.after(when, [&] { server.kill(); });
            break;
        case 2:
            world.after(when, [&] { server.crash(); });
            break;
        case 3:
            world.after(when, [&] { world.cut_from(server, client); });
            break;
        default:
            break;
    }
}

}  // namespace zocalo::tests
