// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>

/// How the time of a parser grows with what it reads (threat U6).
namespace zocalo::tests {

/// What a peer could send to make somebody work: a text for a number, and twice as much of it for
/// twice the number; and what has to read it.
struct burden {
    const char* name;
    std::function<std::string(std::size_t)> text;
    std::function<void(const std::string&)> read;
};

/// A piece, so often, between two others.
inline std::function<std::string(std::size_t)> repeated(std::string piece, std::string before = {},
                                                        std::string after = {}) {
    return [=](std::size_t count) {
        std::string text = before;
        for (std::size_t i = 0; i < count; ++i)
            text += piece;
        return text + after;
    };
}

/// The processor's time, not the clock's: who else is busy on the machine does not count.
inline double time_of(const burden& what, const std::string& text) {
    const std::clock_t before = std::clock();
    what.read(text);
    return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
}

/// time(2n) / time(n) is less than 2.3, where 4 would be quadratic: on average over three
/// doublings, for memory is given in steps.
///
/// Each of the two times is the least of several; more are taken for as long as that helps, so that
/// a machine with much to do only takes longer.
inline void expect_linear(const burden& what) {
    constexpr double most = 2.3 * 2.3 * 2.3;
    std::size_t count = 500;
    std::string small = what.text(count);
    while (time_of(what, small) < 0.0001 && small.size() < (std::size_t{1} << 15)) {
        count *= 2;
        small = what.text(count);
    }
    const std::string large = what.text(8 * count);
    double least_small = 1e9;
    double least_large = 1e9;
    for (int i = 0; i < 40; ++i) {
        least_small = std::min(least_small, time_of(what, small));
        least_large = std::min(least_large, time_of(what, large));
        // What is too short to be measured for 256 KiB is not quadratic.
        if (i >= 3 && (least_large < 0.0002 || least_large < most * least_small)) return;
    }
    ADD_FAILURE() << what.name << ": " << least_small << " s for " << small.size() << " bytes, "
                  << least_large << " s for " << large.size();
}

}  // namespace zocalo::tests
