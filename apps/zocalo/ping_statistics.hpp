// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "zocalo/net/packet/echo.hpp"

namespace zocalo::program {

[[nodiscard]] inline double milliseconds_of(std::chrono::nanoseconds span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

/// What ping(8) says at its end.
class ping_statistics {
 public:
    void count_sent() noexcept { ++sent_; }
    void count(const net::packet::echo_answer& answer);
    void end() noexcept { took_ = std::chrono::steady_clock::now() - started_; }

    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
    [[nodiscard]] std::uint64_t errors() const noexcept { return errors_; }
    /// Echoes that nothing at all has come back for.
    [[nodiscard]] std::uint64_t missing() const noexcept;

    /// `3 packets transmitted, 3 received, 0% packet loss, time 2003ms` and the times.
    [[nodiscard]] std::string text() const;
    /// The same as an object on one line.
    [[nodiscard]] std::string json(const net::address& host) const;

 private:
    [[nodiscard]] double lost() const noexcept;
    [[nodiscard]] double average() const noexcept;
    [[nodiscard]] double deviation() const noexcept;

    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::chrono::nanoseconds took_{};
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t again_ = 0;
    std::uint64_t errors_ = 0;
    double least_ = 0;  // of the round trips, in milliseconds, as the next three
    double most_ = 0;
    double sum_ = 0;
    double squares_ = 0;
};

}  // namespace zocalo::program
