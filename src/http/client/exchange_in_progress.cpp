// SPDX-License-Identifier: MIT
#include "http/client/exchange_in_progress.hpp"

#include <chrono>
#include <exception>
#include <stdexcept>

#include "http/client/named_error.hpp"
#include "http/client/taken_over.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

namespace {

/// To read so much costs less than a new connection.
constexpr std::size_t worth_reading = std::size_t{64} * 1024;
/// And to wait so long for it.
constexpr std::chrono::milliseconds worth_waiting{200};

}  // namespace

exchange_in_progress::exchange_in_progress(std::shared_ptr<client_core> core,
                                           connection_pool::lease from, io::time_point now)
    : core_(std::move(core)), from_(std::move(from)), now_(now) {
    const line& on = *from_.made->line;
    head = on.response();
    size = on.announced();
    peer = on.peer();
    local = on.local();
}

void exchange_in_progress::decode() {
    const std::string names = head.fields.joined("Content-Encoding");
    const auto codings = try_parse_codings(names);
    const bool is_empty = size == 0 || is_bodiless(head.status);
    if (is_empty || (codings && codings->empty())) return;
    // Who wants it decoded would take coded bytes for the content.
    if (!codings) {
        const protocol_error why("unknown or too many codings: " + quoted(names));
        std::rethrow_exception(named_error(std::make_exception_ptr(why), url));
    }
    decoder_.emplace(*codings);
    head.fields.remove("Content-Encoding");
    head.fields.remove("Content-Length");
    size.reset();
}

/// What nobody has to be waited for, and no limit in time set; nothing also when it has failed.
std::optional<const_buffer> exchange_in_progress::try_read() noexcept {
    if (failed_ || decoder_) return std::nullopt;
    try {
        return try_read_raw();
    } catch (...) {
        failed_ = named_error(std::current_exception(), url);
        if (!is_sending_) from_ = {};
    }
    return std::nullopt;
}

io::task<const_buffer> exchange_in_progress::read() {
    const auto at_hand = try_read();
    if (at_hand) co_return *at_hand;
    if (failed_) std::rethrow_exception(failed_);
    const_buffer piece;
    try {
        io::task<const_buffer> next = decoder_ ? read_decoded() : read_raw();
        piece = co_await std::move(next);
    } catch (...) {
        failed_ = named_error(std::current_exception(), url);
    }
    if (failed_ && is_sending_) std::rethrow_exception(failed_);
    if (failed_) {
        io::task<> leaving = from_.cut_off();
        co_await std::move(leaving);
        from_ = {};
        std::rethrow_exception(failed_);
    }
    co_return piece;
}

std::optional<const_buffer> exchange_in_progress::try_read_raw() {
    if (was_read_ || !from_.made) return const_buffer();
    auto piece = from_.made->line->try_read();
    if (piece && piece->empty()) finish();
    return piece;
}

io::task<const_buffer> exchange_in_progress::read_raw() {
    const auto at_hand = try_read_raw();
    if (at_hand) co_return *at_hand;
    const_buffer piece;
    if (owed_) {
        io::task<> hearing = hear(&piece);
        co_await std::move(hearing);
    } else {
        io::task<const_buffer> next = io::timeout(core_->options.stall, from_.made->line->read());
        piece = co_await std::move(next);
    }
    now_ = co_await io::now();
    if (piece.empty()) finish();
    co_return piece;
}

io::task<const_buffer> exchange_in_progress::read_decoded() {
    for (;;) {
        const const_buffer plain = decode_more();
        if (!plain.empty()) co_return plain;
        io::task<const_buffer> next = read_raw();
        coded_ = co_await std::move(next);
        if (!coded_.empty()) continue;
        decoder_->end();
        co_return coded_;
    }
}

/// What comes out of what is there; empty when more has to come.
const_buffer exchange_in_progress::decode_more() {
    for (;;) {
        const decoder::piece got = decoder_->put(coded_);
        coded_ = coded_.without(got.used);
        if (!got.data.empty() || got.used == 0) return got.data;
    }
}

void exchange_in_progress::finish() {
    trailers_ = from_.made->line->trailers();
    was_read_ = true;
    if (is_sending_) {
        from_.made->shared->used = now_;
    } else {
        from_.give_back(now_);
    }
}

io::task<std::string> exchange_in_progress::content(std::size_t limit) {
    std::string all;
    for (;;) {
        const auto at_hand = try_read();
        const_buffer piece = at_hand.value_or(const_buffer());
        if (!at_hand) {
            io::task<const_buffer> next = read();
            piece = co_await std::move(next);
        }
        if (piece.empty()) co_return all;
        if (piece.size() > limit - all.size()) {
            std::string why = url;
            why.append(": more than ").append(std::to_string(limit)).append(" bytes of content");
            throw protocol_error(why);
        }
        all += piece.text();
    }
}

/// Nobody wants it: what is wrong with it costs the connection, and nothing else.
io::task<> exchange_in_progress::drop_rest() {
    const io::time_point began = co_await io::now();
    const io::time_point until = began + worth_waiting;
    std::size_t dropped = 0;
    const bool is_much = size.value_or(0) > worth_reading;
    while (!is_much && dropped <= worth_reading) {
        const_buffer piece;
        try {
            io::task<const_buffer> next = io::deadline(until, read_raw());
            piece = co_await std::move(next);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::exception&) {
            break;
        }
        if (piece.empty()) co_return;
        dropped += piece.size();
    }
    io::task<> leaving = from_.cut_off();
    co_await std::move(leaving);
    from_ = {};
}

io::stream exchange_in_progress::take_over() {
    if (!from_.made) throw std::logic_error("HTTP: the connection still speaks it");
    if (from_.made->shared) return take_over_stream(std::move(from_));
    io::stream line = from_.made->line->take_over();
    from_ = {};
    return line;
}

}  // namespace zocalo::http::detail
