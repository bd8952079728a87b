// SPDX-License-Identifier: MIT
// One task reads and says to each stream what has come; one writes whatever the engine has.
// Requests whose handlers need not wait are answered by the task that reads.
#include "http/http2_conversation.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "http/gone.hpp"
#include "http/http2_dialogue.hpp"
#include "zocalo/io/shield.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

namespace {

using kind = http2_event::kind;
using std::chrono::seconds;

constexpr std::size_t most_output = std::size_t{64} * 1024;  // that is made before it is written
/// A request is in work and nothing moves: then the client is asked whether it is still there, and
/// its answer counts as a sign of life for serve::limits::idle.
constexpr seconds asks_after{20};

http2_limits limits_of(const http::site& served) {
    http2_limits also = served.http2;
    also.other_protocols |= served.routes.know(method::connect);
    return also;
}

}  // namespace

http2_conversation::http2_conversation(serve::connection& client, const http::site& served)
    : client_(client),
      site_(served),
      engine_(served.limits, limits_of(served)),
      in_(client.stream()) {}

http2_conversation::~http2_conversation() = default;

io::task<> http2_conversation::run() {
    std::exception_ptr error;
    try {
        co_await tasks_.run(talk());
    } catch (const net::stopped&) {
        if (!has_ended_) error = std::current_exception();
    }
    done_.clear();
    if (error && !is_writing_) co_await say_goodbye();
    if (error) std::rethrow_exception(error);
}

io::task<> http2_conversation::talk() {
    tasks_.spawn(write());
    enter_phase();
    for (;;) {
        bool came = false;
        try {
            came = co_await in_.fill();
        } catch (const std::system_error& error) {
            if (is_asked() || is_answering_ || !is_gone(error.code())) throw;
        }
        if (!came) break;
        const io::time_point now = co_await io::now();
        const const_buffer bytes = in_.buffered();
        engine_.receive(bytes, now);
        in_.consume(bytes.size());
        deal_out();
        wants_to_send();
        // What comes now is not looked at: a client that goes on sending must not look alive.
        if (engine_.is_over()) co_await io::sleep(timeout::none());
    }
    end();
}

io::task<> http2_conversation::write() {
    for (;;) {
        if (client_.is_draining()) engine_.drain();
        const bool is_answering = is_asked();
        is_finishing_ |= !rests();
        engine_.produce(most_output);
        deal_out();
        settle();
        sending_.swap(engine_.output());
        if (!sending_.empty()) {
            io::task<bool> sending = send(is_answering);
            const bool is_heard = co_await std::move(sending);
            if (!is_heard) break;
        } else if (engine_.is_over()) {
            break;
        } else if (!engine_.wants_to_send()) {
            co_await wait_for_work();
        }
    }
    end();
}

/// False when the client has gone, and did not wait for any of it.
io::task<bool> http2_conversation::send(bool is_answering) {
    is_answering_ = is_answering;
    is_writing_ = true;
    try {
        co_await client_.stream().write(const_buffer(sending_));
    } catch (const std::system_error& error) {
        if (is_answering_ || !is_gone(error.code())) throw;
        co_return false;
    }
    is_writing_ = false;
    is_answering_ = false;
    sending_.clear();
    co_return true;
}

/// All is said: whatever still runs is cancelled.
void http2_conversation::end() noexcept {
    has_ended_ = true;
    tasks_.cancel();
}

io::task<> http2_conversation::wait_for_work() {
    is_finishing_ = false;
    enter_phase();
    const bool rests = streams_.empty() && done_.empty();
    bool is_quiet = false;
    try {
        auto waiting = to_write_.wait("wait for something to send");
        if (rests) {
            co_await std::move(waiting);
        } else {
            co_await io::timeout(asks_after, std::move(waiting));
        }
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::timed_out) throw;
        is_quiet = true;
    }
    if (is_quiet) engine_.ping();
}

/// The server ends the connection: the client learns that nothing more will be answered.
io::task<> http2_conversation::say_goodbye() {
    engine_.close(http2_error::no_error);
    engine_.produce(most_output);
    sending_ = engine_.output();
    try {
        io::task<> leaving = take_leave();
        io::task<> shielded = io::shield(seconds(1), std::move(leaving));
        co_await std::move(shielded);
    } catch (const std::system_error&) {
        // Passed over: the client has gone.
    }
}

/// What the client has not read yet would be lost if this end closed with bytes unread.
io::task<> http2_conversation::take_leave() {
    co_await client_.stream().write(const_buffer(sending_));
    co_await client_.stream().finish();
    for (bool came = true; came;) {
        in_.consume(in_.buffered().size());
        came = co_await in_.fill();
    }
}

void http2_conversation::deal_out() {
    while (const auto got = engine_.next())
        deal(*got);
}

void http2_conversation::deal(const http2_event& got) {
    if (got.what == kind::head || got.what == kind::refused)
        return begin(got.stream, got.what == kind::refused);
    if (got.what == kind::closed) {
        return streams_.for_each([](std::uint32_t, http2_dialogue& one) { one.was_reset(); });
    }
    http2_dialogue* const found = streams_.find(got.stream);
    if (found == nullptr || got.what == kind::leaving) return;
    if (got.what == kind::reset) {
        found->was_reset();
    } else {
        found->changed();
    }
}

/// Most are answered at once, one after the other, by one dialogue that is kept for them.
void http2_conversation::begin(std::uint32_t number, bool is_refused) {
    if (!engine_.is_open(number)) return engine_.release(number);  // it was reset in one breath
    done_.push_back(number);
    enter_phase();
    owned one = take_dialogue(number);
    if (is_refused) one->answer_problem();
    if (is_refused || one->begin_at_once()) {
        at_hand_ = std::move(one);
        return;
    }
    done_.pop_back();
    streams_.add(number, one.get());
    tasks_.spawn(serve_stream(std::move(one)));
    enter_phase();
}

http2_conversation::owned http2_conversation::take_dialogue(std::uint32_t number) {
    if (at_hand_ == nullptr) return std::make_unique<http2_dialogue>(*this, number);
    at_hand_->begin_anew(number);
    return std::move(at_hand_);
}

io::task<> http2_conversation::serve_stream(owned one) {
    co_await one->run();
    forget(one->number());
}

io::task<> http2_conversation::linger(std::uint32_t number) {
    http2_dialogue one(*this, number);
    streams_.add(number, &one);
    co_await one.linger();
    forget(number);
}

/// Those that are answered: most have gone with what was produced last, others wait for a window.
void http2_conversation::settle() {
    std::vector<std::uint32_t> all;
    all.swap(done_);
    for (const std::uint32_t number : all) {
        if (!engine_.is_open(number) || engine_.has_sent_all(number)) {
            engine_.release(number);
        } else {
            tasks_.spawn(linger(number));
        }
    }
    all.clear();
    done_.swap(all);  // keeps its memory
    enter_phase();
}

void http2_conversation::forget(std::uint32_t number) {
    engine_.release(number);
    take_out(number);
    wants_to_send();
    enter_phase();
}

/// Whether all of its requests do.
bool http2_conversation::rests() const noexcept {
    return done_.empty() &&
           streams_.all_of([](const http2_dialogue& one) { return one.is_resting(); });
}

/// What is on its way of a request that did not rest does not rest either.
void http2_conversation::enter_phase() noexcept {
    const bool is_quiet = !is_finishing_ && rests();
    const serve::phase now = is_quiet ? serve::phase::resting : serve::phase::open;
    if (now == phase_) return;
    phase_ = now;
    client_.enter(now);
}

}  // namespace zocalo::http::detail
