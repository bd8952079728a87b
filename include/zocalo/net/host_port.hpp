// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"

/// Host and port as people write them, before any name is looked up.
namespace zocalo::net {

class stop_condition;

/// A host and a port or service, as text; what `bind({"", 40674})` and `connect({"localhost",
/// "http"})` take.
///
/// Hosts: a name (internationalised ones too), an IPv4 or IPv6 address with `%scope` (the latter in
/// brackets too, as in URLs), every
/// inet_aton(3) spelling (`127.1`, `0x7f.1`), a whole number (`2130706433` is 127.0.0.1), `""` (any
/// address of the socket's family) and `"<broadcast>"` (255.255.255.255). Ports: a number, or the
/// name of a service. The text is copied, so the object may be kept.
class host_port {
 public:
    host_port(std::string_view host, std::string_view service)
        : host_(without_brackets(host)), service_(service) {}

    /// Throws std::invalid_argument when the port is not within 0 to 65535.
    template <std::integral Port>
    host_port(std::string_view host, Port port)
        : host_port(host, std::string_view(port_text(port))) {}

    /// The host as the number of an IPv4 address: 2130706433 is 127.0.0.1. Throws
    /// std::invalid_argument when it is not within 0 to 2^32 − 1.
    template <std::integral Host, class Port>
    host_port(Host host, Port port) : host_port(std::string_view(host_text(host)), port) {}

    /// Reads what to_string() prints: `localhost:http`, `192.0.2.1:80`, `[2001:db8::1]:80`, `:80`.
    /// Throws std::invalid_argument that shows the text and says what is wrong with it.
    static host_port parse(std::string_view text);

    /// Without brackets.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] const std::string& service() const noexcept { return service_; }

    /// The first endpoint of that family and type that the host and service stand for; may ask name
    /// servers and so may take long. With family::unspecified the first one of any family.
    ///
    /// Throws std::system_error of net::name_category() that names host and service when there is
    /// none, and std::invalid_argument for a family that has no hosts.
    [[nodiscard]] endpoint resolve(net::family family, net::type type) const;
    /// All of them, best first; at least one. `limit` and `stop` as for getaddrinfo().
    [[nodiscard]] std::vector<endpoint> resolve_all(net::family family, net::type type,
                                                    timeout limit = timeout::none(),
                                                    const stop_condition* stop = nullptr) const;

    /// `host:service`, with IPv6 in brackets.
    [[nodiscard]] std::string to_string() const;

 private:
    template <std::integral Port>
    static std::string port_text(Port port) {
        return number_text(std::in_range<std::uint16_t>(port), std::to_string(port), "port");
    }
    template <std::integral Host>
    static std::string host_text(Host host) {
        return number_text(std::in_range<std::uint32_t>(host), std::to_string(host), "host");
    }
    /// What `[2001:db8::1]` has between its brackets; any other host as it is.
    static std::string_view without_brackets(std::string_view host) noexcept;
    /// `text` when it is within range, else std::invalid_argument.
    static std::string number_text(bool within_range, std::string text, std::string_view what);

    std::string host_;
    std::string service_;
};

std::ostream& operator<<(std::ostream& out, const host_port& value);

}  // namespace zocalo::net
