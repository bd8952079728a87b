// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>

#include "require.hpp"

/// Eight times as much to read takes about eight times as long: no piece of the input, however
/// often it is repeated in its place, makes a parser quadratic.
///
/// The input says which piece. It is the processor's time that counts, the least of several, so
/// other programs do not matter. Quadratic would be sixty-four times the time; three times what is
/// linear is too much. One input of eight is tried, so that most are read quickly.
namespace linear {

constexpr std::size_t large = std::size_t{64} * 1024;
constexpr std::size_t small = large / 8;
constexpr double much = 0.001;  // seconds: what takes less is not worth a second look
constexpr double most = 24;

inline std::size_t hash_of(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

/// The text with its piece so often that it has about `size` bytes.
inline std::string repeated(std::string_view text, std::size_t size) {
    const std::size_t hash = hash_of(text);
    const std::size_t begin = hash % text.size();
    const std::size_t longest = std::min<std::size_t>(text.size() - begin, 64);
    const std::string_view piece = text.substr(begin, (hash >> 16U) % longest + 1);
    std::string made(text.substr(0, begin));
    while (made.size() < size)
        made += piece;
    return made += text.substr(begin + piece.size());
}

template <class Read>
double time_of(const Read& read, const std::string& text) {
    const std::clock_t before = std::clock();
    read(text);
    return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
}

/// `read` takes a const std::string& and throws nothing.
template <class Read>
void require_linear(std::string_view text, const Read& read) {
    if (text.empty() || text.size() > small || (hash_of(text) >> 32U) % 8 != 0) return;
    const std::string eightfold = repeated(text, large);
    double whole = time_of(read, eightfold);
    if (whole < much) return;
    const std::string one = repeated(text, small);
    double part = time_of(read, one);
    for (int i = 0; i < 10 && whole > most * part; ++i) {
        part = std::min(part, time_of(read, one));
        whole = std::min(whole, time_of(read, eightfold));
    }
    if (whole > most * part) std::fprintf(stderr, "%f s, eightfold %f s\n", part, whole);
    require(whole <= most * part);
}

}  // namespace linear
