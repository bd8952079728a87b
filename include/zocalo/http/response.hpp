// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "zocalo/http/fields.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/http/status.hpp"
#include "zocalo/net/endpoint.hpp"

/// What came back.
namespace zocalo::http {

/// How long each part of an exchange took; zero for what there was none of.
struct exchange_times {
    std::chrono::nanoseconds waited{};      ///< for a place among the connections
    std::chrono::nanoseconds lookup{};      ///< names to addresses
    std::chrono::nanoseconds connect{};     ///< the address that answered
    std::chrono::nanoseconds tunnel{};      ///< proxies
    std::chrono::nanoseconds tls{};         ///< the handshake
    std::chrono::nanoseconds first_byte{};  ///< from the request to the head of its response
    std::chrono::nanoseconds total{};       ///< all of it, up to the head of the response
    bool is_reused = false;                 ///< the connection was there
};

/// One request on the way to the response: a redirect, or a question for a password.
struct hop {
    std::string url;  ///< without user and password
    http::method method = http::method::get;
    http::status status = http::status::ok;
    http::version version = http::version::http_1_1;
    net::endpoint peer;        ///< who was connected to: the server, or a proxy
    net::endpoint local = {};  ///< and from where
    exchange_times times = {};
};

/// A server said no; what error_for_status() throws.
class error_response : public std::runtime_error {
 public:
    error_response(http::status status, const std::string& url);
    [[nodiscard]] http::status status() const noexcept { return status_; }

 private:
    http::status status_;
};

/// A response that is here, all of it.
struct response {
    http::status status = http::status::ok;
    std::string reason = {};  ///< HTTP/2 has none
    http::version version = http::version::http_1_1;
    http::fields fields = {};
    std::string content = {};
    http::fields trailers = {};
    std::string url = {};  ///< where it came from, after all redirects
    /// All requests that were made, the one that this answers last.
    std::vector<hop> hops = {};
    std::chrono::nanoseconds took{};  ///< everything

    [[nodiscard]] bool is_success() const noexcept { return http::is_success(status); }
    /// Itself; throws error_response when the status is an error (4xx, 5xx).
    const response& error_for_status() const;
};

}  // namespace zocalo::http
