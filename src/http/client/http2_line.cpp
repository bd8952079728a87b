// SPDX-License-Identifier: MIT
#include "http/client/http2_line.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "http/http2_tunnel.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/io/any.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t piece_size = std::size_t{64} * 1024;

}  // namespace

void http2_line::hear(const http2_event& what) {
    using kind = http2_event::kind;
    http2_client_engine& engine = on_.engine();
    has_heard_ |= what.what != kind::room && what.what != kind::sent;
    switch (what.what) {
        case kind::interim:
            interim_.push_back(std::move(engine.response(number_)));
            break;
        case kind::head:
            response_ = std::move(engine.response(number_));
            announced_ = engine.announced(number_);
            has_head_ = true;
            break;
        case kind::reset:
            ended_ = what.why;
            break;
        default:
            break;
    }
}

bool http2_line::is_deaf() const noexcept {
    return ended_ || number_ == 0 || on_.broken() || !on_.engine().is_open(number_);
}

bool http2_line::is_untouched() const noexcept {
    return number_ == 0 || ended_ == http2_error::refused_stream || is_wrong_version();
}

/// A connection that ends before a response is one thing, a message that is broken off another.
void http2_line::throw_if_ended() const {
    if (ended_) {
        const std::string why =
            on_.peer().to_string() + " has ended a stream of HTTP/2: " + to_text(*ended_);
        const bool is_broken = *ended_ == http2_error::protocol_error;
        if (is_broken || has_head_) throw bad_message(status::bad_gateway, why);
        throw std::system_error(std::make_error_code(std::errc::connection_reset), why);
    }
    if (on_.has_ended() && has_head_) {
        throw bad_message(status::bad_gateway,
                          on_.peer().to_string() + " has ended the connection in a response");
    }
    if (on_.broken()) std::rethrow_exception(on_.broken());
}

// --- The request

void http2_line::send(const request_head& head, std::string_view content) {
    begin(head, content.size());
    on_.engine().send_data(number_, content);
    end({});
}

void http2_line::begin(const request_head& head, content_size size) {
    if (!on_.is_good() || !on_.engine().can_open()) {
        throw std::system_error(std::make_error_code(std::errc::connection_reset),
                                on_.peer().to_string() + " takes no more requests");
    }
    asks_for_head_ = head.method == method::head;
    number_ = on_.open(head, size, *this);
}

io::task<> http2_line::write(const_buffer data) {
    while (!data.empty() && !is_deaf()) {
        const auto seen = news();
        if (on_.engine().has_room(number_)) {
            const std::size_t size = std::min(data.size(), piece_size);
            on_.engine().send_data(number_, data.first(size));
            data = data.without(size);
            continue;
        }
        io::task<> waiting = on_.wait(*this, seen);
        co_await std::move(waiting);
    }
}

void http2_line::end(const fields& trailers) {
    if (!is_deaf()) on_.engine().send_end(number_, trailers);
}

/// Until nothing waits for the server's window.
io::task<> http2_line::flush() {
    io::task<> sending = on_.flush();
    co_await std::move(sending);
    for (;;) {
        const auto seen = news();
        if (is_deaf() || on_.engine().waiting(number_) == 0) break;
        on_.tell_when_all_is_sent(*this);
        io::task<> waiting = on_.wait(*this, seen);
        co_await std::move(waiting);
    }
}

// --- The response

io::task<> http2_line::receive(listener interim) {
    for (;;) {
        const auto seen = news();
        while (!interim_.empty()) {
            const response_head early = std::move(interim_.front());
            interim_.pop_front();
            if (interim) interim(early);
        }
        if (has_head_) break;
        throw_if_ended();
        io::task<> waiting = on_.wait(*this, seen);
        co_await std::move(waiting);
    }
    note_emptiness();
}

