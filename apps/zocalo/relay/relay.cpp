// SPDX-License-Identifier: MIT
#include "relay/relay.hpp"

#include <algorithm>
#include <utility>

#include "file.hpp"
#include "relay/progress.hpp"

namespace zocalo::program {

namespace {

timeout left_of(timeout limit, relay::clock::time_point since) {
    const auto span = limit.value();
    if (!span) return timeout::none();
    return *span - (relay::clock::now() - since);
}

}  // namespace

relay::relay(channel* input, channel* output, channel& peer, relay_rules rules)
    : peer_(peer),
      output_(output),
      rules_(std::move(rules)),
      outgoing_(input, &peer),
      incoming_(peer.read_fd() < 0 ? nullptr : &peer, output) {}

void relay::watch(poll_set& set) {
    outgoing_.watch(set);
    incoming_.watch(set);
}

void relay::step(const poll_set& set) {
    const bool out_moved = outgoing_.step(set);
    const bool in_moved = incoming_.step(set);
    if (out_moved || in_moved) touch();
    settle();
}

void relay::settle() {
    if (outgoing_.finished() && !told_peer_) {
        told_peer_ = true;
        all_sent_at_ = clock::now();
        if (rules_.half_close) peer_.finish();
    }
    if (incoming_.finished() && !told_output_) {
        told_output_ = true;
        if (output_ != nullptr) output_->finish();
    }
}

bool relay::passed(timeout limit, clock::time_point since) const {
    return left_of(limit, since).is_zero();
}

timeout relay::patience() const {
    const timeout idle = shorter(left_of(rules_.idle, last_move_), left_of(rules_.total, began_));
    if (!told_peer_) return idle;
    const timeout after = shorter(left_of(rules_.linger, all_sent_at_),
                                  left_of(rules_.quiet, std::max(last_move_, all_sent_at_)));
    return shorter(idle, after);
}

relay::end relay::state() const {
    if (incoming_.write_error() && !rules_.local_may_fail) return end::both_ended;
    if (outgoing_.write_error() && peer_.keeps_packets()) return end::both_ended;
    const bool peer_is_gone = incoming_.read_error() || outgoing_.write_error();
    const bool peer_was_enough = rules_.end_with_peer && outgoing_.drained();
    if (incoming_.finished() && (told_peer_ || peer_is_gone || peer_was_enough)) {
        return end::both_ended;
    }
    if (told_peer_ && (passed(rules_.linger, all_sent_at_) ||
                       passed(rules_.quiet, std::max(last_move_, all_sent_at_)))) {
        return end::lingered;
    }
    if (passed(rules_.total, began_)) return end::too_long;
    return passed(rules_.idle, last_move_) ? end::idle : end::not_yet;
}

std::error_code relay::error() const {
    const std::error_code error = incoming_.read_error();
    return error ? error : outgoing_.write_error();
}

void relay::check_local_side() const {
    if (rules_.local_may_fail) return;
    if (incoming_.write_error()) throw file_error(incoming_.write_error(), "write the output");
    if (outgoing_.read_error()) throw file_error(outgoing_.read_error(), "read the input");
}

void check(const relay& conversation) {
    if (conversation.state() == relay::end::idle) {
        throw std::system_error(
            std::make_error_code(std::errc::timed_out),
            "talk with " + conversation.peer() + " (nothing came or went for the idle time-out)");
    }
    if (conversation.state() == relay::end::too_long) {
        throw std::system_error(std::make_error_code(std::errc::timed_out),
                                "talk with " + conversation.peer() + " (--max-time is over)");
    }
    if (const std::error_code error = conversation.error()) {
        throw std::system_error(error, "talk with " + conversation.peer());
    }
    conversation.check_local_side();
}

void run(relay& conversation, const net::stop_condition& stop, progress* shown) {
    poll_set set;
    while (conversation.state() == relay::end::not_yet) {
        timeout patience = conversation.patience();
        if (shown != nullptr) {
            shown->tell(conversation.outgoing().moved(), conversation.incoming().moved());
            patience = shorter(patience, shown->patience());
        }
        set.clear();
        const std::size_t stopped = set.add(stop.fileno(), POLLIN);
        conversation.watch(set);
        if (const int error = set.wait(patience); error < 0) {
            throw std::system_error(-error, std::system_category(), "poll");
        }
        if (set.ready(stopped)) {
            flow* const incoming[] = {&conversation.incoming()};
            wind_up(incoming);
            throw net::stopped(std::make_error_code(std::errc::operation_canceled), "stopped");
        }
        conversation.step(set);
    }
    check(conversation);
}

}  // namespace zocalo::program
