// SPDX-License-Identifier: MIT
// A boundary begins with the line end before it. CR is at its front and nowhere else in it, so of
// what has come only the bytes from the last CR on can be the beginning of one.
#include <algorithm>

#include "core/ascii.hpp"
#include "zocalo/http/content_disposition.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/http/multipart.hpp"

namespace zocalo::http {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t longest_padding = 64;

[[noreturn]] void fail(status answer, const char* what) {
    throw bad_message(answer, what);
}

// boundary = 0*69<bchars> bcharsnospace
bool is_boundary(std::string_view text) noexcept {
    const auto is_allowed = [](char c) {
        return is_letter_or_digit(c) ||
               std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= 70 && text.back() != ' ' &&
           std::ranges::all_of(text, is_allowed);
}

std::string_view boundary_of(const media_type& type) {
    if (type.type() != "multipart") fail(status::unsupported_media_type, "content has no parts");
    return type.parameters.find("boundary").value_or("");
}

/// How many bytes at the end may begin a delimiter.
std::size_t undecided(std::string_view received, std::string_view delimiter) noexcept {
    const std::size_t cr = received.rfind('\r');
    if (cr == std::string_view::npos || received.size() - cr >= delimiter.size()) return 0;
    return delimiter.starts_with(received.substr(cr)) ? received.size() - cr : 0;
}

}  // namespace

multipart_reader::multipart_reader(std::string_view boundary, const multipart_limits& within)
    : delimiter_("\r\n--"), limits_(within) {
    if (!is_boundary(boundary)) fail(status::bad_request, "parts without a boundary");
    delimiter_ += boundary;
}

multipart_reader::multipart_reader(const media_type& type, const multipart_limits& within)
    : multipart_reader(boundary_of(type), within) {}

multipart_reader::step multipart_reader::next(std::string_view received, bool is_all) {
    step got;
    switch (state_) {
        case state::preamble:
            got = read_preamble(received);
            break;
        case state::delimiter:
            got = read_delimiter(received);
            break;
        case state::head:
            got = read_head(received);
            break;
        case state::content:
            got = read_content(received);
            break;
        case state::finished:
            return {part_event::finished, received.size(), {}};
    }
    // Something was used and nothing said: look again at the rest.
    if (got.what == part_event::need_data && got.used != 0) {
        const std::size_t before = got.used;
        got = next(received.substr(before), is_all);
        got.used += before;
    } else if (is_all && got.what == part_event::need_data) {
        fail(status::bad_request, "parts were cut off");
    }
    return got;
}

multipart_reader::step multipart_reader::read_preamble(std::string_view received) {
    // The first delimiter may stand at the very beginning, without a line end.
    const std::string_view first = std::string_view(delimiter_).substr(line_end.size());
    if (passed_ == 0) {
        if (received.starts_with(first)) {
            state_ = state::delimiter;
            return {part_event::need_data, first.size(), {}};
        }
        if (first.starts_with(received)) return {};
    }
    const std::size_t at = received.find(delimiter_);
    const bool is_found = at != std::string_view::npos;
    const std::size_t skipped = is_found ? at : received.size() - undecided(received, delimiter_);
    passed_ += skipped;
    if (passed_ > limits_.preamble) fail(status::bad_request, "parts do not begin");
    if (!is_found) return {part_event::need_data, skipped, {}};
    state_ = state::delimiter;
    return {part_event::need_data, at + delimiter_.size(), {}};
}

/// Behind the boundary: the end of all, or the end of its line.
multipart_reader::step multipart_reader::read_delimiter(std::string_view received) {
    if (received.starts_with("--")) {
        state_ = state::finished;
        return {part_event::finished, 2, {}};
    }
    if (received == "-") return {};
    const std::size_t padding = std::min(received.find_first_not_of(" \t"), received.size());
    const std::string_view rest = received.substr(padding);
    if (padding <= longest_padding && line_end.starts_with(rest) && rest != line_end) return {};
    if (padding > longest_padding || !rest.starts_with(line_end))
        fail(status::bad_request, "a line that begins like a boundary");
    if (++parts_ > limits_.parts) fail(status::content_too_large, "too many parts");
    head_.clear();
    fields_.begin(0);
    state_ = state::head;
    return {part_event::need_data, padding + line_end.size(), {}};
}

multipart_reader::step multipart_reader::read_head(std::string_view received) {
    const auto progress = fields_.read(received, head_, nullptr, limits_.head);
    if (!progress.is_done) return {part_event::need_data, progress.used, {}};
    state_ = state::content;
    is_at_start_ = true;
    return {part_event::head, progress.used, {}};
}

multipart_reader::step multipart_reader::read_content(std::string_view received) {
    // A part without an empty line behind its head looks like this, and every reader sees something
    // else in it.
    const std::string_view bare = std::string_view(delimiter_).substr(line_end.size());
    if (is_at_start_ && received.size() < bare.size() && bare.starts_with(received)) return {};
    if (is_at_start_ && received.starts_with(bare))
        fail(status::bad_request, "a boundary where content begins");
    is_at_start_ = false;
    const std::size_t at = received.find(delimiter_);
    if (at == 0) {
        state_ = state::delimiter;
        return {part_event::end, delimiter_.size(), {}};
    }
    const std::size_t size =
        at != std::string_view::npos ? at : received.size() - undecided(received, delimiter_);
    if (size == 0) return {};
    return {part_event::data, size, received.substr(0, size)};
}

form_part form_part::of(const fields& head) {
    const auto said = content_disposition::try_parse(head.get("Content-Disposition"));
    if (head.count("Content-Disposition") != 1 || !said || said->type != "form-data")
        fail(status::bad_request, "a part of a form that is none");
    const auto name = said->parameters.find("name");
    if (!name) fail(status::bad_request, "a part of a form without a name");
    form_part read{.name = std::string(*name), .file_name = said->file_name()};
    if (const auto type = head.find("Content-Type")) read.type = *type;
    return read;
}

}  // namespace zocalo::http
