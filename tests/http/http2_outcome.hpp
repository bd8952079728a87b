// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "zocalo/http/http2_engine.hpp"

/// What an engine makes of a script of frames.
namespace zocalo::tests::http2 {

using kind = http::http2_event::kind;

inline constexpr io::time_point start{std::chrono::hours(1)};

struct outcome {
    std::vector<http::http2_event> events;
    std::size_t output = 0;   ///< bytes that the engine has sent
    std::size_t frames = 0;   ///< of the script, that were heard
    std::size_t streams = 0;  ///< at most at a time
    std::optional<http::http2_error> closed;

    [[nodiscard]] std::size_t count(kind what) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(events, [what](const auto& each) { return each.what == what; }));
    }
    [[nodiscard]] bool has(kind what) const { return count(what) != 0; }
};

inline void note(http::http2_engine& engine, outcome& seen) {
    engine.produce(65536);
    seen.output += engine.output().size();
    engine.output().clear();
    while (const auto got = engine.next()) {
        seen.events.push_back(*got);
        if (got->what == kind::closed) seen.closed = got->why;
    }
    seen.streams = std::max(seen.streams, engine.streams());
}

}  // namespace zocalo::tests::http2
