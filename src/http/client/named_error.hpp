// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string_view>

namespace zocalo::http::detail {

/// An error of a response that breaks the rules begins with the URL that was asked for; any other
/// one is as it was.
[[nodiscard]] std::exception_ptr named_error(const std::exception_ptr& error, std::string_view url);

}  // namespace zocalo::http::detail
