// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "zocalo/sim/options.hpp"
#include "zocalo/sim/world.hpp"

/// A test body run with many seeds, and one of them again.
namespace zocalo::sim {

/// What for_seeds() throws: the first seed that failed. The message has what went wrong, how to
/// replay it, what every task waited for, and the trace.
class failed_seed : public std::runtime_error {
 public:
    failed_seed(std::uint64_t seed, const std::string& what)
        : std::runtime_error(what), seed_(seed) {}
    [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }

 private:
    std::uint64_t seed_;
};

struct seeds_options {
    std::uint64_t first = 1;
    world_options world = {};
    /// Whether the body has failed without an exception, as GoogleTest's EXPECTs do: give
    /// testing::Test::HasFailure.
    std::function<bool()> failed = {};
};

/// Runs the body in a new world for each of `count` seeds, and stops at the first that fails.
///
/// With ZOCALO_SEED in the environment it runs that seed alone; ZOCALO_SEEDS says how many instead
/// of `count`, for a longer search. Throws failed_seed, and std::invalid_argument when one of the
/// two is no number.
void for_seeds(std::uint64_t count, const std::function<void(world&)>& body,
               const seeds_options& options = {});

/// A link that chance picks: mostly good, sometimes slow, narrow or bad in every way.
[[nodiscard]] link any_link(random& chance);

}  // namespace zocalo::sim
