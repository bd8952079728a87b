// SPDX-License-Identifier: MIT
// Two state machines, one for each direction, and settle(), where they meet: an exchange is over
// when both have finished.
//
//     receiving: start_line → field_lines → content → finished
//     sending:   waiting → head → content → finished          (a client has no `waiting`)
//
// What may be sent when is the table `allowed`; what is received is whatever the state reads.
#include "zocalo/http/engine.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

std::string_view to_text(event what) noexcept {
    constexpr std::array<std::string_view, 8> names{"need_data", "paused", "interim", "head",
                                                    "data",      "end",    "closed",  "switched"};
    return names[static_cast<std::size_t>(what)];
}

engine::engine(const limits& within, sending first) noexcept
    : limits_(within),
      first_(first),
      folds_(first == sending::head ? detail::folds::joined : detail::folds::refused),
      sending_(first) {}

// --- Receiving

incoming engine::next(const_buffer received, bool is_all) {
    try {
        return step(received.text(), is_all);
    } catch (const bad_message&) {
        if (receiving_ == receiving::start_line && !has_begun_) give_up_line(received.text());
        receiving_ = receiving::failed;
        keeps_alive_ = false;
        throw;
    }
}

incoming engine::step(std::string_view received, bool is_all) {
    switch (receiving_) {
        case receiving::start_line:
            return begin_message(received, is_all);
        case receiving::field_lines:
            return read_fields(received, 0, is_all);
        case receiving::content:
            return read_content(received, is_all);
        case receiving::finished:
            return {event::paused};
        case receiving::switching:
            return {event::switched};
        case receiving::closed:
            return {event::closed};
        case receiving::failed:
            break;
    }
    throw bad_message(status::bad_request, "the message before this could not be read");
}

incoming engine::begin_message(std::string_view received, bool is_all) {
    if (received.empty() && is_all) return {event::closed};
    if (sending_ == sending::head) {  // a client that has asked for nothing
        if (received.empty()) return {event::paused};
        throw bad_message(status::bad_gateway, "a response that nobody has asked for");
    }
    // Who speaks another protocol (TLS, for one) may never send a line.
    if (!received.empty() && received[0] != '\r' && !is(detail::token_character, received[0]))
        throw bad_message(status::bad_request, "this is not HTTP");
    const auto line =
        lines_.cut(received, std::min(limits_.line, limits_.head), status::uri_too_long);
    if (!line && is_all)
        throw bad_message(status::bad_request, "the connection ended in a first line");
    if (!line) return {event::need_data};
    const std::size_t used = line->size() + 2;
    if (line->empty() && !skipped_line_ && first_ == sending::waiting) {
        skipped_line_ = true;  // some clients end content with it (RFC 9112 §2.2)
        incoming after = begin_message(received.substr(used), is_all);
        after.used += used;
        return after;
    }
    facts_ = {};
    head_fields().clear();
    has_begun_ = true;
    read_start_line(*line);
    skipped_line_ = false;
    fields_.begin(used, folds_);
    receiving_ = receiving::field_lines;
    return read_fields(received, used, is_all);
}

incoming engine::read_fields(std::string_view received, std::size_t used, bool is_all) {
    const auto done = fields_.read(received.substr(used), head_fields(), &facts_, limits_);
    used += done.used;
    if (done.is_done) return {finish_head(), used};
    if (is_all) throw bad_message(status::bad_request, "the connection ended in a head");
    return {event::need_data, used};
}

void engine::receive_content(ending where) {
    trailers_.clear();
    receiving_ = receiving::content;
    has_content_ = false;
    if (where == ending::with_the_connection) {
        has_content_ = true;
        reader_.begin_until_close();
    } else if (where == ending::as_said && facts_.is_chunked) {
        has_content_ = true;
        reader_.begin_chunks(folds_);
    } else {
        const std::uint64_t size = where == ending::none ? 0 : facts_.length.value_or(0);
        if (size > limits_.content) {
            throw bad_message(status::content_too_large,
                              "content of " + std::to_string(size) + " bytes");
        }
        has_content_ = size != 0;
        reader_.begin_sized(size);
    }
}

incoming engine::read_content(std::string_view received, bool is_all) {
    const incoming got = reader_.read(received, is_all, trailers_, limits_);
    if (got.used != 0) expects_continue_ = false;
    if (got.what == event::end) {
        receiving_ = receiving::finished;
        settle();
    }
    return got;
}

bool engine::has_received_all() const noexcept {
    return receiving_ != receiving::field_lines && receiving_ != receiving::content;
}

// --- Sending

void engine::must_be_allowed(command what) const {
    // interim, head, data, end
    static constexpr bool allowed[][4] = {
        {false, true, false, false},   // waiting: only why there will be no answer
        {true, true, false, false},    // head
        {false, false, true, true},    // content
        {false, false, false, false},  // finished
        {false, false, false, false},  // over
    };
    if (!allowed[static_cast<std::size_t>(sending_)][static_cast<std::size_t>(what)])
        throw std::logic_error("HTTP: this cannot be sent now");
}

void engine::append_fields(const fields& all, std::string_view connection,
                           detail::content_writer::coding how, content_size length) {
    all.append_to(output_);
    if (!connection.empty()) output_.append("Connection: ").append(connection).append("\r\n");
    if (how == detail::content_writer::coding::chunks) {
        output_ += "Transfer-Encoding: chunked\r\n";
    } else if (length) {
        std::array<char, 40> line{"Content-Length: "};
        auto* done = std::to_chars(line.data() + 16, line.data() + 36, *length).ptr;
        *done++ = '\r';
        *done++ = '\n';
        output_.append(line.data(), done);
    }
    output_ += "\r\n";
}

bool engine::begin_piece(std::size_t size) {
    must_be_allowed(command::data);
    return writer_.begin_piece(size, output_);
}

void engine::send_data(const_buffer data) {
    if (!begin_piece(data.size())) return;
    output_.append(data.text());
    end_piece();
}

void engine::send_end(const fields& last) {
    must_be_allowed(command::end);
    writer_.end(last, output_);
    sending_ = sending::finished;
    settle();
}

// --- The connection

void engine::switch_protocols() noexcept {
    receiving_ = receiving::switching;
    sending_ = sending::over;
    keeps_alive_ = false;
}

void engine::forget() noexcept {
    facts_ = {};
    trailers_.clear();
    output_.clear();
    lines_ = {};
    fields_ = {};
    reader_ = {};
    writer_ = {};
    sending_ = first_;
    receiving_ = receiving::start_line;
    keeps_alive_ = true;
    has_content_ = expects_continue_ = has_begun_ = skipped_line_ = false;
}

void engine::settle() noexcept {
    if (receiving_ != receiving::finished || sending_ != sending::finished) return;
    receiving_ = keeps_alive_ ? receiving::start_line : receiving::closed;
    has_begun_ = false;
    sending_ = keeps_alive_ ? first_ : sending::over;
}

bool engine::is_idle() const noexcept {
    return receiving_ == receiving::start_line && sending_ == first_;
}

bool engine::is_as_new() const noexcept {
    return is_idle() && keeps_alive_ && !skipped_line_ && lines_.is_fresh() && output_.empty();
}

}  // namespace zocalo::http
