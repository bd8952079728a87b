// SPDX-License-Identifier: MIT
#include "host.hpp"

#include <CLI/CLI.hpp>

#include "overrides.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::program {

net::host_port where_of(std::span<const std::string> words, std::string_view host,
                        std::string_view port) {
    if (words.empty()) return {host, port};
    if (words.size() > 1) return {words[0], words[1]};
    const bool has_both = words[0].find(':') != std::string::npos;
    return has_both ? net::host_port::parse(words[0]) : net::host_port(host, words[0]);
}

net::address host_request::look_up() const {
    net::lookup_hints hints{.type = net::type::datagram};
    if (v4) hints.family = net::family::inet;
    if (v6) hints.family = net::family::inet6;
    const net::host_port host{name, ""};  // which takes brackets off
    for (const net::address& ip : io::overridden(host.host(), 0, for_any_port(overrides))) {
        if (hints.family == net::family::unspecified || hints.family == ip.family()) return ip;
    }
    return net::getaddrinfo(host.host(), "", hints).front().endpoint.ip();
}

std::string host_request::shown_with(const net::address& ip) const {
    const std::string address = ip.to_string();
    return name == address ? address : escaped(name) + " (" + address + ')';
}

void add_host(CLI::App& command, host_request& request) {
    command.add_option("host", request.name, "A host name or address")->required();
    command.add_flag("-4", request.v4, "IPv4 only");
    command.add_flag("-6", request.v6, "IPv6 only")->excludes("-4");
    add_resolve_option(command, request.overrides);
}

}  // namespace zocalo::program
