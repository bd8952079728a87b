// SPDX-License-Identifier: MIT
// Content waits in its stream until nghttp2 asks for it, which it does when there is a window and
// room in the output: a stream that has none is "deferred" and resumed when it has.
#include <stdexcept>
#include <string>

#include "http/http2_callbacks.hpp"
#include "http/http2_session.hpp"

namespace zocalo::http::detail {

namespace {

using kind = http2_event::kind;

constexpr std::size_t earns_a_frame = 1024;  // bytes of content that are sent
/// Some servers open two windows again for each request with content.
constexpr std::uint64_t frames_for_a_request = 4;

std::int32_t id(std::uint32_t number) noexcept {
    return static_cast<std::int32_t>(number);
}

/// Codes that say nothing about the peer.
bool is_harmless(std::uint32_t code) noexcept {
    return code == NGHTTP2_NO_ERROR || code == NGHTTP2_CANCEL || code == NGHTTP2_REFUSED_STREAM;
}

content_writer make_writer(content_size size, bool is_dropped) noexcept {
    using coding = content_writer::coding;
    return {size ? coding::sized : coding::until_close, size.value_or(0), is_dropped};
}

}  // namespace

void http2_session::send_interim(std::uint32_t number) {
    http2_stream& stream = at(number);
    if (stream.was_reset) return;
    check_http2(nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, id(number), nullptr,
                                       block.data(), block.size(), nullptr));
}

void http2_session::send_head(std::uint32_t number, content_size size, bool is_bodiless) {
    http2_stream& stream = at(number);
    const bool has_none = is_bodiless || size == 0;
    if (!stream.was_reset) {
        const nghttp2_data_provider source = make_http2_provider();
        check_http2(nghttp2_submit_response(session_.get(), id(number), block.data(), block.size(),
                                            has_none ? nullptr : &source));
    }
    stream.writer = make_writer(size, is_bodiless);
    stream.has_no_content = has_none;
    stream.state = http2_stream::sending::content;
    stream.expects_continue = false;
}

std::uint32_t http2_session::open(content_size size, bool is_head) {
    const nghttp2_data_provider source = make_http2_provider();
    const std::int32_t opened =
        nghttp2_submit_request(session_.get(), nullptr, block.data(), block.size(),
                               size == 0 ? nullptr : &source, nullptr);
    check_http2(opened);
    const auto number = static_cast<std::uint32_t>(opened);
    http2_stream& stream = add(number);
    stream.is_said = true;
    stream.is_head_request = is_head;
    stream.writer = make_writer(size, false);
    stream.has_no_content = size == 0;
    stream.state = http2_stream::sending::content;
    return number;
}

void http2_session::send_data(std::uint32_t number, std::string_view data) {
    http2_stream& stream = at(number);
    if (stream.state != http2_stream::sending::content)
        throw std::logic_error("HTTP/2: content cannot be sent now");
    std::string nothing;  // is written around it
    if (!stream.writer.begin_piece(data.size(), nothing) || stream.was_reset) return;
    stream.queued.append(data);
    if (stream.queued.size() >= also_.stream_queue) stream.was_full = true;
    resume(stream, number);
}

void http2_session::send_end(std::uint32_t number, const fields& last) {
    http2_stream& stream = at(number);
    if (stream.state != http2_stream::sending::content)
        throw std::logic_error("HTTP/2: nothing is being sent that could end");
    std::string nothing;
    stream.writer.end(last, nothing);
    stream.state = http2_stream::sending::finished;
    if (stream.has_no_content || stream.was_reset) return;
    stream.last = last;
    resume(stream, number);
}

void http2_session::resume(http2_stream& stream, std::uint32_t number) noexcept {
    if (!stream.is_deferred) return;
    stream.is_deferred = false;
    (void)nghttp2_session_resume_data(session_.get(), id(number));
}

ssize_t http2_session::read_content(std::uint32_t number, std::size_t most, std::uint32_t& flags) {
    http2_stream& stream = at(number);  // a reset would have gone before its content
    const std::size_t size = std::min(most, stream.queued.size());
    const bool is_last =
        stream.state == http2_stream::sending::finished && size == stream.queued.size();
    stream.is_deferred = size == 0 && !is_last;
    if (stream.is_deferred) return NGHTTP2_ERR_DEFERRED;
    flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (!is_last) return static_cast<ssize_t>(size);
    flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream.last.empty()) return static_cast<ssize_t>(size);
    flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    block.clear();
    append_fields(block, stream.last);
    check_http2(nghttp2_submit_trailer(session_.get(), id(number), block.data(), block.size()));
    return static_cast<ssize_t>(size);
}

