// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/clock.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::sim::detail {

/// What goes over a link: a segment of a stream, or a datagram.
///
/// The fields are TCP's (RFC 9293 §3.1), with sequence numbers that never wrap.
struct packet {
    net::endpoint from;
    net::endpoint to;
    bool is_datagram = false;    ///< the rest is then nothing but data, and these two
    bool wants_refusal = false;  ///< who sent it is told when nobody takes it,
    bool is_refusal = false;     ///< by this
    bool syn = false;
    bool fin = false;
    bool rst = false;
    bool has_ack = false;
    std::uint64_t seq = 0;
    std::uint64_t ack = 0;
    std::uint64_t window = 0;
    time_point sent{};    ///< RFC 7323 §3.2: when it left,
    time_point echoed{};  ///< and when the one left that it answers
    std::string data;

    /// How much of the sequence it takes.
    [[nodiscard]] std::uint64_t length() const noexcept {
        return data.size() + (syn ? 1U : 0U) + (fin ? 1U : 0U);
    }
    [[nodiscard]] std::uint64_t end() const noexcept { return seq + length(); }
    /// In bytes, with the headers of IP and UDP or TCP.
    [[nodiscard]] std::size_t size() const noexcept {
        return data.size() + (is_datagram ? 28U : 40U);
    }
};

}  // namespace zocalo::sim::detail
