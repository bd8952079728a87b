// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/core/number.hpp"
#include "zocalo/net/family.hpp"

/// The names of ports and protocols (/etc/services, /etc/protocols), both ways.
///
/// May be called from several threads at once. What is not known is an error of name_category()
/// (resolve.hpp) that names it, or nothing from the try_ form.
namespace zocalo::net {

/// The port of a service: `getservbyname("http")` is 80. `protocol` is "tcp", "udp" or, when empty,
/// any.
[[nodiscard]] std::uint16_t getservbyname(std::string_view name, std::string_view protocol = {});
[[nodiscard]] std::optional<std::uint16_t> try_getservbyname(std::string_view name,
                                                             std::string_view protocol = {});

[[nodiscard]] std::optional<std::string> try_getservbyport(std::uint16_t port,
                                                           std::string_view protocol = {});
namespace detail {
std::string service_name(std::uint16_t port, std::string_view protocol);
}
/// The service of a port: `getservbyport(80)` is "http". Throws std::invalid_argument when the port
/// is not within 0 to 65535.
template <std::integral Port>
[[nodiscard]] std::string getservbyport(Port port, std::string_view protocol = {}) {
    return detail::service_name(checked_cast<std::uint16_t>(port, "port"), protocol);
}

/// The protocol of a name: `getprotobyname("icmp")`.
[[nodiscard]] protocol getprotobyname(std::string_view name);
[[nodiscard]] std::optional<protocol> try_getprotobyname(std::string_view name);
/// The name of a protocol.
[[nodiscard]] std::string getprotobynumber(protocol number);
[[nodiscard]] std::optional<std::string> try_getprotobynumber(protocol number);

}  // namespace zocalo::net
