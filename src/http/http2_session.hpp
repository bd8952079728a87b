// SPDX-License-Identifier: MIT
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/http2_meter.hpp"
#include "http/http2_skipped.hpp"
#include "http/http2_stream.hpp"
#include "http/http2_table.hpp"
#include "zocalo/http/http2_engine.hpp"

namespace zocalo::http::detail {

/// Fields as nghttp2 takes them: views, pseudo-fields first.
using http2_block = std::vector<nghttp2_nv>;

[[nodiscard]] nghttp2_nv make_nv(std::string_view name, std::string_view value) noexcept;
/// The fields that go into a head of HTTP/2, or into a trailer: none that is about the connection.
void append_fields(http2_block& to, const fields& all);

/// What nghttp2 has answered: throws std::bad_alloc, or std::logic_error, unless it is a success.
void check_http2(int result);

/// One more field of a head. What breaks a rule becomes head.problem.
void note_field(http2_incoming_head& head, std::string_view name, std::string_view value,
                const limits& within);
/// All have come: the request of that head, or what is wrong with it.
void finish_request(http2_stream& stream);

/// The work behind http2_engine: one session of nghttp2, and the streams.
class http2_session {
 public:
    enum class role : std::uint8_t { server, client };

    http2_session(role own, const limits& within, const http2_limits& also);
    http2_session(const http2_session&) = delete;
    http2_session& operator=(const http2_session&) = delete;

    void receive(std::string_view bytes, io::time_point now);
    void produce(std::size_t limit);
    [[nodiscard]] std::optional<http2_event> next();

    void consume(std::uint32_t number, std::size_t size);
    void send_data(std::uint32_t number, std::string_view data);
    void send_end(std::uint32_t number, const fields& last);
    // With the fields in `block`
    void send_head(std::uint32_t number, content_size size, bool is_bodiless);
    void send_interim(std::uint32_t number);
    [[nodiscard]] std::uint32_t open(content_size size, bool is_head);

    void reset(std::uint32_t number, http2_error why);
    void release(std::uint32_t number);
    void ping();
    void drain();
    void close(http2_error why);

    /// Throws std::logic_error when there is none.
    [[nodiscard]] http2_stream& at(std::uint32_t number);
    [[nodiscard]] http2_stream* find(std::uint32_t number) const noexcept {
        return streams_.find(number);
    }
    [[nodiscard]] bool has_room(const http2_stream& stream) const noexcept {
        return stream.was_reset || stream.queued.size() < also_.stream_queue;
    }
    [[nodiscard]] std::size_t size() const noexcept { return streams_.size(); }
    [[nodiscard]] bool wants_to_send() const noexcept;
    [[nodiscard]] bool is_over() const noexcept;
    [[nodiscard]] bool is_leaving() const noexcept { return is_leaving_; }
    [[nodiscard]] bool can_open() const noexcept;
    [[nodiscard]] std::uint32_t allowed_streams() const noexcept;
    [[nodiscard]] bool can_connect() const noexcept;

    std::string output;
    std::string failure;
    http2_block block;  ///< memory for the fields of whatever is to be sent

    // --- For nghttp2, which calls these through functions of C

    int on_begin_frame(const nghttp2_frame_hd& head);
    int on_begin_headers(const nghttp2_frame& frame);
    int on_header(const nghttp2_frame& frame, std::string_view name, std::string_view value);
    int on_frame(const nghttp2_frame& frame);
    int on_content(std::uint32_t number, std::string_view data);
    int drop(std::uint32_t number, std::size_t size);
    int on_close(std::uint32_t number, http2_error why);
    int on_sent(const nghttp2_frame& frame);
    int on_not_sent(const nghttp2_frame& frame, int why);
    /// How much of a stream's content goes into the next frame, and what flags say of it.
    ssize_t read_content(std::uint32_t number, std::size_t most, std::uint32_t& flags);
    int write_content(const nghttp2_frame& frame, const std::uint8_t* head, std::size_t size);
    /// Keeps an exception until nghttp2 has returned.
    int keep(const std::exception_ptr& thrown) noexcept {
        thrown_ = thrown;
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    }

 private:
    struct deleter {
        void operator()(nghttp2_session* one) const noexcept { nghttp2_session_del(one); }
    };

    void announce(const limits& within);
    void say(http2_event::kind what, std::uint32_t number,
             http2_error why = http2_error::no_error) {
        events_.push_back({what, number, why});
    }
    /// The connection is broken: tells the peer, at once and without nghttp2 if that cannot.
    void fail(http2_error why, std::string_view text, bool tells);
    int refuse_peer(http2_error why, std::string_view text) noexcept;
    void rethrow();
    void break_off() noexcept;
    [[nodiscard]] bool has_too_much_to_say() const noexcept;
    [[nodiscard]] std::int64_t largest_surplus() const;
    int note_settings();
    void mark_drain();
    void answer_ping(const nghttp2_ping& ping);
    void finish_head(http2_stream& stream, std::uint32_t number, bool is_end);
    void finish_response(http2_stream& stream, std::uint32_t number);
    void finish_trailers(http2_stream& stream, std::uint32_t number);
    void end_message(http2_stream& stream, std::uint32_t number);
    http2_stream& add(std::uint32_t number);
    void take_out(std::uint32_t number);
    void submit_reset(std::uint32_t number, http2_error why);
    void resume(http2_stream& stream, std::uint32_t number) noexcept;
    [[nodiscard]] bool is_server() const noexcept { return role_ == role::server; }

    role role_;
    limits limits_;
    http2_limits also_;
    std::unique_ptr<nghttp2_session, deleter> session_;
    http2_table<std::unique_ptr<http2_stream>> streams_;
    std::vector<http2_event> events_;
    std::size_t said_ = 0;  ///< of those
    io::time_point now_{};
    http2_meter resets_;
    http2_meter resets_made_;
    http2_meter idle_;
    http2_skipped skipped_;
    std::int64_t surplus_ = 0;       ///< largest_surplus() before the settings that come
    std::size_t continuations_ = 0;  ///< of the head that comes
    std::size_t most_output_ = 0;    ///< of the produce() that is under way
    std::size_t earned_ = 0;         ///< bytes of content sent that have not been made into frames
    std::exception_ptr thrown_;
    http2_error refusal_ = http2_error::no_error;  ///< of refuse_peer()
    std::string_view refusal_text_;
    http2_error ended_by_rule_ = http2_error::no_error;  ///< what nghttp2 has ended it with
    std::string ended_text_;
    bool has_failed_ = false;
    bool is_leaving_ = false;
    bool is_closing_ = false;  ///< close() was said
    bool drains_ = false;      ///< waits for the answer to a ping
};

}  // namespace zocalo::http::detail
