// SPDX-License-Identifier: MIT
#include "sim/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace zocalo::sim::detail {

void event_queue::add(time_point when, std::function<void()> what, kind which) {
    events_.push_back({when, added_++, which, std::move(what)});
    std::push_heap(events_.begin(), events_.end());
    if (which == kind::proper) ++proper_;
}

void event_queue::run_next() {
    std::pop_heap(events_.begin(), events_.end());
    const event now = std::move(events_.back());
    events_.pop_back();
    if (now.which == kind::proper) --proper_;
    now.what();
}

}  // namespace zocalo::sim::detail
