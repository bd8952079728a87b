// SPDX-License-Identifier: MIT
#include "zocalo/io/detail/fiber.hpp"

#include <cerrno>

#include "io/backend/contract.hpp"
#include "zocalo/io/detail/operation.hpp"

namespace zocalo::io::detail {

void fiber::cancel() noexcept {
    cancelled_ = true;
    if (waits_ == waits::elsewhere) {
        elsewhere->cancel();
    } else if (waits_ == waits::in_room) {
        reinterpret_cast<operation*>(space.bytes)->cancel();  // NOLINT: made in it
    }
}

const operation* fiber::waits_for() const noexcept {
    if (waits_ == waits::not_at_all) return nullptr;
    if (waits_ == waits::elsewhere) return elsewhere;
    return reinterpret_cast<const operation*>(space.bytes);  // NOLINT: made in it
}

void fiber::finished() noexcept {
    engine_->post(*this);
}

void operation::cancel() noexcept {
    if (now == state::waiting) where->engine().cancel(*this);
}

void operation::complete() {
    where->wait_over();
    if (!waiter) return where->finished();
    waiter.resume();
}

void timer_operation::cancel() noexcept {
    if (now != state::waiting) return;
    where->engine().stop(*this);
    where->engine().post_done(*this, -ECANCELED);
}

}  // namespace zocalo::io::detail
