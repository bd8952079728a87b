// SPDX-License-Identifier: MIT
#include "io/backend/uring/socket_table.hpp"

namespace zocalo::io::detail {

arrivals& socket_entry::coming() {
    if (came == nullptr) came = std::make_unique<arrivals>();
    return *came;
}

void socket_entry::drop_what_came() noexcept {
    if (came == nullptr) return;
    for (const arrived& each : came->unread)
        each.owner->give_back(each.data);
    came.reset();
}

std::uint32_t socket_table::add() {
    if (!free_.empty()) {
        const std::uint32_t place = free_.back();
        free_.pop_back();
        return place;
    }
    if (used_ / page_size == pages_.size()) {
        pages_.push_back(std::make_unique<page>());
        free_.reserve(pages_.size() * page_size);  // so that remove() cannot fail
    }
    return used_++;
}

void socket_table::remove(std::uint32_t place) noexcept {
    const std::uint32_t generation = at(place).generation + 1;
    at(place) = {};
    at(place).generation = generation;
    free_.push_back(place);
}

}  // namespace zocalo::io::detail
