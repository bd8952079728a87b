// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace zocalo::http::detail {

/// Whether it can be the value of Host: nothing, or a host with or without a port. No user.
[[nodiscard]] bool is_host_and_port(std::string_view text) noexcept;

/// The same with a host and a port: what CONNECT is about.
[[nodiscard]] bool is_host_with_port(std::string_view text) noexcept;

/// Whether a request with this method may have that target (RFC 9112 §3.2).
[[nodiscard]] bool is_target(std::string_view target, bool is_connect, bool is_options) noexcept;

}  // namespace zocalo::http::detail
