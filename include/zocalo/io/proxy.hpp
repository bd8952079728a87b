// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

/// Connections that somebody else makes for us: SOCKS 4, 4a and 5 (RFC 1928, RFC 1929), and
/// HTTP's CONNECT (RFC 9110 §9.3.6).
namespace zocalo::io {

/// Who makes the connection, and what it wants to know first.
struct proxy {
    enum class protocol : std::uint8_t {
        http,     ///< CONNECT
        https,    ///< the same in TLS: with tls::tunnel() only
        socks4,   ///< IPv4 addresses only
        socks4a,  ///< and names, which the proxy looks up
        socks5,   ///< addresses: names are looked up here
        socks5h,  ///< and names, which the proxy looks up
    };

    protocol kind = protocol::http;
    std::string host = {};
    std::uint16_t port = 1080;
    std::string user = {};      ///< none when empty
    std::string password = {};  ///< never in messages; goes to the proxy as it is
    /// Further fields of a CONNECT.
    std::vector<std::pair<std::string, std::string>> fields = {};

    /// Reads what curl's --proxy takes: `socks5h://user:password@host:1080`, `http://host:3128`,
    /// `host:3128`. User and password may have %-escapes; the port is 1080 when there is none, and
    /// 443 for https.
    ///
    /// Throws std::invalid_argument that shows the text, without its password, and what is wrong.
    static proxy parse(std::string_view text);

    /// Whether it has to be given an address, which the caller looks up.
    [[nodiscard]] bool wants_addresses() const noexcept {
        return kind == protocol::socks4 || kind == protocol::socks5;
    }
    /// `socks5h://user@host:1080`: without the password.
    [[nodiscard]] std::string to_string() const;
};

/// "socks5h"
[[nodiscard]] std::string_view to_text(proxy::protocol kind) noexcept;
std::ostream& operator<<(std::ostream& out, const proxy& value);

/// Asks the proxy at the other end of `line` for a connection to `host`, a name or an address.
///
/// What comes out is the connection: whatever is written goes there. Proxies behind each other are
/// asked one after the other, each through what the one before has made. No limit in time of its
/// own. When it throws or is cancelled, `line` is closed.
///
/// Throws std::system_error that names the host and the proxy and says what the proxy said
/// (std::errc::connection_refused, host_unreachable, permission_denied, ...); protocol_error for an
/// answer that is none; std::invalid_argument, before anything is sent, for a host that this kind
/// of proxy cannot be asked for, and for a proxy that wants TLS, which this room knows nothing of:
/// see tls/tunnel.hpp.
[[nodiscard]] task<stream> tunnel(stream line, proxy through, std::string host, std::uint16_t port);

}  // namespace zocalo::io
