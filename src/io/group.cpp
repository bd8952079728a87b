// SPDX-License-Identifier: MIT
#include "zocalo/io/detail/group.hpp"

#include "io/backend/contract.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"

namespace zocalo::io::detail {

void group::link(member& who) noexcept {
    who.next_ = first_;
    if (first_ != nullptr) first_->previous_ = &who;
    first_ = &who;
}

void group::unlink(member& who) noexcept {
    (who.previous_ != nullptr ? who.previous_->next_ : first_) = who.next_;
    if (who.next_ != nullptr) who.next_->previous_ = who.previous_;
}

/// The member may be gone after ended(), the group after complete().
void member::complete() noexcept {
    group& in = *in_;
    in.unlink(*this);
    ended();
    if (in.empty() && in.now == operation::state::waiting) {
        in.all_ended();
        in.now = operation::state::done;
        in.complete();
    }
}

bool group::join(std::coroutine_handle<> who) noexcept {
    if (empty()) {
        all_ended();
        return false;
    }
    waiter = who;
    wait();
    if (where->cancelled()) cancel();
    return true;
}

void group::cancel() noexcept {
    cancelled_ = true;
    for (member* each = first_; each != nullptr; each = each->next_)
        each->cancel();
}

void group::arrived(member& /*who*/, const std::exception_ptr& error) noexcept {
    if (!error || error_) return;
    error_ = error;
    cancel();
}

void race::arrived(member& who, const std::exception_ptr& /*error*/) noexcept {
    if (winner_ != nullptr) return;
    winner_ = &who;
    cancel();
}

}  // namespace zocalo::io::detail

namespace zocalo::io {

task<> all(std::vector<task<>> tasks) {
    detail::plain_group group;
    co_await group.opened();
    std::deque<detail::task_member<void>> members;
    for (task<>& one : tasks)
        members.emplace_back(detail::task_member<void>::seed{group, one});
    for (auto& each : members)
        each.start();
    co_await group.joined();
    group.rethrow();
}

}  // namespace zocalo::io