/// A response that ends with its head has no content, whether or not it says so.
void http2_line::note_emptiness() {
    const http2_client_engine& engine = on_.engine();
    const bool is_all = engine.has_received_all(number_) && engine.content(number_).empty();
    if (is_all && !asks_for_head_ && !announced_ && engine.trailers(number_).empty())
        announced_ = 0;
}

/// An error ends the sending, and so does a response that is complete. Any other head does not:
/// what is sent may be what the content is made of, of which as much can come as the window holds.
io::task<> http2_line::hear_the_end(listener interim) {
    io::task<> hearing = receive(std::move(interim));
    co_await std::move(hearing);
    while (is_success(response_.status) && !is_deaf()) {
        const auto seen = news();
        if (on_.engine().has_received_all(number_)) break;
        io::task<> waiting = on_.wait(*this, seen);
        co_await std::move(waiting);
    }
}

io::task<bool> http2_line::receive_beside(io::task<> sending, listener interim) {
    io::task<> hearing = hear_the_end(std::move(interim));
    auto both = io::any(std::move(sending), std::move(hearing));
    co_await std::move(both);
    co_return has_head_;
}

/// A piece is copied: while its owner waits for something else, others may read for this stream.
std::optional<const_buffer> http2_line::try_read() {
    http2_client_engine& engine = on_.engine();
    const const_buffer there = engine.content(number_);
    if (!there.empty()) {
        const std::size_t size = std::min(there.size(), piece_size);
        piece_.assign(there.first(size).text());
        engine.consume(number_, size);
        return const_buffer(piece_);
    }
    if (!engine.has_received_all(number_)) return std::nullopt;
    trailers_ = engine.trailers(number_);
    return const_buffer();
}

io::task<const_buffer> http2_line::read() {
    for (;;) {
        const auto seen = news();
        const auto piece = try_read();
        if (piece) co_return *piece;
        throw_if_ended();
        io::task<> waiting = on_.wait(*this, seen);
        co_await std::move(waiting);
    }
}

// --- The connection

io::task<bool> http2_line::is_still_idle(timeout /*patience*/) {
    co_return true;
}

io::stream http2_line::take_over() {
    throw std::logic_error("HTTP/2: the connection is not one request's alone");
}

// --- Other protocols

/// The settings are the first that a server says, and on a new connection nobody else waits.
io::task<bool> http2_line::allows_protocols() {
    while (!on_.has_settings()) {
        if (on_.broken()) std::rethrow_exception(on_.broken());
        io::task<> waiting = on_.wait(*this, news());
        co_await std::move(waiting);
    }
    co_return on_.engine().can_connect();
}

bool http2_line::is_tunnel() const {
    return number_ != 0 && on_.engine().is_tunnel(number_);
}

io::task<> http2_line::wait_for_bytes() {
    http2_client_engine& engine = on_.engine();
    for (;;) {
        const auto seen = news();
        if (!engine.content(number_).empty() || engine.has_received_all(number_)) co_return;
        if (ended_) throw lost("read from ", std::errc::connection_reset);
        if (on_.broken()) std::rethrow_exception(on_.broken());
        io::task<> waiting = on_.wait(*this, seen);
        co_await std::move(waiting);
    }
}

std::size_t http2_line::take_bytes(mutable_buffer into) {
    const std::size_t size = copy_some(on_.engine().content(number_), into);
    on_.engine().consume(number_, size);
    return size;
}

io::task<> http2_line::write_bytes(const_buffer data) {
    io::task<> writing = write(data);
    co_await std::move(writing);
    io::task<> sending = flush();
    co_await std::move(sending);
    if (is_deaf()) throw lost("write to ", std::errc::broken_pipe);
}

std::system_error http2_line::lost(const char* what, std::errc why) const {
    std::string text = what + on_.peer().to_string();
    if (ended_) text += ": the stream of HTTP/2 was ended: " + to_text(*ended_);
    return {std::make_error_code(why), text};
}

}  // namespace zocalo::http::detail
