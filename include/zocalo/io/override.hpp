// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/net/address.hpp"
#include "zocalo/net/host_port.hpp"

/// Exceptions from what names stand for and from whom to connect to, as curl has them. They change
/// addresses only: TLS wants the certificate of the host that was named first.
namespace zocalo::io {

/// What a name stands for, whatever anybody else says.
struct host_override {
    std::string host;  ///< "*": every name that no other one is for
    std::vector<net::address> addresses;
    /// Counts for connections to that port only; 0: always.
    std::uint16_t port = 0;

    /// Reads `HOST:PORT:ADDRESS[,ADDRESS]...`; IPv6 addresses may have brackets.
    ///
    /// Throws std::invalid_argument that shows the text.
    static host_override parse(std::string_view text);

    [[nodiscard]] bool is_for_all() const noexcept { return host == "*"; }
    friend bool operator==(const host_override&, const host_override&) = default;
};

/// What a host stands for by these exceptions when `port` is connected to (0: none in particular);
/// nothing when none is for it. Those for its own name come before those for all.
[[nodiscard]] std::vector<net::address> overridden(std::string_view host, std::uint16_t port,
                                                   std::span<const host_override> exceptions);

/// Somebody to connect to instead of somebody else.
struct connect_override {
    std::string host;        ///< a name or an address; empty: any
    std::uint16_t port = 0;  ///< 0: any
    std::string to_host;     ///< empty: the same
    std::uint16_t to_port = 0;

    /// Reads `HOST1:PORT1:HOST2:PORT2`, each of which may be empty; IPv6 addresses have brackets.
    ///
    /// Throws std::invalid_argument that shows the text.
    static connect_override parse(std::string_view text);

    friend bool operator==(const connect_override&, const connect_override&) = default;
};

/// Whom to connect to for `peer`: what the first exception says that it fits, else itself. What
/// that names is final, and not looked for again.
///
/// Throws as net::getservbyname() for a service that is none, when one has to be compared.
[[nodiscard]] net::host_port redirected(const net::host_port& peer,
                                        std::span<const connect_override> exceptions);

}  // namespace zocalo::io
