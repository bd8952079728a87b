// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/http/message.hpp"
#include "zocalo/ws/connection.hpp"
#include "zocalo/ws/deflate.hpp"

/// The handshake (RFC 6455 §4), without I/O: what is asked, and what is answered.
namespace zocalo::ws {

/// A Sec-WebSocket-Key: 16 bytes that nobody can foretell.
[[nodiscard]] std::string make_key();
/// Sec-WebSocket-Accept for such a key.
[[nodiscard]] std::string accept_key(std::string_view key);

/// What a server agrees to.
struct terms {
    /// Those that it speaks, the best one first. A client that speaks none of them gets none.
    std::vector<std::string> subprotocols = {};
    /// Whose pages may connect beside those of this site, as in `https://example.org`; "*" is
    /// everybody's. What is no browser says no Origin, and is let in.
    std::vector<std::string> origins = {};
    /// Off unless it is given: it takes memory for each connection, and tells by sizes what secrets
    /// are sent together with what an attacker says.
    std::optional<deflate_options> deflate = std::nullopt;
};

/// What a server answers: 101, or 200 to an extended CONNECT, and what was agreed; or another
/// status and why.
struct verdict {
    http::status status = http::status::switching_protocols;
    http::fields fields = {};  ///< of the response
    std::string why = {};
    ws::agreement agreed = {};

    [[nodiscard]] bool is_agreed() const noexcept {
        return status == http::status::switching_protocols || status == http::status::ok;
    }
};

/// Of HTTP/1.1 an Upgrade, of HTTP/2 an extended CONNECT (RFC 8441 §5), which has no key. `host` is
/// what was asked for: that of a page which is the site's own.
[[nodiscard]] verdict judge(const http::request_head& asked, std::string_view host,
                            const terms& by);

/// What a client asks for.
struct wishes {
    std::vector<std::string> subprotocols = {};
    std::optional<deflate_options> deflate = deflate_options{};
};

/// The fields that ask for it with any version of HTTP. Throws std::invalid_argument for
/// subprotocols that are no tokens or twice there.
void add_request_fields(http::fields& to, const wishes& what);
/// All fields of a request of HTTP/1.1.
void add_request_fields(http::fields& to, std::string_view key, const wishes& what);

/// What a response with 101 says. Throws bad_message when it does not fit what was asked (§4.1).
[[nodiscard]] agreement read_response(const http::fields& response, std::string_view key,
                                      const wishes& what);
/// The same for HTTP/2, and 2xx (RFC 8441 §5).
[[nodiscard]] agreement read_response(const http::fields& response, const wishes& what);

}  // namespace zocalo::ws
