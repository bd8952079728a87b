// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "zocalo/net/packet/capture.hpp"

namespace zocalo::program {

/// How packets are shown.
struct frame_style {
    bool hex = false;
    bool json = false;
};

/// Prints one packet on stdout: a line with its time and what it says, or an object of JSON; safe
/// for a terminal, whatever the packet holds. Flushed, so that a pipe gets each as it comes.
void print_frame(const net::packet::captured_packet& packet, const frame_style& style,
                 std::uint64_t number);

/// `2026-11-21T03:45:01.123456789Z`.
[[nodiscard]] std::string time_text(net::packet::capture_time time);

}  // namespace zocalo::program
