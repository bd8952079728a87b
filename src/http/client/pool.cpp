// SPDX-License-Identifier: MIT
// Nothing runs in the background: what has rested for too long is closed when somebody next asks
// for a connection or gives one back.
#include "http/client/pool.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace zocalo::http::detail {

using lease = connection_pool::lease;

lease& lease::operator=(lease&& other) noexcept {
    if (this == &other) return *this;
    end();
    made = std::move(other.made);
    from_ = std::move(other.from_);
    where_ = std::move(other.where_);
    of_all_ = std::move(other.of_all_);
    of_place_ = std::move(other.of_place_);
    return *this;
}

void lease::give_back(io::time_point now) {
    if (from_ != nullptr && made && made->line && made->line->is_idle()) {
        made->rested_since = now;
        from_->close_old(now);
        from_->resting_.push_back(std::move(made));
    }
    end();
}

void lease::end() noexcept {
    made.reset();
    of_all_.give_back();
    of_place_.give_back();
    if (const auto from = std::exchange(from_, nullptr)) from->leave(where_);
}

io::task<lease> connection_pool::acquire(const route_to& to, bool is_fresh) {
    lease mine;
    mine.where_ = to.where.to_string();
    mine.from_ = shared_from_this();
    place& at = places_.try_emplace(mine.where_, limits_.to_one).first->second;
    ++at.users;
    io::task<io::semaphore::permit> next = at.free.acquire();
    mine.of_place_ = co_await std::move(next);
    next = free_.acquire();
    mine.of_all_ = co_await std::move(next);
    const io::time_point now = co_await io::now();
    close_old(now);
    if (!is_fresh) mine.made = take(to.key);
    if (!mine.made) make_room(mine.where_);
    co_return mine;
}

void connection_pool::leave(const std::string& where) noexcept {
    const auto at = places_.find(where);
    if (at != places_.end() && --at->second.users == 0) places_.erase(at);
}

void connection_pool::close_old(io::time_point now) noexcept {
    const auto longest = limits_.rest.value();
    if (!longest) return;
    const auto is_young = [&](const auto& each) { return now - each->rested_since < *longest; };
    resting_.erase(resting_.begin(), std::ranges::find_if(resting_, is_young));
}

/// One more connection will be opened: those that rest make up for it.
void connection_pool::make_room(const std::string& where) noexcept {
    const auto leads_there = [&](const auto& each) { return each->to.where.to_string() == where; };
    const auto used_there = limits_.to_one - places_.find(where)->second.free.available();
    const auto resting_there =
        static_cast<std::size_t>(std::ranges::count_if(resting_, leads_there));
    if (used_there + resting_there > limits_.to_one)
        resting_.erase(std::ranges::find_if(resting_, leads_there));
    const std::size_t used = limits_.in_all - free_.available();
    if (!resting_.empty() && used + resting_.size() > limits_.in_all)
        resting_.erase(resting_.begin());
}

/// The one that was used last: the others may then rest until they are closed.
std::unique_ptr<pooled_connection> connection_pool::take(const std::string& key) noexcept {
    const auto same = [&](const auto& each) { return each->to.key == key; };
    const auto backwards = resting_ | std::views::reverse;
    const auto found = std::ranges::find_if(backwards, same);
    if (found == backwards.end()) return nullptr;
    std::unique_ptr<pooled_connection> taken = std::move(*found);
    resting_.erase(std::next(found).base());
    return taken;
}

}  // namespace zocalo::http::detail
