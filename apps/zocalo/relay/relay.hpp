// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <system_error>

#include "relay/channel.hpp"
#include "relay/flow.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

class progress;

/// When a conversation is over, beside "both sides have said all".
struct relay_rules {
    timeout idle = timeout::none();    ///< nothing moved for so long: a failure
    timeout total = timeout::none();   ///< it lasted so long: a failure
    timeout linger = timeout::none();  ///< so long after all input was sent
    timeout quiet = timeout::none();   ///< nothing came for so long after all input was sent
    bool half_close = true;            ///< tell the peer at the end of the input
    bool end_with_peer = false;        ///< when the peer has ended, whatever the input does
    bool local_may_fail = false;       ///< a program that goes before it has read all is no failure
    std::string peer = {};             ///< its name, for what is said about a failure
};

/// Moves bytes both ways between a local side and a peer, until both have ended.
///
/// The end of the input is passed on to the peer, and what the peer still says is waited for. A
/// peer that ends does not stop the input: it may only have closed its half. Nothing blocks but
/// the poll(2) of whoever drives this; everything held is bounded (see flow).
class relay {
 public:
    using clock = std::chrono::steady_clock;
    enum class end { not_yet, both_ended, idle, lingered, too_long };

    /// The channels must outlive this. Without `input`, bytes come through outgoing().push(), if at
    /// all; without `output`, what the peer says is forgotten. A peer whose read_fd() is -1 is read
    /// by somebody else, who pushes into incoming().
    relay(channel* input, channel* output, channel& peer, relay_rules rules);

    [[nodiscard]] flow& outgoing() noexcept { return outgoing_; }
    [[nodiscard]] flow& incoming() noexcept { return incoming_; }

    void watch(poll_set& set);
    void step(const poll_set& set);
    /// Passes on the ends that have been reached; needed after an end() that came from outside, and
    /// before state() is asked.
    void settle();
    /// Counts as movement for the time-outs: something was pushed.
    void touch() noexcept { last_move_ = clock::now(); }

    /// How long poll(2) may sleep before a rule ends this.
    [[nodiscard]] timeout patience() const;
    [[nodiscard]] end state() const;
    [[nodiscard]] const std::string& peer() const noexcept { return rules_.peer; }
    /// What broke the link to the peer, if anything did.
    [[nodiscard]] std::error_code error() const;
    /// Throws file_error when the local side could not be read or written, and should.
    void check_local_side() const;

 private:
    [[nodiscard]] bool passed(timeout limit, clock::time_point since) const;

    channel& peer_;
    channel* output_;
    relay_rules rules_;
    flow outgoing_;
    flow incoming_;
    bool told_peer_ = false;
    bool told_output_ = false;
    const clock::time_point began_ = clock::now();
    clock::time_point last_move_ = began_;
    clock::time_point all_sent_at_{};
};

/// Turns until the conversation is over, and tells `shown`, where there is one, how far it is.
/// Throws net::stopped when `stop` comes true, after what had come was written (see wind_up()), and
/// std::system_error when the relay was idle for too long or broke.
void run(relay& conversation, const net::stop_condition& stop, progress* shown = nullptr);

/// Throws what an ended relay has to say, if it is not all well.
void check(const relay& conversation);

}  // namespace zocalo::program