/// The frame waits for the next produce() while the output is full; one of a stream that was reset
/// meanwhile is dropped.
int http2_session::write_content(const nghttp2_frame& frame, const std::uint8_t* head,
                                 std::size_t size) {
    constexpr std::size_t head_size = 9;
    if (output.size() >= most_output_) return NGHTTP2_ERR_WOULDBLOCK;
    const auto number = static_cast<std::uint32_t>(frame.hd.stream_id);
    http2_stream* const found = find(number);
    if (found == nullptr || found->queued.size() < size)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    http2_stream& stream = *found;
    output.append(reinterpret_cast<const char*>(head), head_size);
    output.append(stream.queued.view().substr(0, size));
    stream.queued.consume(size);
    earned_ += size;
    idle_.give(earned_ / earns_a_frame);
    earned_ %= earns_a_frame;
    if (stream.was_full && stream.queued.size() < also_.stream_queue / 2) {
        stream.was_full = false;
        say(kind::room, number);
    }
    return 0;
}

int http2_session::on_sent(const nghttp2_frame& frame) {
    const auto number = static_cast<std::uint32_t>(frame.hd.stream_id);
    switch (frame.hd.type) {
        case NGHTTP2_HEADERS:
        case NGHTTP2_DATA:
            if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) break;
            if (!is_server()) idle_.give(frames_for_a_request);
            at(number).has_sent_all = true;
            say(kind::sent, number);
            break;
        case NGHTTP2_RST_STREAM:
            if (!is_harmless(frame.rst_stream.error_code) && !resets_made_.take(now_))
                return refuse_peer(http2_error::enhance_your_calm, "too many streams were broken");
            break;
        case NGHTTP2_GOAWAY:
            if (drains_) mark_drain();
            if (frame.goaway.error_code != NGHTTP2_NO_ERROR && !is_closing_) {
                const auto* const text = reinterpret_cast<const char*>(frame.goaway.opaque_data);
                ended_by_rule_ = static_cast<http2_error>(frame.goaway.error_code);
                ended_text_.assign(text, frame.goaway.opaque_data_len);
            }
            break;
        default:
            break;
    }
    return 0;
}

/// A request that the peer has not seen, and will not; or a head, or trailers, of more than may be
/// sent: the peer waits for them, and learns that they do not come.
int http2_session::on_not_sent(const nghttp2_frame& frame, int why) {
    const auto number = static_cast<std::uint32_t>(frame.hd.stream_id);
    http2_stream* const stream = find(number);
    if (stream == nullptr || stream->was_reset || frame.hd.type != NGHTTP2_HEADERS) return 0;
    const bool is_too_large = why == NGHTTP2_ERR_FRAME_SIZE_ERROR;
    if (is_server() && !is_too_large) return 0;
    stream->was_reset = true;
    stream->queued.forget();
    const bool is_known = is_server() || frame.headers.cat != NGHTTP2_HCAT_REQUEST;
    if (is_too_large && is_known) submit_reset(number, http2_error::internal_error);
    say(kind::reset, number,
        is_too_large ? http2_error::internal_error : http2_error::refused_stream);
    return 0;
}

// --- Streams

void http2_session::submit_reset(std::uint32_t number, http2_error why) {
    check_http2(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, id(number),
                                          static_cast<std::uint32_t>(why)));
}

void http2_session::reset(std::uint32_t number, http2_error why) {
    http2_stream& stream = at(number);
    if (stream.was_reset) return;
    stream.was_reset = true;
    stream.queued.forget();
    if (!stream.is_closed) submit_reset(number, why);
}

void http2_session::release(std::uint32_t number) {
    http2_stream& stream = at(number);
    if (!stream.was_reset && !stream.is_closed) {
        http2_error why = http2_error::cancel;
        if (is_server() && stream.has_sent_all) why = http2_error::no_error;
        if (stream.problem) why = http2_error::protocol_error;
        submit_reset(number, why);
    }
    consume(number, stream.received.size());
    take_out(number);
}

}  // namespace zocalo::http::detail
