// SPDX-License-Identifier: MIT
// Connections of HTTP/2 in the pool. One in use has its places by itself, and requests come and go
// on it; when the last one has gone it rests among the others, and has none.
//
// Which version a server speaks is known when a connection is there: so of several requests one
// makes it, and the others wait for what comes of that.
#include <algorithm>
#include <utility>

#include "http/client/http2_line.hpp"
#include "http/client/pool.hpp"
#include "zocalo/io/shield.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

using lease = connection_pool::lease;

namespace {

constexpr std::chrono::seconds longest_goodbye{1};

void pulse(io::event& what) noexcept {
    what.set();
    what.reset();
}

/// Whether somebody is about to know what these want to know. Not after an attempt that failed
/// since they began: then each is told by itself why.
bool has_to_wait(const meeting_place& place, unsigned failures) noexcept {
    if (place.failures != failures) return false;
    const bool is_made = place.is_dialled && !place.speaks_1_1;
    const auto is_new = [](const auto& each) { return each->on.is_new(); };
    return is_made || std::ranges::any_of(place.shared, is_new);
}

bool is_good(const shared_connection* each) noexcept {
    return each->on.is_good();
}

}  // namespace

/// Joins those on a connection that has room. Whether there is one.
bool connection_pool::share(lease& mine) {
    auto& all = mine.to_->meeting->shared;
    const auto has_room = [this](const auto& each) { return each->on.has_room(limits_.streams); };
    const auto found = std::ranges::find_if(all, has_room);
    if (found == all.end()) return false;
    auto made = std::make_unique<pooled_connection>(mine.to_);
    made->line = std::make_unique<http2_line>((*found)->on);
    made->shared = (*found)->shared_from_this();
    ++made->shared->users;
    made->rests = 1;
    mine.made = std::move(made);
    return true;
}

/// Waits as long as it may be that a connection is shared; then one is, or another has to be made.
io::task<> connection_pool::join(lease& mine, unsigned failures) {
    const std::shared_ptr<meeting_place> place = mine.to_->meeting;
    for (;;) {
        if (share(mine)) co_return;
        const bool has_place = mine.to_->free->available() > 0 && free_.available() > 0;
        const bool waits_for_stream = !has_place && std::ranges::any_of(place->shared, is_good);
        if (!waits_for_stream && !has_to_wait(*place, failures)) co_return;
        io::task<> waiting = place->changed.wait();
        co_await std::move(waiting);
    }
}

/// Whether there is a connection now, or will be, that was not there when the lease had to wait for
/// its places: it needs none then.
bool connection_pool::is_overtaken(lease& mine, unsigned failures) {
    const meeting_place* const place = mine.to_->meeting.get();
    if (place == nullptr) return false;
    const auto has_room = [this](const auto& each) { return each->on.has_room(limits_.streams); };
    if (!std::ranges::any_of(place->shared, has_room) && !has_to_wait(*place, failures))
        return false;
    lease without_places;
    without_places.to_ = mine.to_;
    without_places.from_ = mine.from_;
    mine = std::move(without_places);
    return true;
}

/// One that has rested may have been ended meanwhile.
io::task<> connection_pool::revive(lease& mine) {
    const std::shared_ptr<shared_connection> resting = mine.made->shared;
    mine.made.reset();
    io::task<bool> looking = resting->on.look();
    const bool is_good = co_await std::move(looking);
    if (!is_good || !resting->on.has_room(limits_.streams)) co_return;
    auto made = std::make_unique<pooled_connection>(mine.to_);
    made->line = std::make_unique<http2_line>(resting->on);
    made->shared = resting;
    made->rests = 1;
    mine.made = std::move(made);
    mine.settle();
}

// --- The lease

void lease::announce_dialling() noexcept {
    meeting_place& place = *to_->meeting;
    if (place.speaks_1_1 || place.is_dialled) return;
    dials_ = place.is_dialled = true;
}

void lease::end_dialling() noexcept {
    if (!std::exchange(dials_, false)) return;
    to_->meeting->is_dialled = false;
    pulse(to_->meeting->changed);
}

void lease::note_failure() noexcept {
    if (dials_) ++to_->meeting->failures;
    end_dialling();
}

void lease::settle() {
    if (to_ == nullptr || !to_->meeting) return;
    meeting_place& place = *to_->meeting;
    place.speaks_1_1 = made->shared == nullptr;
    if (made->shared) {
        made->shared->on.on_settings = [at = to_->meeting] { pulse(at->changed); };
        place.shared.push_back(made->shared.get());
        made->shared->users = 1;
        made->shared->of_all = std::move(of_all_);
        made->shared->of_place = std::move(of_place_);
    }
    end_dialling();
}

io::task<> lease::cut_off() {
    if (!made || !made->shared) co_return;
    const std::shared_ptr<shared_connection> shared = made->shared;
    made->line.reset();
    try {
        io::task<> telling = io::shield(longest_goodbye, shared->on.flush());
        co_await std::move(telling);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        co_return;  // then the connection is not good for anybody
    }
}

/// Leaves a shared connection, which rests when nobody else is on it.
void lease::part() noexcept {
    made->line.reset();
    shared_connection& on = *made->shared;
    const std::shared_ptr<meeting_place> place = to_->meeting;
    if (--on.users == 0) {
        std::erase(place->shared, &on);
        if (!on.on.has_settings()) ++place->failures;  // nobody waits for the next one, too
        on.of_all.give_back();
        on.of_place.give_back();
        made->rested_since = on.used;
        if (on.on.is_good()) from_->rest(std::move(made));
    }
    pulse(place->changed);
}

}  // namespace zocalo::http::detail
