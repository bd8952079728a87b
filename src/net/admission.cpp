// SPDX-License-Identifier: MIT
#include "net/admission.hpp"

#include <algorithm>

namespace zocalo::net {

std::optional<address> counted_address(const endpoint& peer) {
    if (!peer.is_inet()) return std::nullopt;
    const address ip = peer.ip().unmapped();
    if (ip.is_v4()) return ip;
    address::v6_bytes network{};
    std::ranges::copy(ip.bytes().first(8), network.begin());
    return address(network);
}

std::optional<admission::place> admission::enter(const endpoint& peer) {
    const std::lock_guard lock(mutex_);
    const auto from = per_address_ > 0 ? counted_address(peer) : std::nullopt;
    if (from) {
        auto& count = by_address_[*from];
        if (count >= per_address_) return std::nullopt;
        ++count;
    }
    ++active_;
    return place(this, from);
}

void admission::leave(const std::optional<address>& from) noexcept {
    const std::lock_guard lock(mutex_);
    --active_;
    if (!from) return;
    const auto entry = by_address_.find(*from);
    if (--entry->second == 0) by_address_.erase(entry);
}

void admission::set_per_address(std::size_t limit) {
    const std::lock_guard lock(mutex_);
    per_address_ = limit;
}

std::size_t admission::active() const {
    const std::lock_guard lock(mutex_);
    return active_;
}

}  // namespace zocalo::net
