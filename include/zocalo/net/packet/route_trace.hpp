// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "zocalo/net/control.hpp"
#include "zocalo/net/packet/cursor.hpp"
#include "zocalo/net/socket.hpp"

/// Which routers lie on the way to a host: what traceroute(8) does.
namespace zocalo::net::packet {

struct trace_options {
    unsigned first = 1;                    ///< distances that are asked about, in hops
    unsigned last = 30;                    ///< at most 255
    unsigned probes = 3;                   ///< questions for each distance, 1 to 10
    std::chrono::milliseconds wait{3000};  ///< for an answer to each
    std::uint16_t port = 33434;  ///< of the first question, each other one is for the next port
    std::size_t size = 32;       ///< bytes that each question carries, at most 1400
    unsigned at_once = 16;       ///< questions under way
};

/// Who has answered, and so what is known about the way.
enum class trace_stop {
    router,   ///< it goes on from here
    host,     ///< it has ended
    refusal,  ///< it does not lead to the host; the report says why
};

/// What came back for one question.
struct trace_answer {
    trace_stop stop = trace_stop::host;
    address from;
    std::chrono::nanoseconds round_trip{};
    std::optional<error_report> report;  ///< none when a program of the host's has answered
};

/// What is known about one distance.
struct trace_hop {
    unsigned distance = 0;
    std::vector<std::optional<trace_answer>> answers = {};  ///< one for each question, or nothing
};

/// Sends UDP datagrams that may go only so far, and hears which router throws each away.
///
/// The answers come through the error queue of an ordinary UDP socket, so this needs no rights.
class route_trace {
 public:
    /// Sends nothing yet. Throws std::invalid_argument for options out of range.
    explicit route_trace(const address& host, const trace_options& options = {});

    /// The next distance, as soon as everything about it is known; nothing after the host, after
    /// one that says that the way ends there, and after the last.
    [[nodiscard]] std::optional<trace_hop> next();

    /// Whether the host has answered in what next() has returned.
    [[nodiscard]] bool reached() const noexcept { return reached_; }
    void stop_with(const stop_condition& condition) { socket_.stop_with(condition); }
    /// The socket beneath, for its options, and to bind it to an address of this machine.
    [[nodiscard]] net::socket& base() noexcept { return socket_; }

 private:
    struct question {
        std::chrono::steady_clock::time_point sent{};
        bool is_open = false;
        std::optional<trace_answer> answer;
    };
    [[nodiscard]] unsigned distance_of(std::size_t number) const noexcept;
    [[nodiscard]] bool is_known(std::size_t first_question) const noexcept;
    [[nodiscard]] std::size_t wanted() const noexcept;
    void send_more();
    void hear_one();
    void give_up_late_ones();
    void take(std::size_t number, const trace_answer& answer);

    net::socket socket_;
    address host_;
    trace_options options_;
    bytes payload_;
    bytes buffer_;
    std::vector<question> questions_;
    std::size_t sent_ = 0;   // questions
    std::size_t open_ = 0;   // of those, how many may still be answered
    std::size_t shown_ = 0;  // distances that next() has returned
    unsigned end_;           // the nearest distance that is known to be the last
    bool reached_ = false;
};

}  // namespace zocalo::net::packet
