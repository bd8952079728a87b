// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
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
    std::string method, scheme, authority, path;  ///< of a request, without their colons
    std::optional<http::status> status;           ///< of a response
    http::fields fields;
    std::string cookies;    ///< the crumbs so far, joined
    std::size_t bytes = 0;  ///< as RFC 9113 §6.5.2 counts them
    std::size_t count = 0;  ///< of fields, crumbs among them
    head_facts facts;
    std::optional<http::status> problem;  ///< the first thing that was wrong
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

/// All that is known of a stream.
struct http2_stream {
    enum class sending : std::uint8_t { head, content, finished };

    // What comes
    http2_incoming_head head;           ///< while it comes
    request_head request;               ///< server
    std::vector<response_head> unsaid;  ///< client: heads whose events stand in the row
    response_head response;             ///< client: that of the last event
    http::fields trailers;
    http2_queue received;
    content_size announced;
    std::uint64_t total = 0;  ///< bytes of content that have come
    std::size_t interim = 0;
    std::optional<http::status> problem;
    bool has_head = false;  ///< the final one
    bool has_received_all = false;
    bool expects_continue = false;

    // What goes
    http2_queue queued;
    content_writer writer;
    http::fields last;  ///< the own trailers
    sending state = sending::head;
    bool is_head_request = false;
    bool has_no_content = false;  ///< the head is the end of it
    bool was_full = false;
    bool has_sent_all = false;

    /// As new for another stream, but for a little memory that was for fields and content.
    void begin_anew() noexcept {
        constexpr std::size_t most_kept = std::size_t{4} * 1024;  // bytes
        std::size_t used = request.fields.size() * std::size_t{64};
        if (used <= most_kept) {
            for (const http::field each : request.fields)
                used += each.name.size() + each.value.size();
        }
        http2_stream fresh;
        if (used <= most_kept) fresh.head.fields = std::move(request.fields);
        fresh.head.fields.clear();
        fresh.queued.take_memory(queued, most_kept);
        *this = std::move(fresh);
    }

    bool is_said = false;    ///< an event has named it
    bool is_closed = false;  ///< nghttp2 knows it no more
    bool was_reset = false;
};

}  // namespace zocalo::http::detail
