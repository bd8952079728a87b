// SPDX-License-Identifier: MIT
#include "zocalo/serve/counters.hpp"

#include "serve/tally.hpp"

namespace zocalo::serve {

counters operator+(const counters& one, const counters& other) noexcept {
    counters sum = one;
    sum.accepted += other.accepted;
    sum.refused_address += other.refused_address;
    sum.refused_rate += other.refused_rate;
    sum.refused_by_owner += other.refused_by_owner;
    sum.handled += other.handled;
    sum.failed += other.failed;
    sum.timed_out += other.timed_out;
    sum.evicted += other.evicted;
    sum.cut_off += other.cut_off;
    sum.exhausted += other.exhausted;
    sum.bytes_received += other.bytes_received;
    sum.bytes_sent += other.bytes_sent;
    sum.active += other.active;
    return sum;
}

serve::counters detail::tally::look() const noexcept {
    const auto value = [](const number& of) { return of.load(std::memory_order_relaxed); };
    return {.accepted = value(accepted),
            .refused_address = value(refused_address),
            .refused_rate = value(refused_rate),
            .refused_by_owner = value(refused_by_owner),
            .handled = value(handled),
            .failed = value(failed),
            .timed_out = value(timed_out),
            .evicted = value(evicted),
            .cut_off = value(cut_off),
            .exhausted = value(exhausted),
            .bytes_received = value(bytes_received),
            .bytes_sent = value(bytes_sent),
            .active = static_cast<std::size_t>(value(active))};
}

}  // namespace zocalo::serve
