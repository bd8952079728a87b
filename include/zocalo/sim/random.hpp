// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "zocalo/core/buffer.hpp"

/// Chance that can be repeated.
namespace zocalo::sim {

/// A source of numbers that gives the same ones for the same seed, on every machine and in every
/// build. Not for secrets.
class random {
 public:
    explicit random(std::uint64_t seed) noexcept : state_(seed) {}

    /// Any 64 bits.
    std::uint64_t next() noexcept;
    /// A number from 0 to `limit` − 1; 0 when there is none.
    std::uint64_t below(std::uint64_t limit) noexcept { return limit == 0 ? 0 : next() % limit; }
    /// A number from `least` to `most`, both included.
    std::uint64_t between(std::uint64_t least, std::uint64_t most) noexcept {
        return least + below(most - least + 1);
    }
    /// A span from zero to `longest`.
    std::chrono::nanoseconds up_to(std::chrono::nanoseconds longest) noexcept;
    /// Whether something happens that does so in that part of the cases: 0 never, 1 always.
    bool chance(double probability) noexcept;
    /// Any bytes.
    void fill(mutable_buffer bytes) noexcept;

    /// Another source, whose numbers have nothing to do with those of this one.
    [[nodiscard]] random fork() noexcept { return random(next()); }

    /// What std::shuffle() and the standard's distributions want; their results differ between
    /// standard libraries.
    using result_type = std::uint64_t;
    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return UINT64_MAX; }
    result_type operator()() noexcept { return next(); }

 private:
    std::uint64_t state_;
};

}  // namespace zocalo::sim
