// SPDX-License-Identifier: MIT
#include "zocalo/http/event_source.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "core/ascii.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http {

event_source::event_source(client& asks, request what, event_source_options options)
    : asks_(asks),
      what_(std::move(what)),
      options_(std::move(options)),
      reader_(options_.limit, options_.last_id) {
    if (options_.attempts == 0) throw std::invalid_argument("events without any attempt");
    what_.fields.set("Accept", event_stream_type);
    what_.fields.set("Cache-Control", "no-store");
}

io::task<std::optional<server_event>> event_source::next() {
    for (;;) {
        if (!answer_) {
            io::task<bool> connecting = connect();
            const bool goes_on = co_await std::move(connecting);
            if (!goes_on) co_return std::nullopt;
        }
        const bool has_event = take_event();
        if (has_event) co_return reader_.event();
        io::task<> filling = fill();
        co_await std::move(filling);
    }
}

/// Whether there are events to wait for.
io::task<bool> event_source::connect() {
    for (;;) {
        if (pause_) {
            const io::time_point now = co_await io::now();
            not_before_ = now + *std::exchange(pause_, std::nullopt);
        }
        co_await io::sleep_until(not_before_);
        std::exception_ptr error;
        try {
            io::task<> trying = try_open();
            co_await std::move(trying);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            error = std::current_exception();
        } catch (const protocol_error&) {
            error = std::current_exception();
        }
        if (!error) break;
        ++failures_;
        plan_pause();
        if (failures_ < options_.attempts) continue;
        failures_ = 0;
        std::rethrow_exception(error);
    }
    failures_ = 0;
    const bool is_accepted = accept();
    co_return is_accepted;
}

io::task<> event_source::try_open() {
    // An id is text of the server's: of one that no field can have, it cannot be told.
    if (last_id().empty() || !is_field_value(trimmed(last_id()))) {
        what_.fields.remove("Last-Event-ID");
    } else {
        what_.fields.set("Last-Event-ID", last_id());
    }
    io::task<response_stream> opening = asks_.open(what_);
    answer_ = co_await std::move(opening);
}

bool event_source::accept() {
    if (answer_->status() == status::no_content) {
        end();
        return false;
    }
    const status said = answer_->status();
    const std::string from = answer_->url();
    const std::string type_text(answer_->fields().get("Content-Type"));
    const auto type = media_type::try_parse(type_text);
    const bool is_stream = type && type->essence() == event_stream_type;
    if (said == status::ok && is_stream) return true;
    end();
    if (said != status::ok) throw error_response(said, from);
    throw protocol_error("no events, but " + quoted(type_text) + " from " + from);
}

bool event_source::take_event() {
    try {
        while (!rest_.empty()) {
            const event_stream_reader::step got = reader_.next(rest_);
            rest_.remove_prefix(got.used);
            if (got.has_event) return true;
        }
    } catch (const protocol_error&) {
        end();
        throw;
    }
    return false;
}

/// A connection that breaks is no error here: there will be another one.
io::task<> event_source::fill() {
    try {
        io::task<const_buffer> reading = answer_->read();
        const const_buffer piece = co_await std::move(reading);
        rest_ = piece.text();
    } catch (const net::stopped&) {
        end();
        pause_.reset();
        throw;
    } catch (const std::system_error&) {
        rest_ = {};
    } catch (const protocol_error&) {
        rest_ = {};
    }
    if (rest_.empty()) end();
}

/// How long to wait before the next connection: what was chosen, twice as long for each failure.
void event_source::plan_pause() noexcept {
    const auto longest = options_.longest_pause.value().value_or(std::chrono::hours(24));
    auto span = std::min(said_.value_or(options_.pause).value().value_or(longest), longest);
    for (unsigned i = 1; i < failures_ && span <= longest / 2; ++i)
        span *= 2;
    pause_ = span;
}

/// What had come of an event that is not complete was never sent.
void event_source::end() {
    constexpr std::chrono::milliseconds shortest(100);
    if (const auto retry = reader_.retry()) said_ = timeout(std::max(*retry, shortest));
    plan_pause();
    reader_ = event_stream_reader(options_.limit, last_id());
    rest_ = {};
    answer_.reset();
}

}  // namespace zocalo::http
