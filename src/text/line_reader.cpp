// SPDX-License-Identifier: MIT
#include "zocalo/text/line_reader.hpp"

#include "core/find_end.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::text {

void line_reader::check_length(std::size_t size) const {
    if (size > options_.longest) fail_without_end("\n", options_.longest);
}

/// `line` is everything before an LF.
std::string_view line_reader::without_end(std::string_view line) const {
    const bool has_cr = line.ends_with('\r');
    if (has_cr) line.remove_suffix(1);
    check_length(line.size());
    if (options_.end == line_end::lf_or_crlf) return line;
    if (!has_cr) throw protocol_error("a line ends in LF without CR: " + quoted(line));
    if (line.find('\r') != std::string_view::npos) {
        throw protocol_error("a CR within a line: " + quoted(line));
    }
    return line;
}

std::optional<std::string_view> line_reader::take(std::string_view& from) {
    if (lent_) {
        kept_ = {};
        lent_ = false;
    }
    const auto lf = find_end(
        from, {.end = "\n", .limit = options_.longest, .slack = 1, .before = kept_.size()});
    const std::string_view piece = from.substr(0, lf.value_or(from.size()));
    from.remove_prefix(piece.size() + (lf ? 1 : 0));
    if (lf && kept_.empty()) return without_end(piece);
    kept_ += piece;
    lent_ = lf.has_value();
    if (!lent_) return std::nullopt;
    return without_end(kept_);
}

}  // namespace zocalo::text
