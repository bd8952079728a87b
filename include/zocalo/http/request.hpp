// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "zocalo/http/body.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/http/method.hpp"
#include "zocalo/http/versions.hpp"

namespace zocalo::io {
class stream;
}

namespace zocalo::net {
struct connect_report;
}

/// What a client is asked to ask for.
namespace zocalo::http {

/// Who we are to a server that wants to know.
struct login {
    enum class scheme : std::uint8_t {
        any,     ///< what the server asks for, the best that we know; nothing before it asks
        basic,   ///< at once, without being asked: anybody who reads it has the password
        bearer,  ///< the same with a token (RFC 6750), which is in `password`
        /// Each request is signed (aws_signature.hpp): `user` names the key, `password` is its
        /// secret, and `scope` what it is good for. Content that can be read once only is not
        /// signed; all other is read before it is sent.
        aws_sigv4,
    };

    std::string user = {};
    std::string password = {};
    scheme how = scheme::any;
    std::string scope = {};  ///< `aws:amz:us-east-1:s3`, as aws_scope::parse() reads it
};

/// A request with everything that is to be different for it alone.
struct request {
    http::method method = http::method::get;
    /// `http://` or `https://`, by RFC 3986. `user:password@` is taken off and used as `login`.
    std::string url = {};
    http::fields fields = {};
    /// Fields that are for this URL's origin alone: no redirect takes them elsewhere. What
    /// `fields` has as Authorization or Cookie is treated like these.
    http::fields secrets = {};
    http::body body = {};
    std::optional<http::login> login = std::nullopt;
    /// `login` (nothing else that is secret) goes to wherever redirects lead, too: every server on
    /// the way is believed then to name only those who may have it.
    bool login_follows = false;

    /// How many redirects are followed; that of the client's options when not given.
    std::optional<std::size_t> redirects = std::nullopt;
    /// Each request that a redirect leads to has a Referer, the URL that was redirected, without
    /// user and fragment (RFC 9110 §10.1.3).
    bool refers = false;
    /// Which versions it may go by; those of the client's options when not given.
    std::optional<http::versions> versions = std::nullopt;
    /// Waits for the server's word (100-continue), a second at most, before content is sent.
    bool expect_continue = false;
    /// Goes through a proxy for `http://` as through one for `https://`, by CONNECT: for protocols
    /// that take the connection over, of which a proxy that forwards requests knows nothing.
    bool tunnel = false;
    /// Asks for another protocol in place of HTTP: `websocket`. With HTTP/1.1 that is an Upgrade,
    /// with `upgrade_fields`, and 101 agrees; with HTTP/2 an extended CONNECT, and 2xx agrees
    /// (RFC 8441). A server of HTTP/2 that does not offer it is asked by HTTP/1.1 instead, unless
    /// versions::http_2 is wanted: then that is protocol_error. Redirects may lead to `ws://` and
    /// `wss://`, which mean http and https. Without content, and with GET only.
    std::string protocol = {};
    http::fields upgrade_fields = {};
    /// Told what comes with 1xx before the response.
    std::function<void(const response_head& early)> interim = {};

    // --- For those who show what happens; what they throw ends the request

    /// Told how each connection came about, or did not: look-ups, addresses, tunnels and TLS.
    std::function<void(const net::connect_report& told)> reported = {};
    /// Told of each connection that is made for it, before anything is sent; `tls::try_get_info()`
    /// says what was agreed on.
    std::function<void(const io::stream& to)> connected = {};
    /// Told what is sent, redirects and answers to questions for passwords included. Secrets are
    /// in it.
    std::function<void(const request_head& head)> sent = {};
    /// Told what each of them was answered with.
    std::function<void(const response_head& head)> received = {};
};

}  // namespace zocalo::http
