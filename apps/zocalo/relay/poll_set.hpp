// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "sys/wait.hpp"
#include "zocalo/core/deadline.hpp"

namespace zocalo::program {

/// What one turn of a loop waits for. It is filled anew for each turn: a program of this size has a
/// handful of descriptors, and nothing can be forgotten in it.
class poll_set {
 public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    void clear() noexcept { entries_.clear(); }

    /// Returns the place to ask ready() about. Negative descriptors are never ready.
    std::size_t add(int fd, short events) {
        entries_.push_back({fd, events, 0});
        return entries_.size() - 1;
    }

    /// Waits until something is ready or time is up; 0, or −errno.
    int wait(timeout limit) noexcept {
        const int ready = sys::poll(entries_.data(), entries_.size(), deadline(limit));
        return ready < 0 ? ready : 0;
    }

    /// Errors and hang-ups count: the next call reports them.
    [[nodiscard]] bool ready(std::size_t index) const noexcept {
        return index != none && entries_[index].revents != 0;
    }

 private:
    std::vector<pollfd> entries_;
};

}  // namespace zocalo::program
