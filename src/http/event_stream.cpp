// SPDX-License-Identifier: MIT
#include "zocalo/http/event_stream.hpp"

#include <algorithm>
#include <stdexcept>

#include "zocalo/core/number.hpp"
#include "zocalo/http/error.hpp"

namespace zocalo::http {

namespace {

constexpr std::string_view line_ends = "\r\n";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

void append_field(std::string& to, std::string_view name, std::string_view value) {
    to.append(name).append(": ").append(value) += '\n';
}

void refuse_line_ends(std::string_view text, const char* what) {
    if (text.find_first_of(line_ends) != std::string_view::npos) throw std::invalid_argument(what);
}

}  // namespace

std::string event_text(const server_event& from) {
    constexpr std::string_view not_in_ids("\r\n\0", 3);
    refuse_line_ends(from.type, "a line end in the type of an event");
    if (from.id && from.id->find_first_of(not_in_ids) != std::string::npos)
        throw std::invalid_argument("a line end or NUL in the id of an event");
    if (from.retry && from.retry->count() < 0)
        throw std::invalid_argument("a time below zero in an event");
    std::string text;
    if (!from.type.empty()) append_field(text, "event", from.type);
    if (from.id) append_field(text, "id", *from.id);
    if (from.retry) append_field(text, "retry", std::to_string(from.retry->count()));
    for (std::string_view rest = from.data;;) {
        const std::size_t end = rest.find_first_of(line_ends);
        append_field(text, "data", rest.substr(0, end));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + (rest.substr(end).starts_with("\r\n") ? 2 : 1));
    }
    return text += '\n';
}

std::string event_comment(std::string_view text) {
    refuse_line_ends(text, "a line end in a comment");
    std::string line = ":";
    return line.append(text) += '\n';
}

event_stream_reader::event_stream_reader(std::size_t limit, std::string last_id)
    : limit_(limit), next_id_(last_id), last_id_(std::move(last_id)) {}

event_stream_reader::step event_stream_reader::next(std::string_view received) {
    std::size_t used = 0;
    while (used < received.size()) {
        if (was_cr_ && received[used] == '\n') {
            was_cr_ = false;
            ++used;
            continue;
        }
        was_cr_ = false;
        const std::string_view rest = received.substr(used);
        const std::size_t end = rest.find_first_of(line_ends);
        grow(line_, rest.substr(0, end));
        if (end == std::string_view::npos) return {received.size(), false};
        used += end + 1;
        was_cr_ = rest[end] == '\r';
        std::string_view line = line_;
        if (is_first_ && line.starts_with(byte_order_mark)) line.remove_prefix(3);
        is_first_ = false;
        const bool is_empty = line.empty();
        if (!is_empty) read_line(line);
        line_.clear();
        if (is_empty && dispatch()) return {used, true};
    }
    return {used, false};
}

void event_stream_reader::read_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value;
    if (colon != std::string_view::npos) value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "event") type_ = value;
    if (name == "id" && value.find('\0') == std::string_view::npos) next_id_ = value;
    if (name == "data") {
        grow(data_, value);
        data_ += '\n';
    }
    if (name != "retry") return;
    if (const auto time = from_digits<std::uint32_t>(value))
        retry_ = std::chrono::milliseconds(*time);
}

/// Whether there is an event: lines without data are none.
bool event_stream_reader::dispatch() {
    last_id_ = next_id_;
    const bool has_data = !data_.empty();
    if (has_data) {
        data_.pop_back();
        event_ = {.type = type_.empty() ? "message" : std::move(type_),
                  .data = std::move(data_),
                  .id = last_id_,
                  .retry = retry_};
    }
    type_.clear();
    data_.clear();
    return has_data;
}

void event_stream_reader::grow(std::string& what, std::string_view by) const {
    if (by.size() > limit_ || what.size() > limit_ - by.size())
        throw bad_message(status::content_too_large, "an event is too large");
    what += by;
}

}  // namespace zocalo::http
