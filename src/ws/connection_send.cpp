// SPDX-License-Identifier: MIT
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/ws/connection.hpp"

namespace zocalo::ws {

namespace {

/// Bytes of a message for which a part of its own costs less than a copy.
constexpr std::size_t not_copied = 2048;

}  // namespace

void connection::check_open() const {
    if (engine_.has_sent_close())
        throw failure(std::errc::broken_pipe, "send after a close frame to");
}

/// What does not go out must be nothing that what comes later refers to.
io::task<> connection::put(std::string head, std::string rest, bool takes_turn) {
    try {
        io::semaphore::permit turn;
        if (takes_turn) {
            io::task<io::semaphore::permit> entering = turn_.lock();
            turn = co_await std::move(entering);
        }
        io::task<> putting = out_.put(std::move(head), std::move(rest));
        co_await std::move(putting);
    } catch (...) {
        engine_.forget_compressed();
        throw;
    }
}

/// Makes the frame: a long message stays where it is. Who watches sees it without its mask.
void connection::frame(message& what, std::string& head) {
    check_open();
    if (what.data.size() >= not_copied && !watched) return engine_.send_in_place(what, head);
    engine_.send(what, head);
    tell(true, what.kind == kind::text ? opcode::text : opcode::binary, what.data);
    what.data = std::exchange(head, std::string());
}

/// Others are kept out only while there is something to wait for.
io::task<> connection::send(message what) {
    io::semaphore::permit turn;
    const bool waits = turn_.is_locked();
    if (waits) {
        io::task<io::semaphore::permit> entering = turn_.lock();
        turn = co_await std::move(entering);
    }
    std::string head;
    frame(what, head);
    // Who answers what came will soon wait for more.
    const bool is_in = out_.try_put(head, what.data, !is_waiting_);
    if (is_in) co_return;
    io::task<> putting = put(std::move(head), std::move(what.data), !waits);
    co_await std::move(putting);
}

io::task<> connection::send(std::string text) {
    return send(message{.data = std::move(text)});
}

io::task<> connection::send_binary(std::string bytes) {
    return send(message{.data = std::move(bytes), .kind = kind::binary});
}

io::task<> connection::ping(std::string data) {
    check_open();
    std::string frame;
    engine_.send_ping(data, frame);
    tell(true, opcode::ping, data);
    io::task<> putting = out_.put(std::move(frame));
    co_await std::move(putting);
}

io::task<long_message> connection::begin(kind what) {
    io::task<io::semaphore::permit> entering = turn_.lock();
    io::semaphore::permit turn = co_await std::move(entering);
    check_open();
    engine_.begin(what);
    long_message made(*this, std::move(turn));
    co_return made;
}

io::task<> connection::put_piece(std::string data, bool is_last) {
    check_open();
    std::string frame;
    engine_.send_piece(data, is_last, frame);
    tell(true, opcode::continuation, data);
    try {
        io::task<> putting = put(std::string(), std::move(frame), false);
        co_await std::move(putting);
    } catch (...) {
        give_up();  // a message without one of its pieces is none
        throw;
    }
}

/// A message has begun that will not end.
void connection::give_up() noexcept {
    try {
        if (engine_.has_sent_close()) return;
        std::string frame;
        engine_.send_close({.code = close_code::internal_error}, frame);
        tell(true, opcode::close, {});
        (void)out_.try_put(std::move(frame));
    } catch (const std::exception&) {
        is_closed_.set();
    }
    out_.close();
}

io::task<> connection::put_close(close_reason why) {
    if (engine_.has_sent_close()) co_return;
    std::string frame;
    engine_.send_close(why, frame);
    tell(true, opcode::close, why.text);
    try {
        io::task<> putting = io::timeout(options_.close_within, out_.put(std::move(frame)));
        co_await std::move(putting);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        is_closed_.set();  // there is no way to say it, and no answer to wait for
    }
    out_.close();
}

io::task<> connection::close(close_code code, std::string why) {
    io::task<> saying = put_close({.code = code, .text = std::move(why)});
    co_await std::move(saying);
    if (peer_reason() || is_closed_.is_set()) co_return;
    const bool another_receives = is_receiving_;
    io::task<> hearing = another_receives ? is_closed_.wait() : hear_to_the_end();
    try {
        io::task<> limited = io::timeout(options_.close_within, std::move(hearing));
        co_await std::move(limited);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        if (another_receives) is_given_up_.set();
    } catch (const bad_message&) {
        is_closed_.set();
    }
    is_closed_.set();
}

// --- A message in fragments

long_message::long_message(connection& to, io::semaphore::permit turn) noexcept
    : to_(&to), turn_(std::move(turn)) {}

long_message::long_message(long_message&& other) noexcept
    : to_(std::exchange(other.to_, nullptr)), turn_(std::move(other.turn_)) {}

long_message::~long_message() {
    if (to_ != nullptr) to_->give_up();
}

io::task<> long_message::write(std::string data) {
    if (to_ == nullptr) throw std::logic_error("WebSocket: a piece of no message");
    return to_->put_piece(std::move(data), false);
}

io::task<> long_message::finish(std::string data) {
    if (to_ == nullptr) throw std::logic_error("WebSocket: a piece of no message");
    io::task<> putting = to_->put_piece(std::move(data), true);
    co_await std::move(putting);
    to_ = nullptr;
    turn_.give_back();
}

}  // namespace zocalo::ws
