// SPDX-License-Identifier: MIT
// Who tells takes the first waiter out of the queue, under the lock, and posts it to its own loop.
// A waiter that is cancelled takes itself out; whichever comes first decides. All of a mailbox has
// one lock, and nothing of it is touched when that was given back: by then it may be gone.
#include "zocalo/io/mailbox.hpp"

#include <algorithm>
#include <cerrno>

#include "io/backend/contract.hpp"
#include "io/misuse.hpp"
#include "net/fail.hpp"

namespace zocalo::io::detail {

namespace {

/// A world is one thread, and waits for no other.
bool is_simulated(const backend& engine) noexcept {
    return engine.realm() == realm::simulated;
}

}  // namespace

bool crossing_wait::begin(fiber& in, std::coroutine_handle<> who) {
    if (!enlist(in, who)) return false;
    const std::lock_guard lock(queue_.mutex_);
    if (queue_.count_ != seen_) return false;
    if (!is_simulated(in.engine())) in.engine().expect();  // may throw: nothing is queued yet
    queue_.waiting_.push_back(this);
    wait();
    return true;
}

void crossing_wait::finish() const {
    if (result < 0) net::fail("wait for a mailbox", result);
}

void crossing_wait::cancel() noexcept {
    const std::lock_guard lock(queue_.mutex_);
    if (std::erase(queue_.waiting_, this) == 0) return;
    if (is_simulated(where->engine())) return where->engine().post_done(*this, -ECANCELED);
    result = -ECANCELED;
    where->engine().post_from_outside(*this);
}

crossing::~crossing() {
    if (!waiting_.empty()) queue_destroyed_while_waited_for();
}

void crossing::wake_first() {
    crossing_wait& who = *waiting_.front();
    waiting_.pop_front();
    backend& engine = who.where->engine();
    if (is_simulated(engine)) return engine.post_done(who, 0);
    engine.post_from_outside(who);
}

void crossing::tell_one() {
    ++count_;
    if (!waiting_.empty()) wake_first();
}

void crossing::tell_all() {
    ++count_;
    while (!waiting_.empty())
        wake_first();
}

}  // namespace zocalo::io::detail
