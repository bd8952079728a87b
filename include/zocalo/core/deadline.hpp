// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

/// How long an operation may take: a time-out says it from now on, a deadline as a point in time.
namespace zocalo {

/// A time-out in three states: none (wait for ever), zero (do not wait) or a span of time.
///
/// Made implicitly from any std::chrono duration and from std::nullopt (none). Spans are kept in
/// nanoseconds: longer ones than 292 years are cut to that, negative ones are zero.
class timeout {
 public:
    constexpr timeout(std::nullopt_t) noexcept {}

    template <class Rep, class Period>
    constexpr timeout(std::chrono::duration<Rep, Period> span) noexcept {
        using seconds = std::chrono::duration<long double>;
        constexpr auto longest =
            static_cast<long double>(std::numeric_limits<std::int64_t>::max()) / 1e9L;
        const long double wanted = std::chrono::duration_cast<seconds>(span).count();
        if (!(wanted > 0)) {
            nanoseconds_ = 0;
        } else if (wanted >= longest) {
            nanoseconds_ = std::numeric_limits<std::int64_t>::max();
        } else {
            nanoseconds_ = std::chrono::duration_cast<std::chrono::nanoseconds>(span).count();
            if (nanoseconds_ == 0) nanoseconds_ = 1;  // shorter than a nanosecond, but not zero
        }
    }

    /// Waits for ever.
    [[nodiscard]] static constexpr timeout none() noexcept { return std::nullopt; }
    /// Does not wait at all.
    [[nodiscard]] static constexpr timeout zero() noexcept { return std::chrono::nanoseconds{0}; }

    [[nodiscard]] constexpr bool is_none() const noexcept { return nanoseconds_ < 0; }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return nanoseconds_ == 0; }

    /// The span, or nothing when there is no limit.
    [[nodiscard]] constexpr std::optional<std::chrono::nanoseconds> value() const noexcept {
        if (is_none()) return std::nullopt;
        return std::chrono::nanoseconds{nanoseconds_};
    }

    friend constexpr bool operator==(timeout, timeout) noexcept = default;

 private:
    std::int64_t nanoseconds_ = -1;
};

/// The one that is over first.
[[nodiscard]] constexpr timeout shorter(timeout a, timeout b) noexcept {
    if (a.is_none()) return b;
    if (b.is_none()) return a;
    return *a.value() < *b.value() ? a : b;
}

/// The moment, on the steady clock, at which an operation has taken too long.
///
/// One deadline is handed down through all steps of an operation, so that ten steps do not take ten
/// times the time-out.
class deadline {
 public:
    using clock = std::chrono::steady_clock;

    /// `limit` from now; reads the clock only when there is a limit above zero.
    explicit deadline(timeout limit) noexcept : limit_(limit) {
        const auto span = limit.value();
        if (!span || limit.is_zero()) return;
        const auto now = clock::now();
        at_ = *span < clock::time_point::max() - now ? now + *span : clock::time_point::max();
    }

    /// The time-out that this deadline was made from, for messages.
    [[nodiscard]] timeout limit() const noexcept { return limit_; }

    /// What is left: none, zero when it has passed, or the span until then.
    [[nodiscard]] timeout remaining() const noexcept {
        if (limit_.is_none() || limit_.is_zero()) return limit_;
        return at_ - clock::now();
    }

    /// The moment itself: the last that there is without a limit, one long past for zero.
    [[nodiscard]] clock::time_point at() const noexcept {
        return limit_.is_none() ? clock::time_point::max() : at_;
    }

    [[nodiscard]] bool passed() const noexcept { return remaining().is_zero(); }

 private:
    timeout limit_;
    clock::time_point at_{};
};

}  // namespace zocalo
