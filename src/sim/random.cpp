// SPDX-License-Identifier: MIT
// SplitMix64: a counter that goes on by an odd number, and a mixer of its bits. It passes the usual
// batteries of tests, needs 8 bytes, and any seed is a good one.
#include "zocalo/sim/random.hpp"

#include <algorithm>
#include <cstring>

namespace zocalo::sim {

namespace {

__extension__ using wide = unsigned __int128;

/// Arithmetic modulo 2^64, on purpose.
constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) noexcept {
    return static_cast<std::uint64_t>(static_cast<wide>(a) * b);
}
constexpr std::uint64_t sum(std::uint64_t a, std::uint64_t b) noexcept {
    return static_cast<std::uint64_t>(static_cast<wide>(a) + b);
}

}  // namespace

std::uint64_t random::next() noexcept {
    state_ = sum(state_, 0x9E3779B97F4A7C15U);
    std::uint64_t mixed = state_;
    mixed = product(mixed ^ (mixed >> 30), 0xBF58476D1CE4E5B9U);
    mixed = product(mixed ^ (mixed >> 27), 0x94D049BB133111EBU);
    return mixed ^ (mixed >> 31);
}

std::chrono::nanoseconds random::up_to(std::chrono::nanoseconds longest) noexcept {
    if (longest.count() <= 0) return {};
    const auto span = static_cast<std::uint64_t>(longest.count());
    return std::chrono::nanoseconds(static_cast<std::int64_t>(between(0, span)));
}

bool random::chance(double probability) noexcept {
    if (probability <= 0) return false;  // takes no number: an event that is off changes nothing
    return static_cast<double>(next() >> 11U) * 0x1p-53 < probability;
}

void random::fill(mutable_buffer bytes) noexcept {
    while (!bytes.empty()) {
        const std::uint64_t word = next();
        const std::size_t count = std::min(sizeof word, bytes.size());
        std::memcpy(bytes.data(), &word, count);
        bytes = bytes.without(count);
    }
}

}  // namespace zocalo::sim
