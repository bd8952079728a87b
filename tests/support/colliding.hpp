// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

/// Texts that one hash is the same for (threat U7).
namespace zocalo::tests {

namespace detail {

__extension__ using wide_product = unsigned __int128;
constexpr std::uint64_t factor = 0xc6a4a7935bd1e995;

constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b) {
    return static_cast<std::uint64_t>(static_cast<wide_product>(a) * b & UINT64_MAX);
}
/// With which it is 1: by Newton's method, each step of which makes twice as many bits right.
constexpr std::uint64_t inverse(std::uint64_t of) {
    std::uint64_t made = of;
    for (int i = 0; i < 5; ++i) {
        const std::uint64_t wrong = product(of, made);
        made = product(made, ~wrong + 3);  // 2 - wrong
    }
    return made;
}
constexpr std::uint64_t folded(std::uint64_t number) {
    return number ^ (number >> 47);
}

}  // namespace detail

/// The n-th of as many 16 bytes as there are numbers, for which std::hash of libstdc++ (MurmurHash
/// with a seed that everybody knows) is one number.
inline std::string colliding(std::uint64_t n) {
    using namespace detail;
    constexpr std::uint64_t back = inverse(factor);
    constexpr std::uint64_t seed = 0xc70f6907;
    const std::uint64_t mixed = product(folded(product(n, factor)), factor);
    const std::uint64_t between = product(seed ^ product(16, factor) ^ mixed, factor);
    const std::uint64_t second = product(folded(product(between, back)), back);
    std::string text(16, '\0');
    std::memcpy(text.data(), &n, sizeof n);
    std::memcpy(text.data() + sizeof n, &second, sizeof second);
    return text;
}

}  // namespace zocalo::tests
