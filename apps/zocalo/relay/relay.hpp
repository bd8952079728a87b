// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>

#include "relay/activity.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::program {

class traffic_log;

/// How a conversation goes, and when it is over beside "both sides have said all".
struct relay_rules {
    timeout idle = timeout::none();    ///< nothing moved for so long: a failure
    timeout total = timeout::none();   ///< it lasted so long: a failure
    timeout linger = timeout::none();  ///< so long after all input was sent
    timeout quiet = timeout::none();   ///< nothing came for so long after all input was sent
    bool has_input = true;             ///< what the local side says goes to the peer
    bool has_output = true;            ///< what the peer says goes to the local side
    bool half_close = true;            ///< tell the peer at the end of the input
    bool local_may_fail = false;       ///< a program that goes before it has read all is no failure
    bool in_packets = false;           ///< one that cannot be sent ends it
    std::string peer = {};             ///< its name, for what is said about a failure
};

/// Moves bytes both ways between a local side and a peer, until both have ended.
///
/// The end of the input is passed on to the peer, and what the peer still says is waited for. A
/// peer that ends does not stop the input: it may only have closed its half. It is the local side
/// that decides, for it is told: finish(). Nothing is read before what was read last has been
/// written, so that a slow reader slows the sender down.
class relay {
 public:
    /// When `stop` is set, what the peer has said by then is still written; but the relay goes on
    /// neither for a sender that does not stop nor for a reader that takes nothing for a second.
    /// All of them must outlive this; `log` may be null.
    relay(io::stream& local, io::stream& peer, relay_rules rules, io::event& stop,
          traffic_log* log);

    /// Throws what the local side and the link to the peer fail with, and std::errc::timed_out when
    /// a rule in time was broken.
    io::task<> run();

    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
    [[nodiscard]] io::time_point::duration age() const { return moves_.age(); }

 private:
    io::task<> outgoing();
    io::task<> send_input();
    io::task<> pass_on(const_buffer bytes);
    io::task<io::chunk> read_input();
    io::task<> incoming();
    io::task<bool> next();
    io::task<> fetch();
    io::task<> hand_over(const_buffer bytes);
    io::task<> keep_idle_limit();
    io::task<> keep_total_limit();
    io::task<> give_up_after_stop();
    io::task<> finish_peer(timeout limit);

    io::stream& local_;
    io::stream& peer_;
    const relay_rules rules_;
    io::event& stop_;
    traffic_log* const log_;

    activity moves_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t taken_ = 0;   ///< by the local side
    io::event told_peer_;       ///< all input was sent, or no more can be
    bool is_finished_ = false;  ///< the peer has been told the end
    bool is_refused_ = false;   ///< it takes no more
    bool local_has_failed_ = false;
    std::optional<io::chunk> arrived_;
    std::optional<io::time_point> stopped_at_;
    std::exception_ptr broken_;  ///< what the peer did wrong before it had said all
};

}  // namespace zocalo::program
