// SPDX-License-Identifier: MIT
// Receiving: every packet is answered with what is expected next. What comes early waits for its
// turn.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "sim/connection.hpp"
#include "sim/stack.hpp"

namespace zocalo::sim::detail {

std::uint64_t connection::window() const noexcept {
    const std::size_t capacity = stack_->in().options.receive_buffer;
    return in_.size() < capacity ? capacity - in_.size() : 0;
}

void connection::arrive(packet&& what) {
    if (stack_ == nullptr) return;
    const auto alive = shared_from_this();
    if (what.rst) return arrive_reset(what);
    if (state_ == state::syn_sent) return arrive_syn_sent(what);
    if (what.syn) {
        // Our answer to it was lost, or it comes from a peer that has forgotten us.
        state_ == state::syn_received ? transmit_syn() : transmit_ack();
        return;
    }
    if (what.seq <= expected_) last_sent_ = what.sent;
    take_ack(what);
    if (stack_ == nullptr) return;
    if (state_ == state::syn_received && una_ > first_) opened();
    if (state_ != state::open) return;
    take_data(std::move(what));
    tell();
}

/// A peer that still knows an older connection with these ports is told that it is gone.
void connection::arrive_syn_sent(const packet& what) {
    if (!what.syn || !what.has_ack || what.ack != first_ + 1) {
        packet made;
        made.from = local_;
        made.to = remote_;
        made.seq = what.ack;
        made.rst = true;
        return stack_->send(std::move(made));
    }
    last_sent_ = what.sent;
    expected_ = what.seq + 1;
    una_ = what.ack;
    window_end_ = what.ack + what.window;
    timer_set_ = false;
    opened();
    transmit_ack();
    tell();
}

/// Only a reset that fits into what is expected is believed (RFC 9293 §3.10.7).
void connection::arrive_reset(const packet& what) {
    if (state_ == state::syn_sent) {
        if (!what.has_ack || what.ack != first_ + 1) return;
        stack_->note("refused by", remote_);
        return fail(ECONNREFUSED);
    }
    if (what.seq < expected_ || what.seq > expected_ + window()) return;
    stack_->note("reset by", remote_);
    fail(peer_finished_ ? EPIPE : ECONNRESET);
}

void connection::take_data(packet what) {
    if (what.length() == 0) return;
    const std::uint64_t end_of_room = expected_ + window();
    if (orphan_ && what.seq + what.data.size() > expected_) {
        transmit_reset();  // nobody will read it
        return leave();
    }
    if (what.seq <= end_of_room) {
        if (what.fin) fin_at_ = what.seq + what.data.size();
        if (what.seq + what.data.size() > end_of_room) what.data.resize(end_of_room - what.seq);
        auto& kept = early_[what.seq];
        if (kept.size() < what.data.size()) kept = std::move(what.data);
        take_early();
    }
    transmit_ack();
    finish_if_over();
}

void connection::take_early() {
    while (!early_.empty() && early_.begin()->first <= expected_) {
        const auto& [from, bytes] = *early_.begin();
        if (from + bytes.size() > expected_) {
            const auto known = static_cast<std::size_t>(expected_ - from);
            in_.push(std::string_view(bytes).substr(known));
            expected_ += bytes.size() - known;
        }
        early_.erase(early_.begin());
    }
    if (fin_at_ != 0 && expected_ == fin_at_ && !peer_finished_) {
        peer_finished_ = true;
        ++expected_;
        stack_->note("end of the stream from", remote_);
    }
}

bool connection::has_something_to_say() const noexcept {
    return !in_.empty() || error_ != 0 || peer_finished_ || read_shut_ || state_ == state::closed;
}

long connection::receive(mutable_buffer into) {
    if (in_.empty()) {
        if (error_ != 0) return -std::exchange(error_, 0);
        return has_something_to_say() ? 0 : -EAGAIN;
    }
    std::size_t count = std::min(into.size(), in_.size());
    if (stack_ != nullptr) {
        random& chance = stack_->in().chance;
        if (stack_->in().options.split && chance.chance(0.125)) count = chance.between(1, count);
        stack_->note("receive from", remote_, static_cast<std::int64_t>(count));
    }
    in_.view(0, count).copy(reinterpret_cast<char*>(into.data()), count);
    in_.pop(count);
    // The peer waits when it was told of no room to speak of.
    if (stack_ != nullptr && state_ == state::open) {
        const std::size_t half = stack_->in().options.receive_buffer / 2;
        const std::uint64_t known = announced_;
        if (known < half && window() >= half) transmit_ack();
    }
    return static_cast<long>(count);
}

}  // namespace zocalo::sim::detail
