// SPDX-License-Identifier: MIT
#include "http/websocket_key.hpp"

#include "core/base64.hpp"
#include "zocalo/tls/hash.hpp"

namespace zocalo::http::detail {

std::string make_websocket_key() {
    return base64(tls::random_bytes(websocket_key_size));
}

std::string websocket_accept(std::string_view key) {
    std::string text(key);
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    return base64(tls::digest(tls::hash::sha1, text));
}

}  // namespace zocalo::http::detail
