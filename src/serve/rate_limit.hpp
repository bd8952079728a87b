// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>

#include "zocalo/io/timeout.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/endpoint.hpp"

/// How often something may happen.
namespace zocalo::serve::detail {

/// So many in a second in the long run, and `burst` at once after a time of rest.
///
/// It keeps one moment: that at which the next one would come if they came evenly. (The "generic
/// cell rate algorithm" of ITU-T I.371.)
class pace {
 public:
    using nanoseconds = std::chrono::nanoseconds;

    /// How long until one may happen, which it does at zero.
    nanoseconds take(io::time_point now, std::size_t per_second, std::size_t burst) noexcept;
    /// The same with one for each `step`.
    nanoseconds take(io::time_point now, nanoseconds step, std::size_t burst) noexcept;
    /// Nothing is left to remember.
    [[nodiscard]] bool is_rested(io::time_point now) const noexcept { return next_ <= now; }

 private:
    io::time_point next_{};
};

/// A pace that several threads keep together; a second's worth may come at once.
class shared_pace {
 public:
    std::chrono::nanoseconds take(io::time_point now, std::size_t per_second) {
        const std::lock_guard lock(mutex_);
        return pace_.take(now, per_second, per_second);
    }

 private:
    std::mutex mutex_;
    pace pace_;
};

/// A pace for each address, or /64, of the peers. Any thread.
///
/// Kept are only those that are not rested, and never more than `most_kept`: a flood from more
/// addresses than that forgets.
class address_paces {
 public:
    static constexpr std::size_t most_kept = 65536;

    /// 0 is no limit.
    explicit address_paces(std::size_t per_second) noexcept : per_second_(per_second) {}

    /// Whether one more from there is not too fast.
    [[nodiscard]] bool admit(const net::endpoint& peer, io::time_point now);
    void set_rate(std::size_t per_second);

 private:
    std::mutex mutex_;
    std::size_t per_second_;
    std::map<net::address, pace> by_address_;
    std::size_t look_again_at_ = 1024;  ///< entries at which the rested ones are dropped
};

}  // namespace zocalo::serve::detail
