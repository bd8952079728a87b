// SPDX-License-Identifier: MIT
#include "serve/guard.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/backend/contract.hpp"
#include "net/fail.hpp"

namespace zocalo::serve::detail {

namespace {

constexpr auto never = io::time_point::max();

/// A request that is on its way is there by then.
constexpr auto first_word = std::chrono::seconds(1);

}  // namespace

io::time_point later(io::time_point from, timeout span) noexcept {
    const auto wait = span.value().value_or(std::chrono::nanoseconds::max());
    return wait < never - from ? from + wait : never;
}

io::time_point past::quiet_until() const noexcept {
    return std::min(later(quiet_since, within->idle), later(born, within->total));
}

verdict past::quiet_verdict() const noexcept {
    const bool by_age = later(born, within->total) <= later(quiet_since, within->idle);
    return by_age ? verdict::too_old : verdict::idle;
}

/// Well within the time that a stop may take.
io::time_point past::first_word_until(io::time_point now) const noexcept {
    const auto whole = within->drain.value().value_or(2 * first_word);
    return now + std::min<std::chrono::nanoseconds>(first_word, whole / 2);
}

io::time_point guard::clock() const noexcept {
    return where->engine().lately();
}

void guard::arm() {
    phase_began_ = past_.quiet_since = clock();
    if (past_.born == io::time_point{}) past_.born = phase_began_;
    armed_ = true;
    set_alarm();
}

void guard::arrived(io::detail::member& /*who*/, const std::exception_ptr& /*error*/) noexcept {
    armed_ = false;
    where->engine().stop(alarm_);
}

void guard::enter(phase to) noexcept {
    phase_ = to;
    may_park_ = is_parking_ = knows_wait_ = false;
    phase_began_ = past_.quiet_since = wait_began_ = clock();
    waited_ = {};
    moved_ = 0;
    if (to == phase::resting) {
        if (!std::exchange(past_.has_rested, true))
            past_.opening = past_.received - unread_ + past_.sent;
        news_.wake_all();
        leave();
    }
    // The new phase may have a nearer limit than the alarm knows of.
    if (armed_ && next_limit().at < alarm_.at) set_alarm();
}

void guard::may_park() noexcept {
    may_park_ = socket_ != nullptr;
    knows_wait_ = false;
}

void guard::begin_read() noexcept {
    reads_ = true;
    begin_wait();
}

void guard::begin_wait() noexcept {
    is_parking_ = false;
    if (waits_++ > 0) return;
    wait_began_ = past_.quiet_since = clock();
    if (knows_wait_ || !armed_) return;
    if (next_limit().at < alarm_.at) set_alarm();
    know_wait();
}

/// The limits only move away as time passes and bytes move, until the phase is another.
void guard::know_wait() noexcept {
    knows_wait_ = waits_ > 0 && (reads_ || !may_park_);
}

void guard::end_wait(std::size_t came, std::size_t went) noexcept {
    const io::time_point ended = clock();
    past_.received += came;
    past_.sent += went;
    moved(came + went, ended);
    if (--waits_ == 0) waited_ += ended - wait_began_;
}

void guard::end_read(std::size_t came) noexcept {
    reads_ = false;
    end_wait(came, 0);
}

void guard::sent(std::size_t bytes) noexcept {
    past_.sent += bytes;
    moved(bytes, clock());
}

void guard::moved(std::size_t bytes, io::time_point when) noexcept {
    if (bytes == 0) return;
    moved_ += bytes;
    is_parking_ = false;
    past_.quiet_since = when;
}

void guard::end(verdict why) noexcept {
    if (past_.why != verdict::none) return;
    past_.why = why;
    cancel();
}

void guard::drain() noexcept {
    draining_.set();
    if (!is_resting()) return;
    leave();
    if (armed_ && next_limit().at < alarm_.at) set_alarm();
}

/// It rests, and so it ends when the server stops.
void guard::leave() noexcept {
    if (!draining_.is_set() || unread_ > 0) return;
    leaves_at_ = past_.first_word_until(clock());
    if (past_.has_asked()) end(verdict::drained);
}

bool guard::waits_for_first_word() const noexcept {
    return draining_.is_set() && is_resting() && !past_.has_asked(unread_);
}

std::optional<io::time_point> guard::rate_limit() const noexcept {
    if (phase_ != phase::body || past_.within->bytes_per_second == 0 || waits_ == 0) return {};
    const auto earned =
        static_cast<double>(moved_) / static_cast<double>(past_.within->bytes_per_second);
    const timeout allowed = std::chrono::duration<double>(earned);
    const auto begun = wait_began_ - std::min(waited_, wait_began_.time_since_epoch());
    return later(later(begun, allowed), past_.within->grace);
}

guard::limit guard::next_limit() const noexcept {
    limit first{later(past_.born, past_.within->total), verdict::too_old};
    const auto consider = [&first](io::time_point at, verdict what) {
        if (at < first.at) first = {at, what};
    };
    if (waits_ > 0) consider(later(past_.quiet_since, past_.within->idle), verdict::idle);
    if (waits_for_first_word() && unread_ == 0) consider(leaves_at_, verdict::drained);
    if (may_park_ && reads_ && !is_parking_ && !draining_.is_set())
        consider(later(past_.quiet_since, past_.within->park), verdict::none);
    if (phase_ == phase::head)
        consider(later(phase_began_, past_.within->head), verdict::too_long_head);
    if (const auto rate = rate_limit()) consider(*rate, verdict::too_slow);
    return first;
}

void guard::set_alarm() noexcept {
    io::detail::backend& engine = where->engine();
    engine.stop(alarm_);
    alarm_.at = next_limit().at;
    if (alarm_.at != never) engine.start(alarm_);
}

void guard::check() noexcept {
    if (!armed_) return;
    const limit first = next_limit();
    if (first.at > where->engine().now()) {
        set_alarm();
        return know_wait();
    }
    first.what == verdict::none ? park() : end(first.what);
}

/// Nothing is cancelled but the read, which may bring something all the same.
void guard::park() noexcept {
    is_parking_ = socket_->reading != nullptr;
    may_park_ = is_parking_;  // there is none where a fault delays it
    knows_wait_ = false;
    set_alarm();
    if (is_parking_) socket_->reading->cancel();
}

std::optional<ending> guard::ended_for() const noexcept {
    switch (past_.why) {
        case verdict::idle:
            return ending::idle;
        case verdict::too_long_head:
            return ending::no_whole_head;
        case verdict::too_slow:
            return ending::too_slow;
        case verdict::too_old:
            return ending::too_old;
        case verdict::evicted:
            return ending::evicted;
        case verdict::drained:
            return ending::drained;
        case verdict::none:
        case verdict::cut_off:
            break;
    }
    return std::nullopt;
}

std::string guard::reason() const {
    switch (past_.why) {
        case verdict::idle:
            return "idle (limit " + net::to_text(past_.within->idle) + ")";
        case verdict::too_long_head:
            return "no whole request (limit " + net::to_text(past_.within->head) + ")";
        case verdict::too_slow:
            return "slower than " + std::to_string(past_.within->bytes_per_second) +
                   " bytes a second";
        case verdict::too_old:
            return "connected for too long (limit " + net::to_text(past_.within->total) + ")";
        default:
            return {};
    }
}

std::exception_ptr guard::time_is_up(const peer& who) const {
    try {
        net::fail("serve " + who.to_string() + ": " + reason(), -ETIMEDOUT);
    } catch (...) {
        return std::current_exception();
    }
}

}  // namespace zocalo::serve::detail
