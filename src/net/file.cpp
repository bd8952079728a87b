// SPDX-License-Identifier: MIT
// Unread bytes are in_[in_begin_, in_end_). A line is looked for where it was not looked for
// before, so that a peer that sends byte by byte costs no more than one that does not.
#include "zocalo/net/file.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "net/fail.hpp"
#include "net/operate.hpp"
#include "sys/socket.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::net {

file::file(net::socket& borrowed, const file_options& options)
    : borrowed_(&borrowed), options_(options), exceptions_(std::uncaught_exceptions()) {}

file::file(net::socket&& owned, const file_options& options)
    : owned_(std::move(owned)), options_(options), exceptions_(std::uncaught_exceptions()) {}

file::file(file&& other) noexcept
    : owned_(std::move(other.owned_)),
      borrowed_(other.borrowed_),
      options_(other.options_),
      in_(std::move(other.in_)),
      in_begin_(std::exchange(other.in_begin_, 0)),
      in_end_(std::exchange(other.in_end_, 0)),
      out_(std::move(other.out_)),
      ended_(other.ended_),
      skip_line_feed_(other.skip_line_feed_),
      exceptions_(other.exceptions_) {
    other.out_.clear();
}

file::~file() {
    if (out_.empty() || std::uncaught_exceptions() > exceptions_) return;
    (void)connection().try_send_all(out_);
}

const_buffer file::readable() const noexcept {
    return const_buffer(in_).first(in_end_).without(in_begin_);
}

/// One receive; false at the end of the stream.
bool file::fill(const deadline& until) {
    flush_until(until);
    if (in_begin_ == in_end_) in_begin_ = in_end_ = 0;
    if (in_begin_ > 0 && in_end_ == in_.size()) {
        std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
        in_end_ -= std::exchange(in_begin_, 0);
    }
    const std::size_t wanted = std::max<std::size_t>(options_.buffer_size, 1);
    if (in_end_ == in_.size()) in_.resize(std::max(wanted, in_.size() * 2));
    const mutable_buffer room = mutable_buffer(in_).without(in_end_);
    const long came = operate_until(connection(), POLLIN, until, [&]() noexcept -> long {
        return sys::recv(connection().fileno(), room.data(), room.size(), 0);
    });
    if (came < 0) fail("read", connection(), came);
    in_end_ += static_cast<std::size_t>(came);
    return came > 0;
}

/// The "\n" of a "\r\n" whose "\r" was taken for the end of a line.
void file::skip_line_feed() noexcept {
    if (!skip_line_feed_ || in_begin_ == in_end_) return;
    skip_line_feed_ = false;
    if (in_[in_begin_] == std::byte{'\n'}) ++in_begin_;
}

std::optional<file::found_line> file::find_line(std::size_t& searched) const noexcept {
    const std::string_view text = readable().text();
    const auto at = [&](std::size_t where) {
        return where == std::string_view::npos ? text.size() : where;
    };
    std::size_t length = 0;
    std::size_t end_size = 1;
    switch (options_.newline) {
        case newline::lf:
            length = at(text.find('\n', searched));
            break;
        case newline::crlf:
            // The "\r" may have been the last byte of the earlier search.
            length = at(text.find("\r\n", searched == 0 ? 0 : searched - 1));
            end_size = 2;
            break;
        case newline::universal:
            length = at(text.find_first_of("\r\n", searched));
            if (text.substr(length).starts_with("\r\n")) end_size = 2;
            break;
    }
    searched = text.size();
    if (length == text.size()) return std::nullopt;
    return found_line{length, length + end_size};
}

std::string file::take(std::size_t length, std::size_t with_end) {
    std::string line(readable().first(length).text());
    in_begin_ += with_end;
    return line;
}

