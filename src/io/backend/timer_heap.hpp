// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "zocalo/io/detail/operation.hpp"

namespace zocalo::io::detail {

/// The timers of a loop, the earliest on top. Those of the same moment keep the order in which they
/// were added.
///
/// None is due before the outside was asked once: what a task waits for with a time-out of nothing
/// may be there already.
///
/// A binary heap in which each timer knows its place: adding and removing take O(log n).
class timer_heap {
 public:
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] timer_operation& top() const noexcept { return *entries_.front().timer; }

    /// The first that is due then, or null.
    [[nodiscard]] timer_operation* due(timer_operation::time_point then) const noexcept {
        const bool has_one =
            !empty() && entries_.front().at <= then && entries_.front().order < asked_;
        return has_one ? entries_.front().timer : nullptr;
    }
    /// The outside is about to be asked.
    void ask() noexcept { asked_ = added_; }

    void add(timer_operation& timer);
    /// Does nothing when the timer is not in the heap.
    void remove(timer_operation& timer) noexcept;

 private:
    /// The moment beside the pointer: comparing does not touch the timers.
    struct entry {
        timer_operation::time_point at;
        std::uint64_t order;
        timer_operation* timer;
        [[nodiscard]] bool before(const entry& other) const noexcept {
            return at != other.at ? at < other.at : order < other.order;
        }
    };
    void put(std::size_t place, const entry& what) noexcept;
    void rise(std::size_t place, const entry& what) noexcept;
    void sink(std::size_t place, const entry& what) noexcept;

    std::vector<entry> entries_;
    std::uint64_t added_ = 0;
    std::uint64_t asked_ = 0;  ///< how many had been added when the outside was asked last
};

}  // namespace zocalo::io::detail
