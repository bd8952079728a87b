// SPDX-License-Identifier: MIT
// Endpoints as text, both ways; what parse() reads is what to_string() prints.
#include <cstdint>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::net {

namespace {

std::string hex(std::uint32_t value, int width) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text = "0x";
    for (int shift = 4 * (width - 1); shift >= 0; shift -= 4)
        text += digits[value >> shift & 0xF];
    return text;
}

std::string inet_text(const endpoint& it) {
    const address ip = it.ip();
    const std::string host = ip.is_v6() ? '[' + ip.to_string() + ']' : ip.to_string();
    return host + ':' + std::to_string(it.port());
}

std::string unix_text(const endpoint& it) {
    return "unix:" + std::string(it.is_abstract() ? "@" : "") + escaped(it.path());
}

std::string packet_text(const endpoint& it) {
    const packet_address parts = it.packet();
    return "packet:" + std::to_string(parts.interface) + ' ' + hex(parts.ethertype, 4) + ' ' +
           parts.hardware.to_string();
}

std::string vsock_number(std::uint32_t value) {
    return value == vsock_address::any ? "any" : std::to_string(value);
}

std::string raw_text(const endpoint& it) {
    std::string text = "family " + std::to_string(static_cast<int>(it.family())) + " 0x";
    for (std::uint32_t i = 2; i < it.size(); ++i)
        text += hex(std::to_integer<std::uint32_t>(it.data()[i]), 2).substr(2);
    return text;
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
    throw std::invalid_argument("endpoint " + quoted(text) + ": " + std::string(why));
}

std::uint32_t parse_vsock_number(std::string_view all, std::string_view text) {
    if (text == "any") return vsock_address::any;
    const auto number = from_digits<std::uint32_t>(text);
    if (!number) refuse(all, "vsock wants CONTEXT:PORT, each a number or \"any\"");
    return *number;
}

endpoint parse_vsock(std::string_view all, std::string_view rest) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos)
        refuse(all, "vsock wants CONTEXT:PORT, each a number or \"any\"");
    return endpoint(vsock_address{.context = parse_vsock_number(all, rest.substr(0, colon)),
                                  .port = parse_vsock_number(all, rest.substr(colon + 1))});
}

endpoint parse_inet(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) refuse(text, "has no port: ADDRESS:PORT or [IPv6]:PORT");
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto ip = address::try_parse(host);
    if (!ip) refuse(text, quoted(host) + " is not an IP address");
    if (ip->is_v6() != bracketed)
        refuse(text, "IPv6 addresses stand in brackets, and only they: [IPv6]:PORT");
    const auto port = from_digits<std::uint16_t>(text.substr(colon + 1));
    if (!port) refuse(text, quoted(text.substr(colon + 1)) + " is not a port of 0 to 65535");
    return {*ip, *port};
}

}  // namespace

std::string endpoint::to_string() const {
    switch (family()) {
        case net::family::unspecified:
            return "unnamed";
        case net::family::inet:
        case net::family::inet6:
            return inet_text(*this);
        case net::family::local:
            return unix_text(*this);
        case net::family::packet:
            return packet_text(*this);
        case net::family::netlink:
            return "netlink:" + std::to_string(netlink().port) + " groups " +
                   hex(netlink().groups, 8);
        case net::family::vsock:
            return "vsock:" + vsock_number(vsock().context) + ':' + vsock_number(vsock().port);
        default:
            return raw_text(*this);
    }
}

endpoint endpoint::parse(std::string_view text) {
    if (text.starts_with("unix:@")) return abstract(text.substr(6));
    if (text.starts_with("unix:")) return local(text.substr(5));
    if (text.starts_with("vsock:")) return parse_vsock(text, text.substr(6));
    return parse_inet(text);
}

}  // namespace zocalo::net
