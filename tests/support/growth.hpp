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

/// The least of what two texts take, of which one is eight times as long; more are taken for as
/// long as that helps, so that a machine with much to do only takes longer.
struct doublings {
    static constexpr double most = 2.3 * 2.3 * 2.3;

    double small = 1e9;
    double large = 1e9;

    doublings(const burden& what, const std::string& text, const std::string& eightfold) {
        for (int i = 0; i < 3 || (i < 20 && !are_linear()); ++i) {
            small = std::min(small, time_of(what, text));
            large = std::min(large, time_of(what, eightfold));
        }
    }
    /// What is too short to be measured is not quadratic.
    [[nodiscard]] bool are_linear() const { return large < 0.0002 || large < most * small; }
};

/// time(2n) / time(n) is less than 2.3, where 4 would be quadratic: on average over three
/// doublings, and somewhere, for memory is given in steps, and no step is everywhere.
inline void expect_linear(const burden& what) {
    std::size_t count = 500;
    std::string small = what.text(count);
    while (time_of(what, small) < 0.0001 && small.size() < (std::size_t{1} << 15)) {
        count *= 2;
        small = what.text(count);
    }
    std::string tried;
    for (int i = 0; i < 3; ++i, count *= 2) {
        small = what.text(count);
        const std::string large = what.text(8 * count);
        const doublings took(what, small, large);
        if (took.are_linear()) return;
        tried += std::to_string(took.small) + " s for " + std::to_string(small.size()) +
                 " bytes, " + std::to_string(took.large) + " s for " +
                 std::to_string(large.size()) + "; ";
    }
    ADD_FAILURE() << what.name << ": " << tried;
}

}  // namespace zocalo::tests
