// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "zocalo/text/line_reader.hpp"

/// Texts that end in a line with a dot: mail in SMTP and POP3 (RFC 5321 §4.5.2), articles in NNTP,
/// texts and menus in Gopher. No I/O.
namespace zocalo::text {

/// Makes of any text what can be sent: lines that end in CR LF, with one more dot where a line
/// begins with one.
///
/// CR LF, LF and CR by itself all are line ends, in any mixture: what a peer may take for one never
/// gets out unseen, and so no text can end itself early.
class dot_encoder {
 public:
    /// Appends to `to` what becomes of the next piece of the text.
    void encode(std::string_view piece, std::string& to);
    /// Appends the end: the text's last line end, if that is missing, and the dot.
    void finish(std::string& to);

 private:
    bool at_line_start_ = true;
    bool after_cr_ = false;
};

/// Reads that back.
class dot_decoder {
 public:
    /// Lines end in `ends_in` in what comes out. With line_end::lf_or_crlf a dot before anything
    /// but a dot stays, for there are peers that never add one.
    explicit dot_decoder(const line_options& options = {}, std::string_view ends_in = "\r\n")
        : tolerant_(options.end == line_end::lf_or_crlf), lines_(options), line_end_(ends_in) {}

    /// Takes from `from` and appends the text to `to`; true when the end has come, with `from` what
    /// is behind it. Throws protocol_error as line_reader does.
    bool decode(std::string_view& from, std::string& to);

    /// What came of a line that has not ended: to be looked at when the stream ends before the dot.
    [[nodiscard]] std::string_view unfinished() const noexcept { return lines_.unfinished(); }

 private:
    [[nodiscard]] std::string_view without_dot(std::string_view line) const noexcept;

    bool tolerant_;
    line_reader lines_;
    std::string line_end_;
};

}  // namespace zocalo::text
