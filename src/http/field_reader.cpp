// SPDX-License-Identifier: MIT
// A line that has come whole and has nothing wrong is read in one pass: up to the end of its name,
// then up to the end of its value, which has to be the end of the line. Anything else is looked at
// again, slowly: only that way decides what is refused. The text of all lines that came together is
// copied in one piece; fields that were joined of several lines come after it.
#include "zocalo/http/detail/field_reader.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "http/field_sink.hpp"
#include "http/scan.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/error.hpp"

namespace zocalo::http::detail {

namespace {

[[noreturn]] void refuse_line(std::string_view line) {
    throw bad_message(status::bad_request, "no field: " + quoted(line, 80));
}

[[noreturn]] void refuse_count(std::size_t limit) {
    throw bad_message(status::request_header_fields_too_large,
                      "more than " + std::to_string(limit) + " fields");
}

/// field-line = field-name ":" OWS field-value OWS
field read_field(std::string_view line) {
    const char* const begin = line.data();
    const char* const end = begin + line.size();
    const char* const colon = find_name_end(begin, end);
    if (colon == begin || colon == end || *colon != ':') refuse_line(line);
    if (find_value_end(colon + 1, end) != end) refuse_line(line);
    return {{begin, colon}, trimmed({colon + 1, end})};
}

/// obs-fold = OWS CRLF RWS                              (RFC 9112 §5.2)
std::string unfolded(std::string_view line) {
    std::string text;
    for (;;) {
        const std::size_t end = line.find("\r\n");
        text += line.substr(0, end);
        if (end == std::string_view::npos) return text;
        while (!text.empty() && is_blank(text.back()))
            text.pop_back();
        text += ' ';
        line.remove_prefix(end + 2);
        while (!line.empty() && is_blank(line.front()))
            line.remove_prefix(1);
    }
}

}  // namespace

/// The same with its end, if there is such a line in front of `received`, or the empty one, which
/// has no name: how long it is, or 0.
std::size_t field_reader::read_good_line(std::string_view received, field& one) const noexcept {
    const char* const begin = received.data();
    const char* const end = begin + received.size();
    if (end - begin >= 2 && begin[0] == '\r' && begin[1] == '\n') return 2;
    const char* const colon = find_name_end(begin, end);
    if (colon == begin || colon == end || *colon != ':') return 0;
    const char* const stop = find_value_end(colon + 1, end);
    if (end - stop < 2 || stop[0] != '\r' || stop[1] != '\n') return 0;
    if (folds_ == folds::joined && (end - stop == 2 || is_blank(stop[2]))) return 0;
    one = {{begin, colon}, trimmed({colon + 1, stop})};
    return static_cast<std::size_t>(stop + 2 - begin);
}

std::optional<std::string_view> field_reader::cut(std::string_view received, std::size_t room) {
    constexpr status too_long = status::request_header_fields_too_large;
    return folds_ == folds::joined ? lines_.cut_folded(received, room, too_long)
                                   : lines_.cut(received, room, too_long);
}

field_reader::progress field_reader::read(std::string_view received, fields& into,
                                          head_facts* facts, const limits& within) {
    field_sink sink(into, received);
    progress done;
    for (;;) {
        const std::size_t room = std::min(within.line, within.head - std::min(within.head, bytes_));
        const std::string_view rest = received.substr(done.used);
        std::string joined;
        field one;
        std::size_t size = lines_.is_fresh() ? read_good_line(rest, one) : 0;
        if (size == 0 || size > room) {
            const auto line = cut(rest, room);
            if (!line) break;
            size = line->size() + 2;
            if (line->find('\n') != std::string_view::npos) joined = unfolded(*line);
            if (!line->empty()) one = read_field(joined.empty() ? *line : joined);
        }
        done.is_done = one.name.empty();
        done.used += size;
        bytes_ += size;
        if (done.is_done) break;
        if (into.size() == within.fields) refuse_count(within.fields);
        if (facts != nullptr) facts->note(one.name, one.value);
        if (joined.empty())
            sink.add(one);
        else
            sink.add_apart(one);
    }
    sink.keep(done.used);
    return done;
}

}  // namespace zocalo::http::detail
