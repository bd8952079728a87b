// SPDX-License-Identifier: MIT
// Sending: as much as the peer has room for is on its way at once. When the time for an
// acknowledgement is up, everything is sent again from the first byte that lacks one, a single
// packet first; its acknowledgement tells how much of the rest had arrived.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "sim/connection.hpp"
#include "sim/stack.hpp"

namespace zocalo::sim::detail {

namespace {

using namespace std::chrono_literals;

// As on Linux: 127 seconds for a connection to be made, a quarter of an hour for data.
constexpr int most_syns = 6;
constexpr int most_attempts = 15;
constexpr nanoseconds first_syn_wait = 1s;
constexpr nanoseconds least_wait = 200ms;
constexpr nanoseconds most_wait = 120s;

nanoseconds doubled(nanoseconds span, int times) {
    for (int i = 0; i < times && span < most_wait; ++i)
        span *= 2;
    return std::min(span, most_wait);
}

}  // namespace

packet connection::blank() const {
    packet made;
    made.from = local_;
    made.to = remote_;
    made.seq = next_;
    made.ack = expected_;
    made.has_ack = state_ != state::syn_sent;
    made.window = window();
    made.sent = stack_->in().now;
    made.echoed = last_sent_;
    return made;
}

void connection::transmit_syn() {
    packet made = blank();
    made.seq = first_;
    made.syn = true;
    next_ = first_ + 1;
    highest_ = std::max(highest_, next_);
    announced_ = made.window;
    stack_->send(std::move(made));
}

void connection::transmit_ack() {
    packet made = blank();
    announced_ = made.window;
    stack_->send(std::move(made));
}

void connection::transmit_reset() {
    packet made = blank();
    made.rst = true;
    stack_->note("reset the connection to", remote_);
    stack_->send(std::move(made));
}

void connection::transmit_data(std::uint64_t from, std::size_t count) {
    packet made = blank();
    made.seq = from;
    made.data = out_.view(from - una_, count);
    next_ = from + count;
    highest_ = std::max(highest_, next_);
    announced_ = made.window;
    stack_->send(std::move(made));
}

void connection::transmit_fin() {
    packet made = blank();
    made.seq = end_;
    made.fin = true;
    next_ = end_ + 1;
    highest_ = std::max(highest_, next_);
    announced_ = made.window;
    stack_->send(std::move(made));
}

std::size_t connection::segment_size(std::uint64_t room) const {
    universe& in = stack_->in();
    const std::uint64_t most = std::min<std::uint64_t>(room, in.options.segment);
    const bool cut = in.options.split && in.chance.chance(0.125);
    return cut ? in.chance.between(1, most) : most;
}

/// Sends what may be sent now.
void connection::pump() {
    if (state_ != state::open) return;
    for (;;) {
        const std::uint64_t limit = std::min(end_, window_end_);
        if (next_ >= limit) break;
        // A little is not worth a packet as long as an acknowledgement will come, which tells of
        // more room, and until which there may be more to send (RFC 9293 §3.7.4, §3.8.6.2.1).
        const bool little = limit - next_ < stack_->in().options.segment;
        const bool wait_for_more = limit < end_ || (!no_delay_ && !fin_wanted_);
        if (little && una_ < next_ && wait_for_more) break;
        transmit_data(next_, segment_size(limit - next_));
    }
    if (fin_wanted_ && next_ == end_) transmit_fin();
    arm_timer();
}

/// Nothing is on its way, and the peer has no room for what there is.
bool connection::only_probes() const noexcept {
    return state_ == state::open && una_ >= window_end_ && una_ < end_;
}

/// Unless it is set already, or there is nothing to wait for.
void connection::arm_timer() {
    const bool something = una_ < next_ || una_ < end_;
    if (timer_set_ || !something) return;
    timer_set_ = true;
    const bool opening = state_ == state::syn_sent || state_ == state::syn_received;
    const nanoseconds base = opening ? first_syn_wait : std::max(least_wait, 3 * round_trip_);
    due_ = stack_->in().now + doubled(base, attempts_);
    if (looks_at_[only_probes()] > due_) look_when_due();
}

/// The timer is set again for every packet, and hardly ever goes off: a single event of each kind
/// looks after it, and plans the next one when it has come too early.
void connection::look_when_due() {
    const bool probe = only_probes();
    looks_at_[probe] = due_;
    stack_->after(
        due_ - stack_->in().now,
        [self = weak_from_this(), probe, when = due_] {
            if (const auto alive = self.lock()) alive->look(probe, when);
        },
        probe ? event_queue::kind::background : event_queue::kind::proper);
}

void connection::look(bool probe, time_point when) {
    if (stack_ == nullptr || when != looks_at_[probe]) return;  // another one has replaced it
    looks_at_[probe] = time_point::max();
    if (!timer_set_) return;
    if (stack_->in().now >= due_) return time_is_up();
    if (looks_at_[only_probes()] > due_) look_when_due();
}

void connection::time_is_up() {
    timer_set_ = false;
    ++attempts_;
    if (state_ == state::syn_sent && !stack_->in().net.knows(remote_)) return fail(EHOSTUNREACH);
    if (attempts_ > (state_ == state::open ? most_attempts : most_syns)) return fail(ETIMEDOUT);
    resent_at_ = stack_->in().now;
    send_again();
    arm_timer();
}

void connection::send_again() {
    if (state_ != state::open) return transmit_syn();
    if (una_ < end_) {
        // A single byte asks whether there is room now: its acknowledgement says.
        const bool probe = only_probes();
        const std::uint64_t room = probe ? 1 : std::min(end_, window_end_) - una_;
        if (!probe) stack_->note("send again to", remote_);
        return transmit_data(una_, std::min<std::uint64_t>(room, stack_->in().options.segment));
    }
    stack_->note("send the end again to", remote_);
    transmit_fin();
}

/// An acknowledgement that is for what left before it was sent again says that nothing was lost: it
/// only took longer (RFC 3522). Then the rest is not sent again.
void connection::measure(time_point sent) {
    const nanoseconds span = stack_->in().now - sent;
    round_trip_ = std::max(span, (7 * round_trip_ + span) / 8);
    const time_point resent = std::exchange(resent_at_, time_point::max());
    if (resent != time_point::max() && sent < resent) next_ = highest_;
}

void connection::take_ack(const packet& what) {
    if (!what.has_ack || what.ack > highest_) return;
    window_end_ = std::max(window_end_, what.ack + what.window);
    if (only_probes()) attempts_ = std::min(attempts_, 8);  // somebody is there, and has no room
    if (what.ack > una_) {
        const std::uint64_t first_byte = std::max(una_, first_ + 1);
        const std::uint64_t last_byte = std::min(what.ack, end_);
        if (last_byte > first_byte) out_.pop(last_byte - first_byte);
        // Who has filled it waits until a third is free, as in Linux: who wrote each byte that is
        // acknowledged would send each in a packet of its own.
        if (3 * out_.size() <= 2 * stack_->in().options.send_buffer) full_ = false;
        una_ = what.ack;
        next_ = std::max(next_, una_);
        if (what.echoed != time_point{}) measure(what.echoed);
        attempts_ = 0;
        timer_set_ = false;  // what is left has its time from now on
    }
    pump();
    finish_if_over();
}

bool connection::has_room() const noexcept {
    return error_ != 0 || state_ == state::closed || fin_wanted_ || stack_ == nullptr || !full_;
}

long connection::send(const_buffer data) {
    if (error_ != 0) return -std::exchange(error_, 0);
    if (state_ != state::open || fin_wanted_) return -EPIPE;
    const std::size_t capacity = stack_->in().options.send_buffer;
    if (full_) return -EAGAIN;
    const const_buffer taken = data.first(capacity - out_.size());
    out_.push(taken.text());
    full_ = out_.size() >= capacity;
    end_ += taken.size();
    stack_->note("send to", remote_, static_cast<std::int64_t>(taken.size()));
    pump();
    return static_cast<long>(taken.size());
}

}  // namespace zocalo::sim::detail
