// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "sim/clock.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::sim::detail {

/// What happened in a world, the last of it in words, and all of it as one number.
class trace {
 public:
    explicit trace(std::size_t length) noexcept : length_(length) {}

    struct entry {
        time_point when;
        const std::string* host = nullptr;  ///< lives as long as the world
        const char* what = "";
        net::endpoint peer = {};
        std::int64_t bytes = -1;  ///< −1: it is not about bytes
        std::string text = {};    ///< instead of all that
    };
    void add(entry what);

    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }

 private:
    void mix(std::string_view bytes) noexcept;

    std::size_t length_;
    std::deque<entry> entries_;
    std::uint64_t dropped_ = 0;
    std::uint64_t fingerprint_ = 0xCBF29CE484222325U;
};

/// A span since the beginning, in seconds: "12.000345678".
[[nodiscard]] std::string to_text(time_point when);

}  // namespace zocalo::sim::detail
