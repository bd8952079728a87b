// SPDX-License-Identifier: MIT
#include "zocalo/io/shield.hpp"

#include "io/backend/contract.hpp"

namespace zocalo::io::detail {

bool shield_operation::begin(fiber& in, std::coroutine_handle<> who) {
    where = &in;
    waiter = who;
    inside_.emplace(in.engine(), *this);
    if (in.engine().is_ending()) inside_->cancel();
    if (!start_(what_, *inside_)) return false;
    wait();
    return true;
}

/// Of the one outside.
void shield_operation::cancel() noexcept {
    if (where->engine().is_ending()) inside_->cancel();
}

void shield_operation::inner::complete() noexcept {
    of_->now = state::done;
    of_->operation::complete();
}

}  // namespace zocalo::io::detail
