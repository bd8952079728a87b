// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace zocalo::http::detail {

/// `20301231 23:59:59`, as curl's files have it.
[[nodiscard]] std::string curl_date(std::chrono::sys_seconds when);
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_curl_date(std::string_view text);

}  // namespace zocalo::http::detail
