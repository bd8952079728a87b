// SPDX-License-Identifier: MIT
#include "zocalo/io/detail/wait_queue.hpp"

#include <cerrno>

#include "io/backend/contract.hpp"
#include "io/misuse.hpp"
#include "net/fail.hpp"

namespace zocalo::io::detail {

bool wait_operation::begin(fiber& in, std::coroutine_handle<> who) noexcept {
    if (!enlist(in, who)) return false;
    wait();
    queue_.push(*this);
    return true;
}

void wait_operation::finish() const {
    if (result < 0) net::fail(name_, result);
}

void wait_operation::cancel() noexcept {
    if (now != state::waiting) return;
    queue_.remove(*this);
    where->engine().post_done(*this, -ECANCELED);
}

wait_queue::~wait_queue() {
    if (!empty()) queue_destroyed_while_waited_for();
}

void wait_queue::push(wait_operation& who) noexcept {
    who.earlier_ = last_;
    who.later_ = nullptr;
    (last_ == nullptr ? first_ : last_->later_) = &who;
    last_ = &who;
}

void wait_queue::remove(wait_operation& who) noexcept {
    (who.earlier_ == nullptr ? first_ : who.earlier_->later_) = who.later_;
    (who.later_ == nullptr ? last_ : who.later_->earlier_) = who.earlier_;
}

bool wait_queue::wake_one() noexcept {
    if (first_ == nullptr) return false;
    wait_operation& who = *first_;
    remove(who);
    who.where->engine().post_done(who, 0);
    return true;
}

void wait_queue::wake_all() noexcept {
    while (wake_one()) {
    }
}

}  // namespace zocalo::io::detail
