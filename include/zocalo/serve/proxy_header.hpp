// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/net/endpoint.hpp"

/// What a proxy in front of a server says about its client, before the first byte of the client:
/// the PROXY protocol, versions 1 (a line) and 2 (binary), as HAProxy defines it.
///
/// Here it is without I/O: bytes in, a value out, and back. Whoever can connect can claim anything
/// in it: believe only those whom you have put in front (proxy_options in server.hpp).
namespace zocalo::serve {

/// What a header may cost.
struct proxy_limits {
    std::size_t bytes = 4096;  ///< all of a header of version 2; one of version 1 has 107 at most
    std::size_t fields = 64;   ///< further fields of version 2
};

/// A header as a value.
struct proxy_header {
    /// A further field of version 2 (§2.2.7).
    struct field {
        std::uint8_t type = 0;
        std::string value;
        friend bool operator==(const field&, const field&) = default;
    };
    static constexpr std::uint8_t alpn = 0x01;       ///< the application protocol that was agreed
    static constexpr std::uint8_t authority = 0x02;  ///< the host that the client named (SNI)
    static constexpr std::uint8_t checksum = 0x03;   ///< CRC-32C of the header; read: was right
    static constexpr std::uint8_t no_operation = 0x04;
    static constexpr std::uint8_t unique_id = 0x05;  ///< the proxy's name for the connection
    static constexpr std::uint8_t tls = 0x20;        ///< how the client was secured
    static constexpr std::uint8_t net_namespace = 0x30;

    unsigned version = 2;
    /// The proxy speaks for itself (LOCAL: a health check) or does not know (UNKNOWN): there are no
    /// addresses, and those of the connection count.
    bool is_local = false;
    bool is_datagram = false;        ///< version 2 knows proxies of UDP
    net::endpoint source = {};       ///< the client
    net::endpoint destination = {};  ///< where it has connected to
    std::vector<field> fields = {};

    /// The first field of that type; it lives as long as this object.
    [[nodiscard]] std::optional<std::string_view> find(std::uint8_t type) const noexcept;

    friend bool operator==(const proxy_header&, const proxy_header&) = default;
};

/// A header and how many bytes it had: what follows is the client's.
struct parsed_proxy_header {
    proxy_header header;
    std::size_t size = 0;
    friend bool operator==(const parsed_proxy_header&, const parsed_proxy_header&) = default;
};

/// Reads the header at the beginning of `received`; nothing when there has to be more of it.
///
/// Throws protocol_error when this is no header, breaks its format or the limits. Strict: one space
/// between fields, no leading zeros, addresses of the family that is named, a checksum that is
/// right where there is one.
[[nodiscard]] std::optional<parsed_proxy_header> parse_proxy_header(
    const_buffer received, const proxy_limits& within = {});

/// The bytes of a header, for a proxy that sends one. Throws std::invalid_argument for what the
/// version cannot say: addresses of two families, fields in version 1, a path that is too long.
[[nodiscard]] std::string to_bytes(const proxy_header& header);

}  // namespace zocalo::serve
