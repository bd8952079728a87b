// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/control.hpp"
#include "zocalo/net/socket.hpp"

/// Asking hosts and routers: datagrams that go out, and what comes back for them, an answer or an
/// ICMP error.
namespace zocalo::net::packet {

using steady_time = std::chrono::steady_clock::time_point;

/// What came back.
struct heard {
    std::size_t size = 0;  ///< of the answer, or of the question that an error report is about
    endpoint peer;         ///< who answered, or whom the question was for
    std::optional<error_report> report;
    std::optional<int> hop_limit;
    steady_time at{};  ///< when the kernel got it
};

/// Switches on what hear() tells: error reports, hop limits and times.
void prepare_to_hear(socket& asking);

/// Sets the hop limit of what is sent from now on.
void set_hop_limit(socket& asking, int hops);

/// Sends a question. An error that an earlier question has caused is passed over: hear() tells it.
void ask(socket& asking, const_buffer question, const endpoint& whom);

/// What comes next, its bytes in `into`; nothing when the deadline passes first. Throws
/// net::stopped and std::system_error.
std::optional<heard> hear(socket& asking, mutable_buffer into, const deadline& until);

}  // namespace zocalo::net::packet
