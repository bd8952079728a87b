// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "zocalo/net/packet/capture.hpp"

namespace zocalo::net::packet {

/// What the times of a pcapng interface mean: a number of units since an offset from 1970.
struct capture_clock {
    std::uint64_t units_a_second = 1'000'000;
    std::int64_t offset_seconds = 0;

    /// From if_tsresol: the power of ten, or of two when the highest bit is set, of the units;
    /// nothing when they are too small for 64 bits.
    static std::optional<std::uint64_t> units(std::uint8_t resolution) noexcept {
        const unsigned exponent = resolution & 0x7FU;
        if ((resolution & 0x80) != 0) {
            if (exponent > 63) return std::nullopt;
            return std::uint64_t{1} << exponent;
        }
        if (exponent > 19) return std::nullopt;
        std::uint64_t power = 1;
        for (unsigned i = 0; i < exponent; ++i)
            power *= 10;
        return power;
    }

    /// Nothing for times that 64 bits of nanoseconds since 1970 do not reach (the year 2262).
    [[nodiscard]] std::optional<capture_time> time(std::uint64_t count) const noexcept {
        constexpr std::uint64_t last_second = 9'223'372'035;
        const std::uint64_t seconds = count / units_a_second;
        if (seconds > last_second) return std::nullopt;
        if (offset_seconds > static_cast<std::int64_t>(last_second - seconds) ||
            offset_seconds < -static_cast<std::int64_t>(last_second)) {
            return std::nullopt;
        }
        const std::uint64_t fraction = nanoseconds(count % units_a_second);
        return capture_time(
            std::chrono::seconds(static_cast<std::int64_t>(seconds) + offset_seconds) +
            std::chrono::nanoseconds(static_cast<std::int64_t>(fraction)));
    }

 private:
    static constexpr std::uint64_t billion = 1'000'000'000;

    /// Of less than a second; units below a nanosecond are cut off.
    [[nodiscard]] std::uint64_t nanoseconds(std::uint64_t rest) const noexcept {
        if (units_a_second % billion == 0) return rest / (units_a_second / billion);
        std::uint64_t units = units_a_second;
        for (; units > std::uint64_t{1} << 34; units >>= 1)  // so that the product fits 64 bits
            rest >>= 1;
        return rest * billion / units;
    }
};

}  // namespace zocalo::net::packet
