// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/http/detail/content_writer.hpp"
#include "zocalo/http/detail/head_facts.hpp"
#include "zocalo/http/http2_engine.hpp"
#include "zocalo/http/message.hpp"

namespace zocalo::http::detail {

/// A head as it comes in, field by field, and what it says.
struct http2_incoming_head {
    std::string method, scheme, authority, path, protocol;  ///< of a request, without their colons
    std::optional<http::status> status;                     ///< of a response
    http::fields fields;
    std::string cookies;    ///< the crumbs so far, joined
    std::size_t bytes = 0;  ///< as RFC 9113 §6.5.2 counts them
    std::size_t count = 0;  ///< of fields, crumbs among them
    head_facts facts;
    std::optional<http::status> problem;  ///< the first thing that was wrong

    /// As new. A little memory is kept.
    void begin_anew() noexcept {
        constexpr std::size_t most_kept = std::size_t{2} * 1024;  // bytes
        if (bytes > most_kept) {
            *this = {};
            return;
        }
        for (std::string* const each : {&method, &scheme, &authority, &path, &protocol, &cookies})
            each->clear();
        status.reset();
        fields.clear();
        bytes = count = 0;
        facts = {};
        problem.reset();
    }
};

/// Bytes that come at one end and go at the other.
class http2_queue {
 public:
    void append(std::string_view some) { text_.append(some); }
    void consume(std::size_t size) {
        at_ += size;
        if (at_ == text_.size()) {
            text_.clear();
            at_ = 0;
        } else if (at_ >= text_.size() / 2) {
            text_.erase(0, at_);
            at_ = 0;
        }
    }
    void forget() noexcept {
        text_ = {};
        at_ = 0;
    }
    /// That of another one, unless it is more than so much: what was in both is gone.
    void take_memory(http2_queue& other, std::size_t most) noexcept {
        forget();
        other.at_ = 0;
        if (other.text_.capacity() <= most) text_.swap(other.text_);
        text_.clear();
    }
    [[nodiscard]] std::string_view view() const noexcept {
        return std::string_view(text_).substr(at_);
    }
    [[nodiscard]] std::size_t size() const noexcept { return text_.size() - at_; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

 private:
    std::string text_;
    std::size_t at_ = 0;
};

/// What has happened on a stream.
struct http2_stream_state {
    enum class sending : std::uint8_t { head, content, finished };

    // What comes
    content_size announced;
    std::uint64_t total = 0;  ///< bytes of content that have come
    std::size_t interim = 0;
    std::optional<http::status> problem;
    bool has_head = false;  ///< the final one
    bool has_received_all = false;
    bool expects_continue = false;

    // What goes
    content_writer writer;
    sending state = sending::head;
    bool is_head_request = false;
    bool is_connect = false;      ///< a request that asks for another protocol, or a place
    bool is_tunnel = false;       ///< and has it
    bool has_no_content = false;  ///< the head is the end of it
    bool was_full = false;
    bool is_deferred = false;  ///< nghttp2 asks for no content until it is resumed
    bool has_sent_all = false;

    bool is_said = false;    ///< an event has named it
    bool is_closed = false;  ///< nghttp2 knows it no more
    bool was_reset = false;
};

/// All that is known of a stream.
struct http2_stream : http2_stream_state {
    http2_incoming_head head;           ///< while it comes
    request_head request;               ///< server
    std::vector<response_head> unsaid;  ///< client: heads whose events stand in the row
    response_head response;             ///< client: that of the last event
    http::fields trailers;
    http2_queue received;
    http2_queue queued;
    http::fields last;             ///< the own trailers
    std::size_t largest_head = 0;  ///< that has come, in bytes

    /// As new for another stream, but for a little memory that was for fields and content.
    void begin_anew() noexcept {
        constexpr std::size_t most_kept = std::size_t{4} * 1024;  // bytes
        const bool is_large = largest_head > most_kept / 2;
        const bool is_used = unsaid.capacity() != 0 || !trailers.empty() || !last.empty();
        http2_queue sent;
        sent.take_memory(queued, most_kept);
        if (is_large || is_used) {
            *this = {};
        } else {
            static_cast<http2_stream_state&>(*this) = {};
            head.begin_anew();
            request.method = method::get;
            request.target = "/";
            request.protocol.clear();
            request.scheme.clear();
            request.fields.clear();
            received.forget();
        }
        queued.take_memory(sent, most_kept);
    }
};

/// A stream on which nothing has happened, of those that the calling thread has.
[[nodiscard]] std::unique_ptr<http2_stream> take_http2_stream();
/// Back to the calling thread, which keeps some with a little memory.
void put_http2_stream(std::unique_ptr<http2_stream> used) noexcept;

}  // namespace zocalo::http::detail
