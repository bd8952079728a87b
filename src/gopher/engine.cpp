// SPDX-License-Identifier: MIT
#include "zocalo/gopher/engine.hpp"

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/text/command.hpp"

namespace zocalo::gopher {

namespace {

using namespace std::string_view_literals;

text::line_options tolerant(std::size_t longest) {
    return {.end = text::line_end::lf_or_crlf, .longest = longest};
}

std::string_view take_field(std::string_view& line) noexcept {
    const auto field = line.substr(0, line.find('\t'));
    line.remove_prefix(std::min(field.size() + 1, line.size()));
    return field;
}

/// `+`, `+text/plain En_US`, `!`, `!+VIEWS`, `$`, `$+ABSTRACT+VIEWS`: a search may begin with these
/// characters too.
bool is_plus_part(std::string_view field) noexcept {
    if (field == "+" || field == "!" || field == "$") return true;
    if (field.starts_with("!+") || field.starts_with("$+")) return true;
    const std::string_view view = field.substr(0, field.find(' '));
    return field.starts_with('+') && view.find('/') != std::string_view::npos;
}

/// `selector`, `selector TAB search`, `selector TAB plus`, `selector TAB search TAB plus`, and
/// whatever clients of Gopher+ add behind that (a data flag), which is not read.
request request_from(std::string_view line) {
    request asked;
    const bool has_more = line.find('\t') != std::string_view::npos;
    asked.selector = take_field(line);
    if (!has_more) return asked;
    const auto second = take_field(line);
    const auto third = take_field(line);
    if (is_plus_part(second) && !is_plus_part(third)) {
        asked.plus = second;
        return asked;
    }
    asked.search = second;
    if (is_plus_part(third)) asked.plus = third;
    return asked;
}

}  // namespace

request_reader::request_reader(const limits& most) noexcept : lines_(tolerant(most.request)) {}

std::optional<request> request_reader::receive(std::string_view bytes) {
    const auto line = lines_.take(bytes);
    if (!line) return std::nullopt;
    if (line->find_first_of("\0\r"sv) != std::string_view::npos) {
        throw protocol_error("a NUL or CR in the request " + quoted(*line));
    }
    return request_from(*line);
}

std::string to_line(const request& from) {
    text::command line('\t');
    line.field("selector", from.selector);
    if (from.search) line.field("search", *from.search);
    if (from.plus) line.field("Gopher+ part", *from.plus);
    return line.line();
}

answer_reader::state answer_reader::state_for(transfer how) noexcept {
    const bool has_lines = how == transfer::menu || how == transfer::text;
    return has_lines ? state::lines : state::to_the_end;
}

answer_reader::answer_reader(transfer how, bool is_plus, const limits& most)
    : limits_(most),
      state_(is_plus ? state::plus_line : state_for(how)),
      plus_line_(tolerant(most.request)),
      lines_(tolerant(most.line), "\n") {}

void answer_reader::receive(std::string_view bytes) {
    total_ += bytes.size();
    if (total_ > limits_.answer) {
        throw protocol_error("an answer of more than " + std::to_string(limits_.answer) + " bytes");
    }
    if (state_ == state::plus_line) read_plus_line(bytes);
    switch (state_) {
        case state::lines:
            if (lines_.decode(bytes, arrived_)) end(true);
            break;
        case state::counted: {
            const auto part = bytes.substr(0, missing_);
            arrived_ += part;
            missing_ -= part.size();
            if (missing_ == 0) end(true);
            break;
        }
        case state::to_the_end:
            arrived_ += bytes;
            break;
        case state::plus_line:
        case state::ended:
            break;
    }
}

/// Gopher+: `+` or `-` for an error, then a length: -1 for a text with a dot, -2 for everything up
/// to the end of the connection.
void answer_reader::read_plus_line(std::string_view& bytes) {
    const auto line = plus_line_.take(bytes);
    if (!line) return;
    if (!line->starts_with('+') && !line->starts_with('-')) {
        throw protocol_error("no Gopher+ answer: " + quoted(*line));
    }
    error_ = line->starts_with('-');
    const auto length = line->substr(1);
    if (length == "-1") {
        state_ = state::lines;
    } else if (length == "-2") {
        state_ = state::to_the_end;
    } else if (const auto count = from_digits<std::size_t>(length)) {
        state_ = state::counted;
        missing_ = *count;
    } else {
        throw protocol_error("no length in the Gopher+ answer " + quoted(*line));
    }
}

void answer_reader::end_of_stream() {
    switch (state_) {
        case state::plus_line:
            throw protocol_error("the stream ended before an answer");
        case state::counted:
            throw protocol_error("the stream ended " + std::to_string(missing_) +
                                 " bytes before the end of the answer");
        case state::lines: {
            // A dot without its line end may be the first of two: it ends the text, but proves
            // nothing.
            auto last = lines_.unfinished();
            if (last == "." || last.starts_with("..")) last.remove_prefix(1);
            arrived_ += last;
            return end(false);
        }
        case state::to_the_end:
            return end(false);
        case state::ended:
            return;
    }
}

std::string answer_reader::take() {
    return std::exchange(arrived_, {});
}

void answer_reader::end(bool complete) noexcept {
    state_ = state::ended;
    complete_ = complete;
}

}  // namespace zocalo::gopher
