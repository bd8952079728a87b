// SPDX-License-Identifier: MIT
#include "serve/rate_limit.hpp"

#include <algorithm>

#include "net/admission.hpp"

namespace zocalo::serve::detail {

namespace {

/// How many seconds' worth may come at once.
constexpr std::size_t burst_seconds = 10;

}  // namespace

std::chrono::nanoseconds pace::take(io::time_point now, std::size_t per_second,
                                    std::size_t burst) noexcept {
    const nanoseconds step(1'000'000'000 / static_cast<std::int64_t>(per_second));
    return take(now, step, burst);
}

std::chrono::nanoseconds pace::take(io::time_point now, nanoseconds step,
                                    std::size_t burst) noexcept {
    const io::time_point earliest = std::max(next_, now);
    const nanoseconds ahead = earliest - now;
    const nanoseconds allowed = step * static_cast<std::int64_t>(burst - 1);
    if (ahead > allowed) return ahead - allowed;
    next_ = earliest + step;
    return nanoseconds::zero();
}

bool address_paces::admit(const net::endpoint& peer, io::time_point now) {
    const auto from = net::counted_address(peer);
    if (!from) return true;
    const std::lock_guard lock(mutex_);
    if (per_second_ == 0) return true;
    if (by_address_.size() >= look_again_at_) {
        std::erase_if(by_address_, [now](const auto& one) { return one.second.is_rested(now); });
        if (by_address_.size() >= most_kept) by_address_.clear();
        look_again_at_ = std::max<std::size_t>(1024, std::min(2 * by_address_.size(), most_kept));
    }
    const auto wait = by_address_[*from].take(now, per_second_, burst_seconds * per_second_);
    return wait == std::chrono::nanoseconds::zero();
}

void address_paces::set_rate(std::size_t per_second) {
    const std::lock_guard lock(mutex_);
    per_second_ = per_second;
}

}  // namespace zocalo::serve::detail
