// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "zocalo/http/http2_limits.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::http::detail {

/// What is left of a budget (a token bucket).
class http2_meter {
 public:
    explicit http2_meter(const http2_budget& of) noexcept : budget_(of), left_(of.burst) {}

    /// One more at that time: whether it was allowed.
    [[nodiscard]] bool take(io::time_point now) noexcept {
        using std::chrono::seconds;
        if (now >= filled_ + seconds(1)) {
            const auto passed = std::chrono::duration_cast<seconds>(now - filled_);
            const auto most = std::uint64_t{budget_.burst} + 1;
            const auto some = std::min(static_cast<std::uint64_t>(passed.count()), most);
            give(some * budget_.per_second);
            filled_ = now;
        }
        if (left_ == 0) return false;
        --left_;
        return true;
    }
    void give(std::uint64_t more) noexcept {
        left_ = std::min<std::uint64_t>(left_ + more, budget_.burst);
    }

 private:
    http2_budget budget_;
    std::uint64_t left_;
    io::time_point filled_{};
};

}  // namespace zocalo::http::detail
