// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Points in time as fields have them (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
namespace zocalo::http {

/// Reads a date in each of the three formats that there have been; nothing when it is none.
///
/// The day of the week is not compared with the date. `now` decides the century of a year of two
/// digits: it is never more than 50 years away in the future.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_date(std::string_view text,
                                                                 std::chrono::sys_seconds now);

/// Writes a date in the format that everybody has to send. Years from 0 to 9999.
[[nodiscard]] std::string date_text(std::chrono::sys_seconds when);

/// The same for the time of day of a server, which is made anew only when the second has changed.
class date_clock {
 public:
    /// The text lives until the next call.
    std::string_view at(std::chrono::sys_seconds now);

 private:
    std::chrono::sys_seconds written_{std::chrono::seconds::min()};
    std::string text_;
};

}  // namespace zocalo::http
