// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

/// Lines that we send, which cannot become two.
namespace zocalo::text {

/// A line made from arguments: CR, LF and NUL in any of them are refused, so that no argument can
/// carry a further command (CWE-93).
///
///     const std::string line = text::command().word("verb", "MAIL").rest("path", path).line();
///
/// `what` names an argument in messages. All of it happens before anything is sent: each function
/// throws std::invalid_argument that shows the argument.
class command {
 public:
    explicit command(char separator = ' ') noexcept : separator_(separator) {}

    /// An argument that is not empty and has no separator in it.
    command& word(std::string_view what, std::string_view value);
    /// One that may be empty.
    command& field(std::string_view what, std::string_view value);
    /// The last one, which may have separators in it.
    command& rest(std::string_view what, std::string_view value);

    /// With CR LF at its end.
    [[nodiscard]] std::string line() const { return text_ + "\r\n"; }

 private:
    char separator_;
    bool has_arguments_ = false;
    std::string text_;
};

/// Throws std::invalid_argument when `value` has one of the `refused` bytes, or CR, LF or NUL.
void require_one_line(std::string_view what, std::string_view value, std::string_view refused = "");

}  // namespace zocalo::text
