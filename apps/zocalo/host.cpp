// SPDX-License-Identifier: MIT
#include "host.hpp"

#include <CLI/CLI.hpp>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::program {

net::address host_request::look_up() const {
    net::lookup_hints hints{.type = net::type::datagram};
    if (v4) hints.family = net::family::inet;
    if (v6) hints.family = net::family::inet6;
    return net::getaddrinfo(name, "", hints).front().endpoint.ip();
}

std::string host_request::shown_with(const net::address& ip) const {
    const std::string address = ip.to_string();
    return name == address ? address : escaped(name) + " (" + address + ')';
}

void add_host(CLI::App& command, host_request& request) {
    command.add_option("host", request.name, "A host name or address")->required();
    command.add_flag("-4", request.v4, "IPv4 only");
    command.add_flag("-6", request.v6, "IPv6 only")->excludes("-4");
}

}  // namespace zocalo::program
