// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include "zocalo/http/message.hpp"

namespace zocalo::program {

/// How far a transfer is, for those who show that.
struct transfer_meter {
    enum class stage : std::uint8_t { waiting, under_way, done, failed };

    std::string name;
    std::uint64_t done = 0;
    std::uint64_t before = 0;  ///< so much of it was there already
    http::content_size whole = {};
    stage at = stage::waiting;
    bool is_hidden = false;  ///< its content goes to where it would be shown
};

/// How fast something has gone lately: a rate over the last few seconds.
class pace {
 public:
    using clock = std::chrono::steady_clock;

    void note(clock::time_point when, std::uint64_t done);
    /// Bytes; 0 while nobody can tell.
    [[nodiscard]] double per_second() const;

 private:
    struct sample {
        clock::time_point when;
        std::uint64_t done;
    };
    std::deque<sample> samples_;
};

/// One line of at most `columns` characters:
/// `name  42 %  1.2 MB of 2.9 MB  300.0 kB/s  0:06 left`. A name that is too long loses its
/// beginning, which is the same for all of a site.
[[nodiscard]] std::string meter_line(const transfer_meter& of, double rate, std::size_t columns);
/// The same as a bar alone: `name [=========>            ]  42 %`.
[[nodiscard]] std::string bar_line(const transfer_meter& of, std::size_t columns);
/// What stays when it is over: `name  2.9 MB in 0:10  290.0 kB/s`.
[[nodiscard]] std::string end_line(const transfer_meter& of, std::chrono::nanoseconds took,
                                   std::size_t columns);

/// `0:06`, `12:34`, `3:25:45`.
[[nodiscard]] std::string clock_text(std::chrono::seconds span);

}  // namespace zocalo::program
