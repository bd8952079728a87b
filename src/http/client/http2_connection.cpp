// SPDX-License-Identifier: MIT
// Whoever waits for a stream sends first what is to be sent, and then reads for everybody unless
// somebody does so already. Who stops to wait, by whatever way, wakes another to go on with it:
// turn's destructor.
#include "http/client/http2_connection.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "zocalo/http/error.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/shield.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/tls/stream.hpp"

namespace zocalo::http::detail {

namespace {

/// So much is made at a time: what a slow line has not taken need not be made.
constexpr std::size_t piece_size = std::size_t{64} * 1024;

void pulse(io::event& what) noexcept {
    what.set();
    what.reset();
}

}  // namespace

/// Somebody who waits.
class http2_connection::turn {
 public:
    turn(http2_connection& on, http2_guest& who) noexcept : on_(on), who_(who) { ++who.waiting_; }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() {
        --who_.waiting_;
        if (leads_) on_.is_led_ = false;
        if (!on_.is_led_) on_.wake_another();
    }
    void lead() noexcept { leads_ = on_.is_led_ = true; }

 private:
    http2_connection& on_;
    http2_guest& who_;
    bool leads_ = false;
};

/// Who sends may be cancelled before all was: then another goes on with it.
class http2_connection::unsent {
 public:
    explicit unsent(http2_connection& of) noexcept : of_(of) {}
    unsent(const unsent&) = delete;
    unsent& operator=(const unsent&) = delete;
    ~unsent() {
        if (!of_.engine_.output().empty() || of_.owes_reset_) pulse(of_.poke_);
    }