std::optional<std::string> file::read_line() {
    const deadline until{connection().get_timeout()};
    // A "\r\n" may stand across the limit.
    const std::size_t longest = options_.line_limit;
    std::size_t searched = 0;
    for (;;) {
        skip_line_feed();
        const auto line = find_line(searched);
        const std::size_t length = line ? line->length : readable().size();
        if (length > longest &&
            (line || length > longest + 1 || options_.newline != newline::crlf)) {
            throw protocol_error("line: is longer than " + std::to_string(longest) + " bytes");
        }
        if (line) {
            ended_ = true;
            skip_line_feed_ = options_.newline == newline::universal &&
                              line->with_end == readable().size() && line->with_end == length + 1 &&
                              in_[in_begin_ + length] == std::byte{'\r'};
            return take(line->length, line->with_end);
        }
        if (fill(until)) continue;
        ended_ = false;
        if (length == 0) return std::nullopt;
        if (length > longest) {
            throw protocol_error("line: is longer than " + std::to_string(longest) + " bytes");
        }
        return take(length, length);
    }
}

std::size_t file::read_into(mutable_buffer into) {
    const deadline until{connection().get_timeout()};
    std::size_t done = 0;
    while (done < into.size()) {
        skip_line_feed();
        const const_buffer ready = readable().first(into.size() - done);
        if (ready.empty()) {
            if (!fill(until)) break;
            continue;
        }
        std::memcpy(into.data() + done, ready.data(), ready.size());
        in_begin_ += ready.size();
        done += ready.size();
    }
    return done;
}

/// The caller's count is no promise of the peer's: memory grows with what came.
std::string file::read(std::size_t count) {
    const deadline until{connection().get_timeout()};
    std::string data;
    while (data.size() < count) {
        skip_line_feed();
        const std::size_t ready = std::min(readable().size(), count - data.size());
        data += take(ready, ready);
        if (data.size() < count && !fill(until)) break;
    }
    return data;
}

std::string file::read_all(std::size_t limit) {
    const deadline until{connection().get_timeout()};
    std::string data;
    do {
        skip_line_feed();
        if (readable().size() > limit - data.size()) {
            throw protocol_error("read_all: more than " + std::to_string(limit) + " bytes came");
        }
        data += take(readable().size(), readable().size());
    } while (fill(until));
    return data;
}

std::string_view file::peek() {
    const deadline until{connection().get_timeout()};
    skip_line_feed();
    while (readable().empty() && fill(until))
        skip_line_feed();
    return readable().text();
}

void file::write(const_buffer data) {
    const std::size_t room = options_.buffer_size - std::min(out_.size(), options_.buffer_size);
    if (data.size() > room || data.size() >= options_.buffer_size) {
        const deadline until{connection().get_timeout()};
        flush_until(until);
        if (data.size() >= options_.buffer_size) return send_until(data, until);
    }
    out_.insert(out_.end(), data.data(), data.data() + data.size());
}

void file::write_line(std::string_view text) {
    if (text.find_first_of("\r\n") != std::string_view::npos) {
        throw std::invalid_argument("line " + quoted(text) + ": has a line's end in it");
    }
    std::string line(text);
    line += options_.newline == newline::crlf ? "\r\n" : "\n";
    write(line);  // in one, with one deadline
}

void file::flush() {
    if (!out_.empty()) flush_until(deadline{connection().get_timeout()});
}

/// What could not be sent whole is given up: a second try would repeat a part of it.
void file::flush_until(const deadline& until) {
    std::vector<std::byte> pending = std::exchange(out_, {});
    send_until(pending, until);
    pending.clear();
    out_ = std::move(pending);  // keeps the memory
}

void file::send_until(const_buffer data, const deadline& until) {
    while (!data.empty()) {
        const long sent = operate_until(connection(), POLLOUT, until, [&]() noexcept -> long {
            return sys::send(connection().fileno(), data.data(), data.size(), 0);
        });
        if (sent < 0) fail("write", connection(), sent);
        data = data.without(static_cast<std::size_t>(sent));
    }
}

}  // namespace zocalo::net
