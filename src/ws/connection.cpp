// SPDX-License-Identifier: MIT
// Three tasks stand beside the dialogue: one writes what is queued, one answers pings, one sends
// some. The dialogue itself reads: who does not listen slows the peer down, and nothing is kept.
#include "zocalo/ws/connection.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::ws {

namespace {

/// What the peer is told of its own mistake.
close_reason reason_for(const bad_message& wrong) {
    return {.code = wrong.answer(), .text = std::string(wrong.what()).substr(0, 123)};
}

/// While this lives somebody receives.
class turn_to_receive {
 public:
    explicit turn_to_receive(bool& taken) : taken_(taken) {
        if (std::exchange(taken_, true)) {
            throw std::system_error(std::make_error_code(std::errc::device_or_resource_busy),
                                    "receive beside another task that does");
        }
    }
    turn_to_receive(const turn_to_receive&) = delete;
    turn_to_receive& operator=(const turn_to_receive&) = delete;
    ~turn_to_receive() { taken_ = false; }

 private:
    bool& taken_;
};

/// While this lives a flag is set.
class flagged {
 public:
    explicit flagged(bool& flag) noexcept : flag_(flag) { flag_ = true; }
    flagged(const flagged&) = delete;
    flagged& operator=(const flagged&) = delete;
    ~flagged() { flag_ = false; }

 private:
    bool& flag_;
};

}  // namespace

connection::connection(io::stream peer, agreement agreed, const connection_options& options)
    : stream_(std::move(peer)),
      agreed_(std::move(agreed)),
      options_(options),
      engine_(agreed_.role, options_.limits, agreed_.deflate, agreed_.deflate_wish),
      in_(stream_),
      out_(stream_, options_.queue) {}

// --- What runs

io::task<> connection::run(io::task<> dialogue) {
    io::task<> talking = attend(std::move(dialogue));
    io::task<> writing = pump();
    io::task<> answering = answer_pings();
    io::task<> pinging = keep_alive();
    io::task<std::variant<std::monostate, std::monostate, std::monostate, std::monostate>> all =
        io::any(std::move(talking), std::move(writing), std::move(answering), std::move(pinging));
    (void)co_await std::move(all);
}

io::task<> connection::attend(io::task<> dialogue) {
    std::exception_ptr failed;
    try {
        io::task<> talking = std::move(dialogue);
        co_await std::move(talking);
    } catch (const net::stopped&) {
        throw;
    } catch (...) {
        failed = std::current_exception();
    }
    io::task<> leaving = leave(failed ? close_code::internal_error : close_code::normal);
    co_await std::move(leaving);
    if (failed) std::rethrow_exception(failed);
}

/// What cannot be sent is no reason to hear no more: the peer may have said why.
io::task<> connection::pump() {
    try {
        io::task<> writing = out_.run();
        co_await std::move(writing);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        out_.close();
    }
    io::task<> waiting = is_given_up_.wait();
    co_await std::move(waiting);
    throw failure(std::errc::timed_out, "wait for the close frame of");
}

io::task<> connection::answer_pings() {
    for (;;) {
        io::task<> waiting = was_pinged_.wait();
        co_await std::move(waiting);
        was_pinged_.reset();
        if (engine_.has_sent_close() || out_.is_closed()) continue;
        std::string frame;
        engine_.send_pong(last_ping_, frame);
        tell(true, opcode::pong, last_ping_);
        try {
            io::task<> writing = out_.write(std::move(frame));
            co_await std::move(writing);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            out_.close();  // whoever sends or receives learns why
        }
    }
}

/// Who is deaf because nobody listens here cannot be blamed: a peer is gone when one and the same
/// wait for bytes lasted from the ping to the end of the patience.
io::task<> connection::keep_alive() {
    for (;;) {
        has_heard_ = false;
        co_await io::sleep(options_.ping_every);
        if (has_heard_ || !is_waiting_) continue;
        const std::uint64_t wait = waits_;
        if (!engine_.has_sent_close() && !out_.is_closed()) {
            std::string frame;
            engine_.send_ping({}, frame);
            tell(true, opcode::ping, {});
            (void)out_.try_put(std::move(frame));  // without room, there is traffic enough
        }
        co_await io::sleep(options_.pong_within);
        if (is_waiting_ && waits_ == wait && !has_heard_)
            throw failure(std::errc::timed_out, "wait for a pong of");
    }
}

