// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace zocalo::http::detail {

/// Whether it can be the value of Host: nothing, or a host with or without a port. No user.
[[nodiscard]] bool is_host_and_port(std::string_view text) noexcept;

/// The same with a host and a port: what CONNECT is about.
[[nodiscard]] bool is_host_with_port(std::string_view text) noexcept;

/// The host, with its brackets if it has any.
[[nodiscard]] std::string_view without_port(std::string_view authority) noexcept;

/// Whether a target is absolute, and of another scheme than http and https.
[[nodiscard]] bool is_of_other_scheme(std::string_view target) noexcept;

/// Whether it is absolute, and of https.
[[nodiscard]] bool is_of_https(std::string_view target) noexcept;

/// Whether a request with this method may have that target (RFC 9112 §3.2).
[[nodiscard]] bool is_target(std::string_view target, bool is_connect, bool is_options) noexcept;

}  // namespace zocalo::http::detail
