// SPDX-License-Identifier: MIT
// nghttp2 knows frames, windows and compressed heads; what it calls is in http2_receiving.cpp and
// http2_sending.cpp. Here are the session as a whole and how it ends.
//
// A call that nghttp2 does not survive (a passed budget, too many acknowledgements) leaves a
// session that may only be deleted, so fail() writes the GOAWAY by itself.
#include "http/http2_session.hpp"

#include <array>
#include <new>
#include <stdexcept>

#include "http/http2_callbacks.hpp"
#include "http/http2_memory.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t longest_head = std::size_t{1024} * 1024;  // that is sent, compressed
constexpr std::array<std::uint8_t, 8> drain_mark{'d', 'r', 'a', 'i', 'n', 'i', 'n', 'g'};

struct option_deleter {
    void operator()(nghttp2_option* one) const noexcept { nghttp2_option_del(one); }
};
struct callbacks_deleter {
    void operator()(nghttp2_session_callbacks* all) const noexcept {
        nghttp2_session_callbacks_del(all);
    }
};

std::unique_ptr<nghttp2_option, option_deleter> make_options(const http2_limits& also) {
    nghttp2_option* made = nullptr;
    check_http2(nghttp2_option_new(&made));
    nghttp2_option_set_no_auto_window_update(made, 1);
    nghttp2_option_set_no_closed_streams(made, 1);
    nghttp2_option_set_max_reserved_remote_streams(made, 0);
    nghttp2_option_set_max_send_header_block_length(made, longest_head);
    for (unsigned type = NGHTTP2_CONTINUATION + 1; type <= UINT8_MAX; ++type)
        nghttp2_option_set_user_recv_extension_type(made, static_cast<std::uint8_t>(type));
    // It counts the pieces in which the beginnings of frames come, of 9 bytes each; frames are
    // counted by on_begin_frame().
    nghttp2_option_set_max_continuations(made, 9 * (also.continuations + 1));
    nghttp2_option_set_max_outbound_ack(made, also.acknowledgements);
    nghttp2_option_set_stream_reset_rate_limit(made, also.resets.burst, also.resets.per_second);
    return std::unique_ptr<nghttp2_option, option_deleter>(made);
}

}  // namespace

void check_http2(int result) {
    if (result == NGHTTP2_ERR_NOMEM) throw std::bad_alloc();
    if (result < 0) throw std::logic_error(std::string("HTTP/2: ") + nghttp2_strerror(result));
}

http2_session::http2_session(role own, const limits& within, const http2_limits& also)
    : role_(own),
      limits_(within),
      also_(also),
      resets_(also.resets),
      resets_made_(also.resets_made),
      idle_(also.idle_frames) {
    const std::unique_ptr<nghttp2_session_callbacks, callbacks_deleter> calls(
        make_http2_callbacks());
    const auto options = make_options(also);
    nghttp2_session* made = nullptr;
    nghttp2_mem memory = http2_memory();
    const auto make = is_server() ? nghttp2_session_server_new3 : nghttp2_session_client_new3;
    check_http2(make(&made, calls.get(), this, options.get(), &memory));
    session_.reset(made);
    announce(within);
}

/// The first frame, which says what the peer may do.
void http2_session::announce(const limits& within) {
    const auto head = static_cast<std::uint32_t>(std::min<std::size_t>(within.head, UINT32_MAX));
    const std::uint32_t connects = also_.other_protocols ? 1 : 0;
    const std::array<nghttp2_settings_entry, 5> all{{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, also_.streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, also_.stream_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, head},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
        // The last one: clients say the one, and servers that do it the other.
        {is_server() ? NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL : NGHTTP2_SETTINGS_ENABLE_PUSH,
         is_server() ? connects : 0},
    }};
    const bool says_last = !is_server() || also_.other_protocols;
    const std::size_t count = says_last ? all.size() : all.size() - 1;
    check_http2(nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, all.data(), count));
    check_http2(nghttp2_session_set_local_window_size(
        session_.get(), NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(also_.connection_window)));
}

