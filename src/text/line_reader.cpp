// SPDX-License-Identifier: MIT
#include "zocalo/text/line_reader.hpp"

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::text {

void line_reader::check_length(std::size_t size) const {
    if (size <= options_.longest) return;
    throw protocol_error("a line of more than " + std::to_string(options_.longest) + " bytes");
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
    const auto lf = from.find('\n');
    const std::string_view piece = from.substr(0, lf);
    if (lf == std::string_view::npos) {
        if (!piece.empty()) check_length(kept_.size() + piece.size() - 1);  // it may end in CR
        kept_ += piece;
        from = {};
        return std::nullopt;
    }
    from.remove_prefix(lf + 1);
    if (kept_.empty()) return without_end(piece);
    check_length(kept_.size() + piece.size() - 1);  // with the CR
    kept_ += piece;
    lent_ = true;
    return without_end(kept_);
}

}  // namespace zocalo::text
