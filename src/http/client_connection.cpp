// SPDX-License-Identifier: MIT
#include "zocalo/http/client_connection.hpp"

#include <array>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "zocalo/io/any.hpp"
#include "zocalo/io/detail/silence.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/io/unread.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http {

namespace {

/// So much may wait to be sent before write() has to; larger pieces of content are not copied.
constexpr std::size_t high_water = std::size_t{64} * 1024;
constexpr std::size_t not_copied = std::size_t{16} * 1024;
/// So much of a response may come before all of its request has gone.
constexpr std::size_t most_early = std::size_t{4} * 1024 * 1024;

void end_without_response(const std::exception_ptr& broken, const io::stream& server) {
    if (broken) std::rethrow_exception(broken);
    throw std::system_error(std::make_error_code(std::errc::connection_reset),
                            "wait for a response of " + server.peer_endpoint().to_string());
}

}  // namespace

client_connection::client_connection(io::stream server, const limits& within)
    : stream_(std::move(server)), in_(stream_), engine_(within) {}

// --- The request

void client_connection::send(const request_head& head, std::string_view content) {
    begin(head, content.size());
    engine_.send_data(content);
    end();
}

void client_connection::begin(const request_head& head, content_size size) {
    in_.release();
    early_ = {};
    gave_early_ = false;
    engine_.send(head, size);
    has_heard_ = false;
    has_head_ = false;
}

io::task<> client_connection::write(const_buffer data) {
    if (data.size() < not_copied) {
        engine_.send_data(data);
        if (engine_.output().size() >= high_water) co_await flush();
    } else if (engine_.begin_piece(data.size())) {
        co_await send_pieces(data);
        engine_.end_piece();
    }
}

void client_connection::end(const fields& trailers) {
    engine_.send_end(trailers);
}

io::task<> client_connection::flush() {
    return send_pieces({});
}

/// What was put together, and `data` behind it.
io::task<> client_connection::send_pieces(const_buffer data) {
    const std::array<const_buffer, 2> pieces{const_buffer(engine_.output()), data};
    if (!broken_ && !(pieces[0].empty() && data.empty())) {
        try {
            if (data.empty()) {  // one piece is less for the kernel to look at
                co_await stream_.write(pieces[0]);
            } else {
                co_await stream_.write(std::span<const const_buffer>(pieces));
            }
        } catch (const net::stopped&) {
            broken_ = std::current_exception();  // an unknown part was sent
            engine_.output().clear();
            throw;
        } catch (const std::system_error&) {
            broken_ = std::current_exception();
        }
    }
    engine_.output().clear();
    // Whatever goes on to write has to let who reads have a turn, and ends with what that brings.
    if (broken_ && is_sent_beside_) co_await io::sleep(timeout::none());
}

// --- The response

io::task<> client_connection::receive(std::function<void(const response_head&)> interim) {
    return hear(std::move(interim));
}

io::task<bool> client_connection::receive_beside(
    io::task<> sending, std::function<void(const response_head&)> interim) {
    is_sent_beside_ = true;
    std::exception_ptr error;
    try {
        io::task<> hearing = hear_the_end(std::move(interim));
        auto both = io::any(std::move(sending), std::move(hearing));
        co_await std::move(both);
    } catch (...) {
        error = std::current_exception();
    }
    is_sent_beside_ = false;
    if (error) std::rethrow_exception(error);
    co_return has_head_;
}

io::task<> client_connection::hear(std::function<void(const response_head&)> interim) {
    if (!is_sent_beside_ && !engine_.output().empty()) co_await flush();
    for (;;) {
        const incoming got = in_.next(engine_);
        has_head_ = got.what == event::head;
        if (has_head_) co_return;
        if (got.what == event::interim && interim) interim(engine_.response());
        if (got.what == event::paused) throw std::logic_error("HTTP: there was no request");
        if (got.what == event::closed) end_without_response(broken_, stream_);
        if (got.what == event::need_data) co_await wait_for_more();
    }
}

/// What is sent may be what the content is made of.
io::task<> client_connection::hear_the_end(std::function<void(const response_head&)> interim) {
    io::task<> hearing = hear(std::move(interim));
    co_await std::move(hearing);
    while (is_success(response().status) && early_.size() < most_early) {
        const auto piece = in_.next_piece(engine_);
        if (!piece) {
            io::task<> waiting = wait_for_more();
            co_await std::move(waiting);
            continue;
        }
        if (piece->empty()) co_return;
        early_ += piece->text();
    }
}

std::optional<const_buffer> client_connection::try_read() {
    if (early_.empty()) return in_.next_piece(engine_);
    if (!std::exchange(gave_early_, true)) return const_buffer(early_);
    early_ = {};
    return in_.next_piece(engine_);
}

io::task<const_buffer> client_connection::read() {
    for (;;) {
        const auto piece = try_read();
        if (piece) co_return *piece;
        co_await wait_for_more();
    }
}

io::task<std::string> client_connection::content(std::size_t limit) {
    std::string all;
    for (;;) {
        const const_buffer piece = co_await read();
        if (piece.empty()) co_return all;
        if (piece.size() > limit - all.size())
            throw protocol_error("more than " + std::to_string(limit) + " bytes of content");
        all += piece.text();
    }
}

io::task<> client_connection::wait_for_more() {
    if (!is_sent_beside_ && !engine_.output().empty()) co_await flush();
    const bool came = co_await in_.fill();
    in_.note(came);
    has_heard_ |= came;
}

// --- The connection

io::task<bool> client_connection::is_still_idle(timeout patience) {
    if (!is_idle()) co_return false;
    in_.release();
    if (patience == timeout::zero() && io::detail::is_silent(stream_)) co_return true;
    try {
        io::task<bool> look = io::timeout(patience, in_.fill());
        const bool came = co_await std::move(look);
        in_.note(came);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        co_return error.code() == std::errc::timed_out;
    }
    co_return false;
}

io::stream client_connection::take_over() {
    const incoming next = engine_.next({});
    if (next.what != event::switched)
        throw std::logic_error("HTTP: the connection still speaks it");
    return io::unread(std::move(stream_), in_.take_rest());
}

}  // namespace zocalo::http
