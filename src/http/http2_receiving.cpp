// SPDX-License-Identifier: MIT
// What nghttp2 has understood of the peer's frames.
#include <algorithm>
#include <stdexcept>

#include "http/http2_session.hpp"
#include "http/trailers.hpp"

namespace zocalo::http::detail {

namespace {

using kind = http2_event::kind;

/// A head that is too large is answered. One that is so many times as large is made to be: of one
/// byte each, references say the same large field again (an "HPACK bomb").
constexpr std::size_t far_too_much = 4;

/// Frames beside content that may wait for each stream that may be open: a response has few.
constexpr std::size_t waiting_for_a_stream = 10;

std::uint32_t stream_of(const nghttp2_frame& frame) noexcept {
    return static_cast<std::uint32_t>(frame.hd.stream_id);
}

bool ends_message(const nghttp2_frame_hd& head) noexcept {
    return (head.flags & NGHTTP2_FLAG_END_STREAM) != 0;
}

/// Whether a frame brings nothing by itself: of those, a peer may send few.
bool is_idle_frame(const nghttp2_frame_hd& head) noexcept {
    switch (head.type) {
        case NGHTTP2_HEADERS:
        case NGHTTP2_CONTINUATION:
        case NGHTTP2_RST_STREAM:
        case NGHTTP2_GOAWAY:
            return false;
        case NGHTTP2_DATA:
            return head.length == 0 && !ends_message(head);
        case NGHTTP2_PING:
        case NGHTTP2_SETTINGS:
            return (head.flags & NGHTTP2_FLAG_ACK) == 0;
        default:
            return true;
    }
}

/// How much of a frame is padding is known behind its beginning.
bool is_all_padding(const nghttp2_data& frame) noexcept {
    return frame.padlen != 0 && frame.padlen == frame.hd.length && !ends_message(frame.hd);
}

}  // namespace

int http2_session::on_begin_frame(const nghttp2_frame_hd& head) {
    if (head.type == NGHTTP2_RST_STREAM && !resets_.take(now_))
        return refuse_peer(http2_error::enhance_your_calm, "too many streams were reset");
    if (is_idle_frame(head) && !idle_.take(now_))
        return refuse_peer(http2_error::enhance_your_calm, "too many frames that bring nothing");
    continuations_ = head.type == NGHTTP2_CONTINUATION ? continuations_ + 1 : 0;
    if (continuations_ > also_.continuations)
        return refuse_peer(http2_error::enhance_your_calm, "a head in too many frames");
    if (head.type == NGHTTP2_PUSH_PROMISE)
        return refuse_peer(http2_error::protocol_error, "server push");
    if (head.type == NGHTTP2_PRIORITY && head.stream_id == 0)  // which nghttp2 does not mind
        return refuse_peer(http2_error::protocol_error, "a priority of no stream");
    if (head.type == NGHTTP2_HEADERS && is_server() && head.stream_id % 2 != 0 &&
        !skipped_.allows(static_cast<std::uint32_t>(head.stream_id)))
        return refuse_peer(http2_error::protocol_error, "a stream number that goes down");
    if (head.type == NGHTTP2_SETTINGS) surplus_ = largest_surplus();
    if (is_server() && has_too_much_to_say())
        return refuse_peer(http2_error::enhance_your_calm, "too many frames wait to be sent");
    return 0;
}

/// A peer that takes nothing, and goes on to ask for what is refused, makes resets wait here that
/// were not sent, so that no budget knows of them.
bool http2_session::has_too_much_to_say() const noexcept {
    return nghttp2_session_get_outbound_queue_size(session_.get()) >
           also_.acknowledgements + waiting_for_a_stream * also_.streams;
}

/// By how much the largest window of a stream is larger than it was at first.
std::int64_t http2_session::largest_surplus() const {
    const std::int64_t initial =
        nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE);
    std::int64_t most = 0;
    streams_.for_each([&](std::uint32_t number, const http2_stream&) {
        const std::int64_t window = nghttp2_session_get_stream_remote_window_size(
            session_.get(), static_cast<std::int32_t>(number));
        most = std::max(most, window - initial);
    });
    return most;
}

/// nghttp2 resets a stream whose window gets too large by settings; but that is about them all (RFC
/// 9113 §6.9.2).
int http2_session::note_settings() {
    const std::int64_t initial =
        nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE);
    if (initial + surplus_ > INT32_MAX)
        return refuse_peer(http2_error::flow_control_error, "a window too large by settings");
    say(kind::settings, 0);
    return 0;
}

int http2_session::on_begin_headers(const nghttp2_frame& frame) {
    const std::uint32_t number = stream_of(frame);
    if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
        at(number).head.begin_anew();
        return 0;
    }
    // Not those that are open count, but those that make work, which a reset does not end at once.
    if (streams_.size() >= std::size_t{2} * also_.streams) {
        submit_reset(number, http2_error::refused_stream);
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    add(number);
    return 0;
}

int http2_session::on_header(const nghttp2_frame& frame, std::string_view name,
                             std::string_view value) {
    http2_stream* const stream = find(stream_of(frame));
    if (stream == nullptr) return 0;  // it was released in the middle of this head
    note_field(stream->head, name, value, limits_);
    if (stream->head.bytes / far_too_much > limits_.head)
        return refuse_peer(http2_error::enhance_your_calm, "a head that is far too large");
    return 0;
}

