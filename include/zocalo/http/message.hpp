// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/http/fields.hpp"
#include "zocalo/http/method.hpp"
#include "zocalo/http/status.hpp"

/// What stands before the content of a message.
namespace zocalo::http {

enum class version : std::uint8_t { http_1_0, http_1_1, http_2 };

/// "HTTP/1.1"
[[nodiscard]] constexpr std::string_view to_text(version said) noexcept {
    if (said == version::http_2) return "HTTP/2";
    return said == version::http_1_0 ? "HTTP/1.0" : "HTTP/1.1";
}

/// The head of a request.
struct request_head {
    http::method method = http::method::get;
    /// As it was sent: `/path?query`, an absolute URL to a proxy, `host:port` for CONNECT, or `*`.
    std::string target = "/";
    http::version version = http::version::http_1_1;
    http::fields fields = {};
    /// Of a CONNECT that asks for another protocol on a stream of HTTP/2, whose target is a path
    /// (RFC 8441): `websocket`. Empty otherwise.
    std::string protocol = {};
    /// Of what came by HTTP/2: `http` or `https`. Empty otherwise, and when a request is made.
    std::string scheme = {};
};

/// The head of a response.
struct response_head {
    http::status status = http::status::ok;
    std::string reason = {};  ///< when empty, the usual words for the status are sent
    http::version version = http::version::http_1_1;
    http::fields fields = {};
};

/// How many bytes of content a message has; nothing when that is not known before its end.
using content_size = std::optional<std::uint64_t>;

}  // namespace zocalo::http
