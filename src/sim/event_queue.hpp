// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/clock.hpp"

namespace zocalo::sim::detail {

/// What will happen, in order of time; at the same moment in the order in which it was planned.
class event_queue {
 public:
    /// Events in the background happen like all others, but nobody waits for something that only
    /// they could bring: the end of a port's quarantine, the question whether a peer has room now.
    enum class kind : std::uint8_t { proper, background };

    void add(time_point when, std::function<void()> what, kind which = kind::proper);

    [[nodiscard]] bool empty() const noexcept { return events_.empty(); }
    /// Of a queue that is not empty.
    [[nodiscard]] time_point next() const noexcept { return events_.front().when; }
    [[nodiscard]] bool is_proper() const noexcept { return proper_ > 0; }

    /// Takes the next one out and makes it happen.
    void run_next();

 private:
    struct event {
        time_point when;
        std::uint64_t order;
        kind which;
        std::function<void()> what;
        /// Turned round, because the standard's heaps have the greatest on top.
        [[nodiscard]] bool operator<(const event& other) const noexcept {
            return when != other.when ? when > other.when : order > other.order;
        }
    };
    std::vector<event> events_;  ///< a heap
    std::uint64_t added_ = 0;
    std::size_t proper_ = 0;
};

}  // namespace zocalo::sim::detail
