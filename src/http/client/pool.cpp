// SPDX-License-Identifier: MIT
// Nothing runs in the background: what has rested for too long is closed when somebody next asks
// for a connection or gives one back.
#include "http/client/pool.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace zocalo::http::detail {

using lease = connection_pool::lease;

namespace {

void tell_all(const std::map<std::string, std::weak_ptr<meeting_place>>& known) noexcept {
    for (const auto& [key, each] : known) {
        const std::shared_ptr<meeting_place> place = each.lock();
        if (!place) continue;
        place->changed.set();
        place->changed.reset();
    }
}

}  // namespace

lease& lease::operator=(lease&& other) noexcept {
    if (this == &other) return *this;
    end();
    made = std::move(other.made);
    dials_ = std::exchange(other.dials_, false);
    from_ = std::move(other.from_);
    to_ = std::move(other.to_);
    of_all_ = std::move(other.of_all_);
    of_place_ = std::move(other.of_place_);
    return *this;
}

void lease::give_back(io::time_point now) {
    if (made && made->shared) {
        made->shared->used = now;
    } else if (from_ != nullptr && made && made->line && made->line->is_idle()) {
        ++made->rests;
        made->rested_since = now;
        from_->close_old(now);
        from_->resting_.push_back(std::move(made));
    }
    end();
}

/// Requests that wait for a stream take a place as well, when there is one: where there was none
/// they are told.
void lease::end() noexcept {
    const bool was_full = from_ && (from_->free_.available() == 0 || to_->free->available() == 0);
    end_dialling();
    if (made && made->shared) part();
    made.reset();
    of_all_.give_back();
    of_place_.give_back();
    if (was_full) tell_all(from_->meetings_);
    from_.reset();
    to_.reset();
}

io::task<lease> connection_pool::acquire(shared_route to, bool is_fresh) {
    lease mine;
    mine.to_ = std::move(to);
    mine.from_ = shared_from_this();
    meeting_place* const meeting = mine.to_->meeting.get();
    const unsigned failures = meeting == nullptr ? 0 : meeting->failures;
    do {
        if (meeting != nullptr) {
            io::task<> joining = join(mine, failures);
            co_await std::move(joining);
            if (mine.made) co_return mine;
        }
        io::task<> getting = get_places(mine);
        co_await std::move(getting);
    } while (is_overtaken(mine, failures));
    const io::time_point now = co_await io::now();
    close_old(now);
    if (!is_fresh) mine.made = take(*mine.to_);
    if (meeting != nullptr && !(mine.made && mine.made->line)) mine.announce_dialling();
    if (mine.made && mine.made->shared) {
        io::task<> reviving = revive(mine);
        co_await std::move(reviving);
    }
    if (!mine.made) make_room(*mine.to_);
    co_return mine;
}

io::task<> connection_pool::get_places(lease& mine) {
    io::task<io::semaphore::permit> next = mine.to_->free->acquire();
    mine.of_place_ = co_await std::move(next);
    next = free_.acquire();
    mine.of_all_ = co_await std::move(next);
}

std::shared_ptr<io::semaphore> connection_pool::places_at(const net::host_port& where) {
    std::erase_if(places_, [](const auto& each) { return each.second.expired(); });
    std::weak_ptr<io::semaphore>& known = places_[where.to_string()];
    std::shared_ptr<io::semaphore> places = known.lock();
    if (!places) known = places = std::make_shared<io::semaphore>(limits_.to_one);
    return places;
}

std::shared_ptr<meeting_place> connection_pool::meeting_at(const std::string& key) {
    std::erase_if(meetings_, [](const auto& each) { return each.second.expired(); });
    std::weak_ptr<meeting_place>& known = meetings_[key];
    std::shared_ptr<meeting_place> place = known.lock();
    if (!place) known = place = std::make_shared<meeting_place>();
    return place;
}

void connection_pool::close_old(io::time_point now) noexcept {
    const auto longest = limits_.rest.value();
    if (!longest) return;
    const auto is_young = [&](const auto& each) { return now - each->rested_since < *longest; };
    resting_.erase(resting_.begin(), std::ranges::find_if(resting_, is_young));
}

/// By their age; without memory it is closed instead.
void connection_pool::rest(std::unique_ptr<pooled_connection> what) noexcept {
    const auto is_younger = [&](const auto& each) {
        return each->rested_since > what->rested_since;
    };
    try {
        resting_.insert(std::ranges::find_if(resting_, is_younger), std::move(what));
    } catch (const std::bad_alloc&) {
        what.reset();
    }
}

/// One more connection will be opened: those that rest make up for it.
void connection_pool::make_room(const route_to& to) noexcept {
    const auto leads_there = [&](const auto& each) { return each->to->free == to.free; };
    const auto used_there = limits_.to_one - to.free->available();
    const auto resting_there =
        static_cast<std::size_t>(std::ranges::count_if(resting_, leads_there));
    if (used_there + resting_there > limits_.to_one)
        resting_.erase(std::ranges::find_if(resting_, leads_there));
    const std::size_t used = limits_.in_all - free_.available();
    if (!resting_.empty() && used + resting_.size() > limits_.in_all)
        resting_.erase(resting_.begin());
}

/// The one that was used last: the others may then rest until they are closed.
std::unique_ptr<pooled_connection> connection_pool::take(const route_to& to) noexcept {
    const auto same = [&](const auto& each) {
        return each->to.get() == &to || each->to->key == to.key;
    };
    const auto backwards = resting_ | std::views::reverse;
    const auto found = std::ranges::find_if(backwards, same);
    if (found == backwards.end()) return nullptr;
    std::unique_ptr<pooled_connection> taken = std::move(*found);
    resting_.erase(std::next(found).base());
    return taken;
}

}  // namespace zocalo::http::detail
