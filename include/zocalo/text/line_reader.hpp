// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The lines of a protocol, found in bytes as they come. No I/O.
namespace zocalo::text {

/// What ends a line.
enum class line_end : std::uint8_t {
    crlf,        ///< CR LF and nothing else; a CR or LF by itself is an error
    lf_or_crlf,  ///< LF too, and a CR by itself is a byte like any other: for peers that are known
                 ///< to do that, where nobody in between can take it for another line
};

struct line_options {
    line_end end = line_end::crlf;
    std::size_t longest = 1000;  ///< bytes of a line, without its end
};

/// Takes lines off the front of whatever arrives.
///
///     while (const auto line = lines.take(arrived)) { ... }
///
/// A line that lies within one piece is not copied, and between two lines no memory is held. What
/// comes out does not depend on how the bytes were split.
class line_reader {
 public:
    explicit line_reader(const line_options& options = {}) noexcept : options_(options) {}

    /// The next line without its end, good until the next call and as long as the bytes of `from`.
    /// Without a whole line: nothing, and all of `from` is kept here.
    ///
    /// Throws protocol_error for a line that is too long or has a CR or LF where none may be.
    /// Nothing can be read after that.
    std::optional<std::string_view> take(std::string_view& from);

    /// What came of a line that has not ended.
    [[nodiscard]] std::string_view unfinished() const noexcept {
        return lent_ ? std::string_view() : std::string_view(kept_);
    }

 private:
    [[nodiscard]] std::string_view without_end(std::string_view line) const;
    void check_length(std::size_t size) const;

    line_options options_;
    std::string kept_;
    bool lent_ = false;  ///< kept_ is the line that take() gave last
};

}  // namespace zocalo::text
