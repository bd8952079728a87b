// SPDX-License-Identifier: MIT
// How a connection begins and ends. What it sends is in connection_send.cpp, what arrives in
// connection_receive.cpp.
#include "sim/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "sim/listening_socket.hpp"
#include "sim/stack.hpp"

namespace zocalo::sim::detail {

namespace {

/// How long an address and port stay reserved after the end (RFC 9293 §3.6.1; Linux: 60 s).
constexpr nanoseconds quarantine = std::chrono::seconds(60);

}  // namespace

connection::connection(stack& of, const net::endpoint& local, const net::endpoint& remote)
    : stack_(&of),
      local_(local),
      remote_(remote),
      first_(of.in().chance.next() >> 16U),
      una_(first_),
      next_(first_),
      highest_(first_),
      end_(first_ + 1) {}

void connection::connect() {
    state_ = state::syn_sent;
    stack_->note("connect to", remote_);
    transmit_syn();
    arm_timer();
}

void connection::join(const connection& other) noexcept {
    state_ = state::open;
    una_ = next_ = highest_ = first_ + 1;
    expected_ = other.first_ + 1;
    window_end_ = una_ + other.window();
    announced_ = window();
}

void connection::answer(const packet& syn, listening_socket& to) {
    state_ = state::syn_received;
    listener_ = &to;
    expected_ = syn.seq + 1;
    window_end_ = una_ + syn.window;
    transmit_syn();
    arm_timer();
}

int connection::connected() noexcept {
    if (error_ != 0) return -std::exchange(error_, 0);
    return state_ == state::syn_sent ? -EAGAIN : 0;
}

void connection::opened() {
    state_ = state::open;
    attempts_ = 0;
    listening_socket* const listener = std::exchange(listener_, nullptr);
    if (listener != nullptr) {
        listener->completed(*this);
    } else {
        stack_->note("connected to", remote_);
    }
}

int connection::shutdown(bool reading, bool writing) {
    if (state_ == state::closed || state_ == state::syn_sent) return -ENOTCONN;
    read_shut_ = read_shut_ || reading;
    if (writing && !fin_wanted_) {
        fin_wanted_ = true;
        fin_first_ = !peer_finished_;
        pump();
        finish_if_over();
    }
    tell();
    return 0;
}

void connection::set_no_delay(bool wanted) {
    no_delay_ = wanted;
    if (stack_ != nullptr) pump();
}

void connection::close(bool abort) {
    user = nullptr;
    orphan_ = true;
    if (stack_ == nullptr) return;
    if (state_ == state::open && !abort && in_.empty() && early_.empty()) {
        if (!fin_wanted_) {
            fin_wanted_ = true;
            fin_first_ = !peer_finished_;
            pump();
        }
        finish_if_over();
        return;
    }
    // Linux, too, resets a connection with bytes that nobody has read.
    if (state_ == state::open || state_ == state::syn_received) transmit_reset();
    leave();
}

void connection::orphan_of_listener() {
    listener_ = nullptr;
    close(true);
}

/// The peer's FIN is there and ours is acknowledged, or nobody waits for the peer's any more.
void connection::finish_if_over() {
    const bool sent_all = fin_wanted_ && una_ == end_ + 1;
    if (state_ != state::open || !sent_all || !orphan_ || lingering_) return;
    if (peer_finished_ && !fin_first_) return leave();
    lingering_ = true;
    stack_->after(
        quarantine,
        [self = weak_from_this()] {
            if (const auto alive = self.lock()) alive->leave();
        },
        event_queue::kind::background);
}

void connection::fail(int error) {
    error_ = error;
    state_ = state::closed;
    out_.clear();
    if (listening_socket* const listener = std::exchange(listener_, nullptr)) {
        listener->lost(*this);
    }
    leave();
    tell();
}

void connection::reset() {
    if (stack_ == nullptr) return;
    stack_->note("reset from", remote_);
    fail(ECONNRESET);
}

void connection::leave() {
    state_ = state::closed;
    timer_set_ = false;
    if (stack* const of = std::exchange(stack_, nullptr)) of->remove(*this);
}

void connection::vanish() noexcept {
    stack_ = nullptr;
    listener_ = nullptr;
    state_ = state::closed;
    error_ = ECANCELED;
}

void connection::tell() {
    if (user != nullptr) user->changed();
}

}  // namespace zocalo::sim::detail
