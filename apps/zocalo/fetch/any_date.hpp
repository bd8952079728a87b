// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace zocalo::program {

/// A date as people write it, in the forms of curl's `-z`: words and numbers in any order, such as
/// `Sun, 06 Nov 1994 08:49:37 GMT`, `6-Nov-94`, `1994.Nov.6`, `20041109 15:05:58 -0700`; and ISO
/// 8601's `1994-11-06` and `1994-11-06T08:49:37Z`. It is UTC when no zone is given, and midnight
/// when no time is. Nothing for what is none.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_any_date(std::string_view text);

}  // namespace zocalo::program