void http2_session::receive(std::string_view bytes, io::time_point now) {
    if (has_failed_) return;
    now_ = now;
    const ssize_t used = nghttp2_session_mem_recv(
        session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    if (used >= 0) return;
    rethrow();
    switch (static_cast<int>(used)) {
        case NGHTTP2_ERR_NOMEM:
            break_off();
            throw std::bad_alloc();
        case NGHTTP2_ERR_CALLBACK_FAILURE:
            return fail(refusal_, refusal_text_, true);
        case NGHTTP2_ERR_FLOODED:
            return fail(http2_error::enhance_your_calm, nghttp2_strerror(static_cast<int>(used)),
                        true);
        default:
            return fail(http2_error::protocol_error, nghttp2_strerror(static_cast<int>(used)),
                        true);
    }
}

void http2_session::produce(std::size_t limit) {
    most_output_ = limit;
    while (!has_failed_ && output.size() < limit) {
        const std::uint8_t* frame = nullptr;
        const ssize_t size = nghttp2_session_mem_send(session_.get(), &frame);
        if (size > 0) {
            output.append(reinterpret_cast<const char*>(frame), static_cast<std::size_t>(size));
            if (ended_by_rule_ != http2_error::no_error) fail(ended_by_rule_, ended_text_, false);
            continue;
        }
        if (size == 0) return;
        rethrow();
        if (size == NGHTTP2_ERR_NOMEM) {
            break_off();
            throw std::bad_alloc();
        }
        return fail(refusal_, refusal_text_, true);
    }
}

std::optional<http2_event> http2_session::next() {
    while (said_ < events_.size()) {
        const http2_event first = events_[said_++];
        if (first.stream == 0 || first.what == http2_event::kind::leaving) return first;
        http2_stream* const stream = find(first.stream);
        if (stream == nullptr) continue;  // it was released meanwhile
        const bool is_head =
            first.what == http2_event::kind::head || first.what == http2_event::kind::interim;
        if (is_head && !stream->unsaid.empty()) {
            stream->response = std::move(stream->unsaid.front());
            stream->unsaid.erase(stream->unsaid.begin());
        }
        return first;
    }
    events_.clear();
    said_ = 0;
    return std::nullopt;
}

void http2_session::rethrow() {
    if (thrown_ == nullptr) return;
    break_off();
    std::rethrow_exception(std::exchange(thrown_, nullptr));
}

/// From here on nghttp2 is asked for nothing.
void http2_session::break_off() noexcept {
    has_failed_ = is_leaving_ = true;
    streams_.for_each([](std::uint32_t, http2_stream& stream) {
        stream.was_reset = true;
        stream.queued.forget();
    });
}

void http2_session::fail(http2_error why, std::string_view text, bool tells) {
    break_off();
    failure = std::string(text);
    if (tells) {
        const auto append = [this](std::uint32_t value) {
            for (unsigned shift = 32; shift != 0; shift -= 8)
                output += static_cast<char>((value >> (shift - 8)) & 0xFF);
        };
        output.append("\0\0\x08\x07\0\0\0\0\0", 9);  // GOAWAY of 8 bytes (RFC 9113 §6.8)
        append(static_cast<std::uint32_t>(nghttp2_session_get_last_proc_stream_id(session_.get())));
        append(static_cast<std::uint32_t>(why));
    }
    say(http2_event::kind::closed, 0, why);
}

int http2_session::refuse_peer(http2_error why, std::string_view text) noexcept {
    refusal_ = why;
    refusal_text_ = text;
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

// --- The connection

void http2_session::ping() {
    if (!has_failed_) check_http2(nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr));
}

void http2_session::drain() {
    if (is_leaving_) return;
    is_leaving_ = true;
    if (is_server()) {
        drains_ = true;
        check_http2(
            nghttp2_submit_shutdown_notice(session_.get()));  // mark_drain() comes behind it
    } else {
        check_http2(nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, 0, NGHTTP2_NO_ERROR,
                                          nullptr, 0));
    }
}

void http2_session::close(http2_error why) {
    if (has_failed_) return;
    is_leaving_ = true;
    is_closing_ = true;
    check_http2(nghttp2_session_terminate_session(session_.get(), static_cast<std::uint32_t>(why)));
}

/// What is answered to this was sent by somebody who had been told to leave.
void http2_session::mark_drain() {
    check_http2(nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, drain_mark.data()));
}

void http2_session::answer_ping(const nghttp2_ping& ping) {
    const bool is_own_mark =
        std::equal(drain_mark.begin(), drain_mark.end(), std::begin(ping.opaque_data));
    if (!drains_ || !is_own_mark) return say(http2_event::kind::pong, 0);
    drains_ = false;
    check_http2(nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                                      nghttp2_session_get_last_proc_stream_id(session_.get()),
                                      NGHTTP2_NO_ERROR, nullptr, 0));
}

bool http2_session::wants_to_send() const noexcept {
    return !has_failed_ && nghttp2_session_want_write(session_.get()) != 0;
}

bool http2_session::is_over() const noexcept {
    if (has_failed_) return true;
    return !wants_to_send() && nghttp2_session_want_read(session_.get()) == 0;
}

bool http2_session::can_open() const noexcept {
    return !is_leaving_ && nghttp2_session_check_request_allowed(session_.get()) != 0;
}

std::uint32_t http2_session::allowed_streams() const noexcept {
    return nghttp2_session_get_remote_settings(session_.get(),
                                               NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

bool http2_session::can_connect() const noexcept {
    return nghttp2_session_get_remote_settings(session_.get(),
                                               NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) == 1;
}

http2_stream& http2_session::add(std::uint32_t number) {
    auto made = take_http2_stream();
    http2_stream& here = *made;
    streams_.add(number, std::move(made));
    return here;
}

void http2_session::take_out(std::uint32_t number) {
    put_http2_stream(streams_.take(number));
}

http2_stream& http2_session::at(std::uint32_t number) {
    http2_stream* const found = find(number);
    if (found == nullptr)
        throw std::logic_error("HTTP/2: there is no stream " + std::to_string(number));
    return *found;
}

}  // namespace zocalo::http::detail
