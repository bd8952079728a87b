// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>

#include "zocalo/serve/counters.hpp"

namespace zocalo::serve::detail {

/// The counters of a server while it runs: written by its loop, read by anybody.
struct tally {
    using number = std::atomic<std::uint64_t>;
    number accepted{0};
    number refused_address{0};
    number refused_rate{0};
    number refused_by_owner{0};
    number handled{0};
    number failed{0};
    number timed_out{0};
    number evicted{0};
    number cut_off{0};
    number exhausted{0};
    number bytes_received{0};
    number bytes_sent{0};
    number active{0};

    [[nodiscard]] serve::counters look() const noexcept;
};

/// One more. There is one writer, so it needs no locked instruction.
inline void count(tally::number& to, std::uint64_t how_many = 1) noexcept {
    to.store(to.load(std::memory_order_relaxed) + how_many, std::memory_order_relaxed);
}

}  // namespace zocalo::serve::detail
