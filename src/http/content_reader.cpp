// SPDX-License-Identifier: MIT
// chunked-body = *( chunk-size [ chunk-ext ] CRLF chunk-data CRLF ) "0" [ chunk-ext ] CRLF
//                trailer-section CRLF                                    (RFC 9112 §7.1)
//
// A piece of a chunk is an event. The lines around it are taken together with it, as far as they
// have come.
#include "zocalo/http/detail/content_reader.hpp"

#include <algorithm>
#include <string>

#include "http/scan.hpp"
#include "http/trailers.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/error.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t longest_size = 16;  // hexadecimal digits of 64 bits

[[noreturn]] void refuse(const std::string& why) {
    throw bad_message(status::bad_request, why);
}

[[noreturn]] void refuse_size(const limits& within) {
    throw bad_message(status::content_too_large,
                      "more than " + std::to_string(within.content) + " bytes of content");
}

}  // namespace

void content_reader::begin_sized(std::uint64_t size) noexcept {
    state_ = state::sized;
    left_ = size;
}

void content_reader::begin_chunks(folds in_trailer) noexcept {
    folds_ = in_trailer;
    state_ = state::chunk_size;
    total_ = 0;
    extensions_ = 0;
}

void content_reader::begin_until_close() noexcept {
    state_ = state::until_close;
    total_ = 0;
}

incoming content_reader::read(std::string_view received, bool is_all, fields& trailers,
                              const limits& within) {
    incoming got;
    if (state_ == state::sized) {
        if (left_ == 0) return {event::end};
        got = read_piece(received);
    } else if (state_ == state::until_close) {
        if (received.empty() && is_all) return {event::end};
        left_ = within.content - total_;
        if (left_ == 0 && !received.empty()) refuse_size(within);
        got = read_piece(received);
        total_ += got.used;
    } else {
        got = read_chunks(received, trailers, within);
    }
    if (got.what == event::need_data && is_all) refuse("the connection ended in the content");
    return got;
}

incoming content_reader::read_piece(std::string_view received) noexcept {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, received.size()));
    if (size == 0) return {event::need_data};
    left_ -= size;
    return {event::data, size, const_buffer(received.substr(0, size))};
}

incoming content_reader::read_chunks(std::string_view received, fields& trailers,
                                     const limits& within) {
    std::size_t used = 0;
    for (;;) {
        const std::string_view rest = received.substr(used);
        if (state_ == state::chunk_size) {
            const std::size_t line = read_chunk_size(rest, within);
            if (line == 0) return {event::need_data, used};
            used += line;
        } else if (state_ == state::chunk_data) {
            incoming got = read_piece(rest);
            got.used += used;
            if (left_ == 0) state_ = state::chunk_end;
            return got;
        } else if (state_ == state::chunk_end) {
            if (!std::string_view("\r\n").starts_with(rest.substr(0, 2)))
                refuse("a chunk that is longer than it says");
            if (rest.size() < 2) return {event::need_data, used};
            state_ = state::chunk_size;
            used += 2;
        } else {
            return read_trailer(rest, used, trailers, within);
        }
    }
}

/// How long the line was; 0 when it has not come.
std::size_t content_reader::read_chunk_size(std::string_view received, const limits& within) {
    const std::size_t room = longest_size + within.chunk_extensions - extensions_ + 2;
    const auto line = lines_.cut(received, room, status::bad_request);
    if (!line) return 0;
    const std::string_view digits = line->substr(0, line->find(';'));
    const std::string_view extension = line->substr(digits.size());
    const auto size = from_digits<std::uint64_t>(digits, 16);
    if (!size || digits.size() > longest_size || !is_value_text(extension))
        refuse("no size of a chunk: " + quoted(*line, 80));
    if (extension.size() > within.chunk_extensions - extensions_)
        refuse("too many bytes of chunk extensions");
    if (*size > within.content - total_) refuse_size(within);
    extensions_ += extension.size();
    total_ += *size;
    left_ = *size;
    state_ = left_ == 0 ? state::trailer : state::chunk_data;
    if (left_ == 0) trailer_.begin(0, folds_);
    return line->size() + 2;
}

incoming content_reader::read_trailer(std::string_view received, std::size_t used, fields& trailers,
                                      const limits& within) {
    const auto done = trailer_.read(received, trailers, nullptr, within);
    if (!done.is_done) return {event::need_data, used + done.used};
    remove_forbidden(trailers);
    return {event::end, used + done.used};
}

}  // namespace zocalo::http::detail