/// The goodbye, which no peer can make last.
io::task<> connection::leave(close_code code) {
    try {
        io::task<> closing = close(code);
        co_await std::move(closing);
        io::task<> ending = io::timeout(options_.close_within, part());
        co_await std::move(ending);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        out_.close();
    }
}

/// The server ends the connection first (§7.1.1), and both see to it that nothing that is under way
/// is lost to a reset.
io::task<> connection::part() {
    io::task<> flushing = out_.flush();
    co_await std::move(flushing);
    if (agreed_.role == role::server) {
        io::task<> finishing = stream_.finish();
        co_await std::move(finishing);
    }
    for (;;) {
        const io::chunk rest = co_await stream_.read();
        if (rest.empty()) break;
    }
    if (agreed_.role == role::server) co_return;
    io::task<> finishing = stream_.finish();
    co_await std::move(finishing);
}

std::system_error connection::failure(std::errc why, const char* what) const {
    std::string text = what;
    const net::endpoint other = stream_.peer_endpoint();
    text.append(" ").append(other.to_string());
    return {std::make_error_code(why), text};
}

void connection::tell(bool is_sent, opcode what, std::string_view data) const {
    if (watched) watched(is_sent, what, data);
}

// --- Receiving

/// What the bytes mean that are there.
incoming connection::hear(std::string* message) {
    const const_buffer came = in_.buffered();
    const incoming got = message != nullptr ? engine_.next(came, *message) : engine_.next(came);
    if (got.what == event::ping) {
        last_ping_ = got.data.text();
        tell(false, opcode::ping, last_ping_);
        was_pinged_.set();
    } else if (got.what == event::pong) {
        tell(false, opcode::pong, got.data.text());
    } else if (got.what == event::close) {
        tell(false, opcode::close, peer_reason()->text);
    }
    return got;
}

/// The next piece; bytes that are not put into `message` stay where they are until the next call.
io::task<std::optional<piece>> connection::next_piece(std::string* message) {
    while (!peer_reason()) {
        const incoming got = hear(message);
        if (got.what == event::piece) {
            lent_ = got.used;
            if (message != nullptr) in_.consume(std::exchange(lent_, 0));
            co_return piece{got.data, got.kind, got.is_last, got.left};
        }
        in_.consume(got.used);
        if (got.what != event::need_data) continue;
        const flagged waiting(is_waiting_);
        ++waits_;
        io::task<bool> filling = in_.fill();
        const bool came = co_await std::move(filling);
        has_heard_ = true;
        if (!came) throw failure(std::errc::connection_reset, "no close frame at the end of what");
    }
    co_return std::nullopt;
}

io::task<std::optional<piece>> connection::receive_piece() {
    return take_piece(nullptr);
}

/// Tells the peer what it did wrong, and that its close frame was understood.
io::task<std::optional<piece>> connection::take_piece(std::string* message) {
    const turn_to_receive mine(is_receiving_);
    in_.consume(std::exchange(lent_, 0));
    std::optional<piece> got;
    std::exception_ptr failed;
    close_reason answer{.code = close_code::abnormal};
    try {
        io::task<std::optional<piece>> next = next_piece(message);
        got = co_await std::move(next);
        if (!got) answer = close_reason{.code = peer_reason()->code};
    } catch (const bad_message& wrong) {
        failed = std::current_exception();
        answer = reason_for(wrong);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        failed = std::current_exception();
    }
    if (got) co_return got;
    is_closed_.set();
    if (answer.code != close_code::abnormal) {
        io::task<> answering = put_close(std::move(answer));
        co_await std::move(answering);
    }
    if (failed) std::rethrow_exception(failed);
    co_return got;
}

io::task<std::optional<message>> connection::receive() {
    for (;;) {
        io::task<std::optional<piece>> next = take_piece(&partial_.data);
        const std::optional<piece> got = co_await std::move(next);
        if (!got) co_return std::nullopt;
        if (!got->is_last) continue;
        partial_.kind = got->kind;
        message whole = std::exchange(partial_, message());
        co_return whole;
    }
}

io::task<> connection::hear_to_the_end() {
    for (;;) {
        io::task<std::optional<piece>> next = receive_piece();
        const std::optional<piece> got = co_await std::move(next);
        if (!got) co_return;
    }
}

}  // namespace zocalo::ws
