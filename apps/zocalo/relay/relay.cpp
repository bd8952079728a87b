// SPDX-License-Identifier: MIT
// The two directions run side by side with the limits in time, and whichever of them ends first
// ends the conversation.
#include "relay/relay.hpp"

#include <utility>

#include "file.hpp"
#include "relay/traffic_log.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/tls/error.hpp"

namespace zocalo::program {

using namespace std::chrono_literals;

relay::relay(io::stream& local, io::stream& peer, relay_rules rules, io::event& stop,
             traffic_log* log)
    : local_(local), peer_(peer), rules_(std::move(rules)), stop_(stop), log_(log) {}

io::task<> relay::run() {
    co_await io::any(outgoing(), incoming(), keep_idle_limit(), keep_total_limit(),
                     give_up_after_stop());
    // Where the peer wants to hear a goodbye (in TLS it does), it does hear one.
    const bool wants_goodbye = !is_finished_ && !rules_.in_packets && !broken_;
    if (wants_goodbye) co_await finish_peer(1s);
    if (broken_) std::rethrow_exception(broken_);
}

/// Lasts as long as the rules wait for a peer after all was sent.
io::task<> relay::outgoing() {
    if (!rules_.has_input) co_await io::sleep(timeout::none());
    co_await send_input();
    told_peer_.set();
    moves_.touch();
    co_await io::any(io::sleep(rules_.linger), moves_.silence(rules_.quiet));
}

/// To the end of the input. When the peer takes no more, the rest is read and forgotten, so that a
/// program can come to its end.
io::task<> relay::send_input() {
    for (;;) {
        const io::chunk part = co_await read_input();
        try {
            if (!is_refused_) co_await pass_on(const_buffer(part.data(), part.size()));
        } catch (const net::stopped&) {
            throw;
        } catch (const file_error&) {
            throw;  // of the log
        } catch (const std::system_error&) {
            if (rules_.in_packets) throw;
            broken_ = std::current_exception();  // what it has said before may still come
            is_refused_ = true;
            told_peer_.set();
        }
        if (part.empty()) co_return;
    }
}

io::task<> relay::pass_on(const_buffer bytes) {
    if (bytes.empty()) {
        if (rules_.half_close) co_await finish_peer(timeout::none());
        co_return;
    }
    co_await peer_.write(bytes);
    if (log_ != nullptr) log_->sent(bytes);
    sent_ += bytes.size();
    moves_.touch();
}

io::task<io::chunk> relay::read_input() {
    try {
        io::chunk part = co_await local_.read();
        co_return part;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        if (!rules_.local_may_fail) throw;
    }
    co_return io::chunk();
}

io::task<> relay::incoming() {
    for (bool came = true; came;) {
        came = co_await next();
        const const_buffer bytes(came ? arrived_->data() : nullptr, came ? arrived_->size() : 0);
        if (came && log_ != nullptr) log_->received(bytes);
        received_ += bytes.size();
        co_await hand_over(bytes);
        moves_.touch();
    }
    if (rules_.has_input && !stop_.is_set()) co_await told_peer_.wait();
}

/// Waits for what the peer says: false at its end. After a stop it is false as soon as nothing is
/// there.
io::task<bool> relay::next() {
    arrived_.reset();
    if (!stop_.is_set()) co_await io::any(fetch(), stop_.wait());
    if (!arrived_ && stop_.is_set()) {
        const auto now = co_await io::now();
        if (!stopped_at_) stopped_at_ = now;
        if (now - *stopped_at_ > 1s) co_return false;
        // Twice: behind a pause of the whole process the first time is over before it was waited.
        for (int looks = 0; looks < 2 && !arrived_; ++looks)
            co_await io::any(fetch(), io::sleep(10ms));
    }
    co_return arrived_ && !arrived_->empty();
}

/// An end of TLS that was not announced (ncat ends so) may be one of this direction only, and so it
/// is told when the other one has ended, too.
io::task<> relay::fetch() {
    try {
        arrived_ = co_await peer_.read();
    } catch (const std::system_error& error) {
        if (error.code() != tls::errc::truncated) throw;
        broken_ = std::current_exception();
        arrived_.emplace();
    }
}

/// Nothing is the end.
io::task<> relay::hand_over(const_buffer bytes) {
    if (!rules_.has_output || local_has_failed_) co_return;
    try {
        if (bytes.empty()) {
            co_await local_.finish();
        } else {
            co_await local_.write(bytes);
        }
        taken_ += bytes.size();
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        if (!rules_.local_may_fail) throw;
        local_has_failed_ = true;  // the peer may go on, and nobody listens
    }
}

io::task<> relay::keep_idle_limit() {
    co_await moves_.silence(rules_.idle);
    throw std::system_error(
        std::make_error_code(std::errc::timed_out),
        "talk with " + rules_.peer + " (nothing came or went for the idle time-out)");
}

io::task<> relay::keep_total_limit() {
    co_await io::sleep(rules_.total);
    throw std::system_error(std::make_error_code(std::errc::timed_out),
                            "talk with " + rules_.peer + " (--max-time is over)");
}

/// Ends when a reader has taken nothing for a second after the stop.
io::task<> relay::give_up_after_stop() {
    co_await stop_.wait();
    for (;;) {
        const auto before = taken_;
        co_await io::sleep(1s);
        if (taken_ == before) co_return;
    }
}

io::task<> relay::finish_peer(timeout limit) {
    is_finished_ = true;
    try {
        co_await io::timeout(limit, peer_.finish());
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        // It has gone already: then it needs no telling.
    }
}

}  // namespace zocalo::program
