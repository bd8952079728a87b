// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>

#include "zocalo/core/deadline.hpp"

/// What a server puts up with.
namespace zocalo::serve {

/// What clients can make grow, with defaults that are safe on a small machine.
///
/// Of the counts and rates 0 is no limit, of the spans nothing (timeout::none()).
struct limits {
    // --- How many

    /// Open at once. When there are so many, the one that has rested longest between two requests
    /// (phase::resting) is ended for the next; when none rests, who connects waits in the kernel's
    /// queue.
    std::size_t connections = 1024;
    /// Of them from one IPv4 address or IPv6 /64; others from there are turned away.
    std::size_t per_address = 256;
    /// New ones in a second, of everybody. Beyond that they wait in the kernel's queue.
    std::size_t accept_rate = 0;
    /// New ones in a second from one IPv4 address or IPv6 /64, ten seconds' worth at once. Beyond
    /// that they are turned away.
    std::size_t address_rate = 0;
    int backlog = 1024;  ///< how many wait in the kernel's queue

    // --- How long

    /// A peer that is waited for, to send or to take what is sent, and does neither: the connection
    /// ends. Written is counted in pieces of 64 KiB.
    timeout idle = std::chrono::seconds(60);
    timeout head = std::chrono::seconds(10);  ///< all of phase::head
    timeout total = std::chrono::hours(24);   ///< the whole connection
    /// A connection that may be parked is, after so long without a word (connection::may_park()).
    timeout park = std::chrono::milliseconds(250);
    /// After a stop the handlers may go on for so long; then what they wait for ends with
    /// net::stopped. Who waits for a place may go on waiting.
    timeout drain = std::chrono::seconds(30);
    /// After the handler the server sends the end of the stream and reads on until the peer closes,
    /// so that a last reply is not lost to a reset: for so long, and so many bytes.
    timeout linger = std::chrono::seconds(2);

    // --- How much

    std::size_t linger_bytes = 65536;
    /// What a peer has to move in phase::body, in bytes a second of the time that it was waited
    /// for, beyond the first `grace` of that.
    std::size_t bytes_per_second = 500;
    timeout grace = std::chrono::seconds(10);
};

}  // namespace zocalo::serve
