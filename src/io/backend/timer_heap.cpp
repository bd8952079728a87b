// SPDX-License-Identifier: MIT
#include "io/backend/timer_heap.hpp"

namespace zocalo::io::detail {

void timer_heap::put(std::size_t place, const entry& what) noexcept {
    entries_[place] = what;
    what.timer->position = place;
}

void timer_heap::rise(std::size_t place, const entry& what) noexcept {
    while (place > 0) {
        const std::size_t above = (place - 1) / 2;
        if (!what.before(entries_[above])) break;
        put(place, entries_[above]);
        place = above;
    }
    put(place, what);
}

void timer_heap::sink(std::size_t place, const entry& what) noexcept {
    for (;;) {
        std::size_t below = 2 * place + 1;
        if (below >= entries_.size()) break;
        if (below + 1 < entries_.size() && entries_[below + 1].before(entries_[below])) ++below;
        if (!entries_[below].before(what)) break;
        put(place, entries_[below]);
        place = below;
    }
    put(place, what);
}

void timer_heap::add(timer_operation& timer) {
    const entry added{timer.at, added_++, &timer};
    entries_.push_back(added);
    rise(entries_.size() - 1, added);
}

void timer_heap::remove(timer_operation& timer) noexcept {
    if (timer.position == timer_operation::nowhere) return;
    const std::size_t place = timer.position;
    timer.position = timer_operation::nowhere;
    const entry last = entries_.back();
    entries_.pop_back();
    if (place == entries_.size()) return;  // it was the last one
    const bool earlier = place > 0 && last.before(entries_[(place - 1) / 2]);
    if (earlier) {
        rise(place, last);
    } else {
        sink(place, last);
    }
}

}  // namespace zocalo::io::detail