/// nghttp2 leaves out the end of a frame whose stream was reset in its middle, but not the content
/// and the fields before that.
int http2_session::on_frame(const nghttp2_frame& frame) {
    const std::uint32_t number = stream_of(frame);
    switch (frame.hd.type) {
        case NGHTTP2_HEADERS:
            finish_head(at(number), number, ends_message(frame.hd));
            break;
        case NGHTTP2_DATA:
            if (is_all_padding(frame.data) && !idle_.take(now_))
                return refuse_peer(http2_error::enhance_your_calm, "too much padding");
            if (ends_message(frame.hd)) end_message(at(number), number);
            break;
        case NGHTTP2_SETTINGS:
            if ((frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) return note_settings();
            break;
        case NGHTTP2_PING:
            if ((frame.hd.flags & NGHTTP2_FLAG_ACK) != 0) answer_ping(frame.ping);
            break;
        case NGHTTP2_GOAWAY:
            is_leaving_ = true;
            say(kind::leaving, static_cast<std::uint32_t>(frame.goaway.last_stream_id),
                static_cast<http2_error>(frame.goaway.error_code));
            break;
        default:
            break;
    }
    return 0;
}

void http2_session::finish_head(http2_stream& stream, std::uint32_t number, bool is_end) {
    if (stream.has_head) {
        finish_trailers(stream, number);
    } else if (is_server()) {
        finish_request(stream);
        if (stream.announced.value_or(0) > limits_.content && !stream.problem)
            stream.problem = status::content_too_large;
        stream.has_head = stream.is_said = true;
        say(stream.problem ? kind::refused : kind::head, number);
    } else {
        finish_response(stream, number);
    }
    stream.largest_head = std::max(stream.largest_head, stream.head.bytes);
    stream.head.begin_anew();
    if (is_end && !stream.was_reset) end_message(stream, number);
}

void http2_session::finish_response(http2_stream& stream, std::uint32_t number) {
    http2_incoming_head& head = stream.head;
    const status said = head.status.value_or(status::ok);  // it has none if that is the problem
    const bool is_interim = is_informational(said);
    if (head.problem || (is_interim && ++stream.interim > limits_.interim)) {
        submit_reset(number, http2_error::protocol_error);
        stream.was_reset = true;
        stream.queued.forget();
        return say(kind::reset, number, http2_error::protocol_error);
    }
    if (!head.cookies.empty()) head.fields.add("Cookie", head.cookies);
    stream.unsaid.push_back(
        {.status = said, .version = version::http_2, .fields = std::move(head.fields)});
    if (!is_interim) stream.announced = head.facts.length;
    stream.is_tunnel = stream.is_connect && is_success(said);
    stream.has_head = !is_interim;
    say(is_interim ? kind::interim : kind::head, number);
}

/// Trailers that break a rule come to nothing; the message before them does not. Tunnels have none
/// (RFC 9113 §8.5).
void http2_session::finish_trailers(http2_stream& stream, std::uint32_t number) {
    if (stream.head.problem || stream.is_tunnel) {
        submit_reset(number, http2_error::protocol_error);
        stream.was_reset = true;
        stream.queued.forget();
        return say(kind::reset, number, http2_error::protocol_error);
    }
    stream.trailers = std::move(stream.head.fields);
    remove_forbidden(stream.trailers);
}

void http2_session::end_message(http2_stream& stream, std::uint32_t number) {
    stream.has_received_all = true;
    stream.expects_continue = false;
    say(kind::end, number);
}

/// Nobody will read it: the window of the connection is open for it again.
int http2_session::drop(std::uint32_t number, std::size_t size) {
    (void)nghttp2_session_consume(session_.get(), static_cast<std::int32_t>(number), size);
    return 0;
}

int http2_session::on_content(std::uint32_t number, std::string_view data) {
    http2_stream* const stream = find(number);
    if (stream == nullptr || stream->was_reset || stream->problem) return drop(number, data.size());
    if (!stream->is_tunnel && data.size() > limits_.content - stream->total) {
        submit_reset(number, http2_error::cancel);
        stream->was_reset = true;
        stream->queued.forget();
        say(kind::reset, number, http2_error::cancel);
        return drop(number, data.size());
    }
    if (stream->received.empty()) say(kind::data, number);
    if (!stream->is_tunnel) stream->total += data.size();
    stream->expects_continue = false;
    stream->received.append(data);
    return 0;
}

int http2_session::on_close(std::uint32_t number, http2_error why) {
    http2_stream* const stream = find(number);
    if (stream == nullptr) return 0;
    stream->is_closed = true;
    const bool is_complete = stream->has_received_all && stream->has_sent_all;
    if (!stream->is_said) {
        take_out(number);
    } else if (!stream->was_reset && (why != http2_error::no_error || !is_complete)) {
        stream->was_reset = true;
        stream->queued.forget();
        say(kind::reset, number, why);
    }
    return 0;
}

void http2_session::consume(std::uint32_t number, std::size_t size) {
    http2_stream& stream = at(number);
    if (size > stream.received.size())
        throw std::logic_error("HTTP/2: more is consumed than has come");
    stream.received.consume(size);
    if (has_failed_ || size == 0) return;
    (void)nghttp2_session_consume(session_.get(), static_cast<std::int32_t>(number), size);
}

}  // namespace zocalo::http::detail
