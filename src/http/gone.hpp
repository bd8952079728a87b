// SPDX-License-Identifier: MIT
#pragma once

#include <system_error>

#include "zocalo/tls/error.hpp"

namespace zocalo::http::detail {

/// Whether that is a peer that has gone without a word. While nothing is asked or answered nothing
/// is lost by it, and many clients end their connections so.
[[nodiscard]] inline bool is_gone(const std::error_code& why) noexcept {
    return why == tls::errc::truncated || why == std::errc::connection_reset ||
           why == std::errc::broken_pipe;
}

}  // namespace zocalo::http::detail