 private:
    http2_connection& of_;
};

http2_connection::http2_connection(io::stream server, const limits& within, std::string scheme,
                                   timeout stall)
    : stream_(std::move(server)), engine_(within), scheme_(std::move(scheme)), stall_(stall) {}

http2_connection::~http2_connection() {
    if (broken_ || is_deaf_ || has_ended_ || is_writing_) return;
    try {
        engine_.close(http2_error::no_error);
        engine_.produce(piece_size);
        tls::farewell(stream_, const_buffer(engine_.output()));
    } catch (const std::exception&) {
        // Passed over: the server learns of it when the connection is closed.
    }
}

// --- Streams

std::uint32_t http2_connection::open(const request_head& head, content_size size,
                                     http2_guest& who) {
    const std::uint32_t made = engine_.send(head, size, scheme_);
    guests_.emplace(made, &who);
    return made;
}

void http2_connection::leave(std::uint32_t stream) noexcept {
    if (guests_.erase(stream) == 0) return;
    try {
        const bool was_open = engine_.is_open(stream);
        const bool is_answered = engine_.has_received_all(stream);
        engine_.release(stream);
        if (!was_open || is_answered) return;
        owes_reset_ = true;
        if (is_led_) pulse(poke_);
    } catch (...) {  // no memory
        fail(std::current_exception());
    }
}

void http2_connection::tell(http2_guest& who) {
    ++who.news_;
    pulse(who.changed_);
}

void http2_connection::tell_all() {
    for (const auto& [number, who] : guests_)
        tell(*who);
}

void http2_connection::fail(std::exception_ptr why) {
    if (!broken_) broken_ = std::move(why);
    is_deaf_ = true;
    tell_all();
}

bool http2_connection::has_room(std::size_t most) const noexcept {
    return is_good() && has_settings_ && engine_.can_open() &&
           guests_.size() < std::min<std::size_t>(most, engine_.allowed_streams());
}

bool http2_connection::is_good() const noexcept {
    const bool is_closed = broken_ || is_deaf_ || was_refused_ || engine_.is_leaving();
    return !is_closed && !(owes_reset_ && guests_.empty());
}

// --- Writing

bool http2_connection::has_output() noexcept {
    return !is_deaf_ && (engine_.wants_to_send() || !engine_.output().empty());
}

/// Who waits for room may have some then.
void http2_connection::make_output() {
    if (!has_output()) return;
    engine_.produce(piece_size);
    if (!engine_.wants_to_send()) owes_reset_ = false;
    deal();
    if (want_all_sent_ != 0) tell_those_with_all_sent();
}

void http2_connection::tell_when_all_is_sent(http2_guest& who) noexcept {
    if (!std::exchange(who.wants_all_sent_, true)) ++want_all_sent_;
}

/// One of them may be the one who reads: then nothing else would wake it.
void http2_connection::tell_those_with_all_sent() {
    want_all_sent_ = 0;
    for (const auto& [number, who] : guests_) {
        if (!who->wants_all_sent_) continue;
        who->wants_all_sent_ = engine_.is_open(number) && engine_.waiting(number) != 0;
        if (who->wants_all_sent_) {
            ++want_all_sent_;
            continue;
        }
        tell(*who);
        if (is_led_) pulse(poke_);
    }
}

io::task<> http2_connection::flush() {
    const unsent left(*this);
    while (has_output() || is_writing_) {
        if (is_writing_) {
            io::task<> waiting = sent_.wait();
            co_await std::move(waiting);
            continue;
        }
        make_output();
        if (engine_.output().empty()) co_return;  // it has to wait for windows
        io::task<> writing = io::shield(stall_, write_some());
        co_await std::move(writing);
    }
}

/// What is in output() is taken over first: meanwhile others may have more to send.
io::task<> http2_connection::write_some() {
    is_writing_ = true;
    sending_.swap(engine_.output());
    std::exception_ptr stopped;
    try {
        co_await stream_.write(const_buffer(sending_));
    } catch (const net::stopped&) {
        stopped = std::current_exception();
    } catch (const std::system_error&) {
        is_deaf_ = true;  // what it has to say may still come
    }
    sending_.clear();
    is_writing_ = false;
    pulse(sent_);
    if (!stopped) co_return;
    fail(std::make_exception_ptr(std::system_error(std::make_error_code(std::errc::timed_out),
                                                   "send to " + peer().to_string())));
    std::rethrow_exception(stopped);
}

// --- Reading

io::task<> http2_connection::wait(http2_guest& who, std::uint64_t seen) {
    turn mine(*this, who);
    if (!is_writing_) make_output();
    const bool sends = !is_writing_ && !is_deaf_ && !engine_.output().empty();
    if (sends && is_led_) {
        io::task<> sending = flush();
        co_await std::move(sending);
    } else if (sends) {
        mine.lead();
        auto both = io::any(flush(), read_on());
        co_await std::move(both);
    } else if (who.news_ != seen || broken_) {
        co_return;
    } else if (is_led_) {
        io::task<> waiting = who.changed_.wait();
        co_await std::move(waiting);
    } else {
        mine.lead();
        io::task<> reading = lead();
        co_await std::move(reading);
    }
}

/// Of who waits, the one whose request came first.
void http2_connection::wake_another() noexcept {
    const auto waits = [](const auto& each) { return each.second->waiting_ > 0; };
    const auto found = std::ranges::find_if(guests_, waits);
    if (found != guests_.end()) pulse(found->second->changed_);
}

/// A server may have to be read before it reads: it is cancelled when all was sent.
io::task<> http2_connection::read_on() {
    while (!broken_) {
        io::task<> reading = lead();
        co_await std::move(reading);
    }
}

/// What a race drops of fill() is not lost: it stays in the reader.
io::task<> http2_connection::lead() {
    if (!reader_.buffered().empty()) {  // who had read it was cancelled just then
        const io::time_point now = co_await io::now();
        take_in(now);
        co_return;
    }
    std::exception_ptr lost;
    try {
        io::task<bool> filling = reader_.fill();
        io::task<> poked = poke_.wait();
        auto either = io::any(std::move(filling), std::move(poked));
        const auto first = co_await std::move(either);
        has_ended_ = first.index() == 0 && !std::get<0>(first);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        lost = std::current_exception();
    }
    const io::time_point now = co_await io::now();
    take_in(now);
    if (lost) fail(std::move(lost));
    if (!has_ended_) co_return;
    fail(
        std::make_exception_ptr(std::system_error(std::make_error_code(std::errc::connection_reset),
                                                  "wait for a response of " + peer().to_string())));
}

void http2_connection::take_in(io::time_point now) {
    const const_buffer came = reader_.buffered();
    if (came.empty()) return;
    engine_.receive(came, now);
    reader_.consume(came.size());
    deal();
}

void http2_connection::deal() {
    using kind = http2_event::kind;
    while (const auto what = engine_.next()) {
        if (what->what == kind::closed) {
            const std::string why = peer().to_string() + ": HTTP/2: " + engine_.failure() + " (" +
                                    to_text(what->why) + ')';
            if (!broken_) broken_ = std::make_exception_ptr(bad_message(status::bad_gateway, why));
            tell_all();
        }
        if (what->what == kind::settings) {
            has_settings_ = true;
            if (on_settings) on_settings();
        }
        if (what->what == kind::leaving) has_taken_some_ = what->stream != 0;
        const auto found = guests_.find(what->stream);
        if (what->stream == 0 || found == guests_.end() || what->what == kind::leaving) continue;
        was_refused_ |= what->what == kind::reset && what->why == http2_error::refused_stream;
        found->second->hear(*what);
        tell(*found->second);
    }
}

io::task<bool> http2_connection::fill() {
    const bool came = co_await reader_.fill();
    if (!came) throw std::system_error(std::make_error_code(std::errc::connection_reset), "look");
    const io::time_point now = co_await io::now();
    take_in(now);
    co_return came;
}

io::task<bool> http2_connection::look() {
    const io::time_point now = co_await io::now();
    take_in(now);
    while (is_good()) {
        bool came = false;
        try {
            io::task<bool> filling = io::timeout(timeout::zero(), fill());
            came = co_await std::move(filling);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            if (error.code() == std::errc::timed_out) co_return is_good();
            co_return false;
        }
        if (!came) co_return false;
    }
    co_return false;
}

}  // namespace zocalo::http::detail
