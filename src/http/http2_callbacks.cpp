// SPDX-License-Identifier: MIT
// No exception may pass through nghttp2, which is C: it is kept and thrown again behind it.
#include "http/http2_callbacks.hpp"

#include "http/http2_session.hpp"

namespace zocalo::http::detail {

namespace {

std::string_view text(const std::uint8_t* at, std::size_t size) noexcept {
    return {reinterpret_cast<const char*>(at), size};
}

std::uint32_t number(std::int32_t stream) noexcept {
    return static_cast<std::uint32_t>(stream);
}

template <class Call>
int guarded(void* user, Call call) noexcept {
    auto& session = *static_cast<http2_session*>(user);
    try {
        return call(session);
    } catch (...) {
        return session.keep(std::current_exception());
    }
}

int begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* user) {
    return guarded(user, [&](http2_session& on) { return on.on_begin_frame(*head); });
}

int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return guarded(user, [&](http2_session& on) { return on.on_begin_headers(*frame); });
}

/// A field, also one that nghttp2 would leave out: what is wrong with it is found here.
int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
           std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
           void* user) {
    return guarded(user, [&](http2_session& on) {
        return on.on_header(*frame, text(name, name_size), text(value, value_size));
    });
}

int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return guarded(user, [&](http2_session& on) { return on.on_frame(*frame); });
}

int content_received(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* data,
                     std::size_t size, void* user) {
    return guarded(
        user, [&](http2_session& on) { return on.on_content(number(stream), text(data, size)); });
}

int stream_closed(nghttp2_session*, std::int32_t stream, std::uint32_t why, void* user) {
    return guarded(user, [&](http2_session& on) {
        return on.on_close(number(stream), static_cast<http2_error>(why));
    });
}

int frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return guarded(user, [&](http2_session& on) { return on.on_sent(*frame); });
}

int frame_not_sent(nghttp2_session*, const nghttp2_frame* frame, int why, void* user) {
    return guarded(user, [&](http2_session& on) { return on.on_not_sent(*frame, why); });
}

ssize_t content_wanted(nghttp2_session*, std::int32_t stream, std::uint8_t*, std::size_t most,
                       std::uint32_t* flags, nghttp2_data_source*, void* user) {
    ssize_t got = NGHTTP2_ERR_CALLBACK_FAILURE;
    (void)guarded(user, [&](http2_session& on) {
        got = on.read_content(number(stream), most, *flags);
        return 0;
    });
    return got;
}

int content_goes(nghttp2_session*, nghttp2_frame* frame, const std::uint8_t* head, std::size_t size,
                 nghttp2_data_source*, void* user) {
    return guarded(user, [&](http2_session& on) { return on.write_content(*frame, head, size); });
}

/// Frames of unknown types are left out, but counted: nghttp2 says nothing of those that it does
/// not read.
int leave_out(nghttp2_session*, void**, const nghttp2_frame_hd*, void*) {
    return NGHTTP2_ERR_CANCEL;
}

}  // namespace

nghttp2_session_callbacks* make_http2_callbacks() {
    nghttp2_session_callbacks* all = nullptr;
    check_http2(nghttp2_session_callbacks_new(&all));
    nghttp2_session_callbacks_set_on_begin_frame_callback(all, begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(all, begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(all, header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(all, header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, frame_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, content_received);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, stream_closed);
    nghttp2_session_callbacks_set_on_frame_send_callback(all, frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(all, frame_not_sent);
    nghttp2_session_callbacks_set_unpack_extension_callback(all, leave_out);
    nghttp2_session_callbacks_set_send_data_callback(all, content_goes);
    return all;
}

nghttp2_data_provider make_http2_provider() noexcept {
    nghttp2_data_provider made{};
    made.read_callback = content_wanted;
    return made;
}

}  // namespace zocalo::http::detail
