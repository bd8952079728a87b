// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What a handshake of WebSocket is recognised by (RFC 6455 §4.1): here, because a proxy makes one.
namespace zocalo::http::detail {

inline constexpr std::size_t websocket_key_size = 16;  ///< bytes, before base64

/// A Sec-WebSocket-Key that nobody can foretell.
[[nodiscard]] std::string make_websocket_key();
/// Sec-WebSocket-Accept for such a key.
[[nodiscard]] std::string websocket_accept(std::string_view key);

}  // namespace zocalo::http::detail
