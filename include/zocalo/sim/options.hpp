// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>

#include "zocalo/sim/link.hpp"

/// What all hosts of a world have in common.
namespace zocalo::sim {

/// How a world is.
struct world_options {
    link usual_link = {};  ///< between two hosts, unless another one is set

    /// Whether bytes arrive split anywhere. Off, they still are at the segments' ends.
    bool split = true;

    // --- Limits
    std::size_t send_buffer = std::size_t{64} * 1024;     ///< bytes of each socket
    std::size_t receive_buffer = std::size_t{64} * 1024;  ///< bytes of each socket
    std::size_t segment = 1460;                           ///< bytes of a stream in one packet
    /// How long one run() may take in the world's time: a heartbeat would go on for ever.
    std::chrono::nanoseconds longest_run = std::chrono::hours(24 * 7);
    std::size_t trace_length = 2000;  ///< events that are kept to be printed
};

}  // namespace zocalo::sim
