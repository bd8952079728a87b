// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "relay/link_options.hpp"
#include "relay/proxy_options.hpp"
#include "relay/websocket_options.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/override.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/connect_report.hpp"
#include "zocalo/net/host_port.hpp"

namespace zocalo::program {

/// To whom `connect` connects, from where, and through whom.
struct connect_request : link_options {
    std::string host;
    std::string port;
    std::string source;
    std::string source_port;
    std::string interface;
    proxy_choice proxy;
    websocket_choice websocket;
    std::vector<io::host_override> overrides;
    std::vector<io::connect_override> exceptions;
    bool probe = false;
    std::string report;  ///< table or json: how the connection came about
};

/// The addresses of a host, at least one, when that port is meant. With request.numeric nobody is
/// asked for them. Throws as io::resolver does.
io::task<std::vector<net::address>> addresses_of(const connect_request& request, net::host_port of,
                                                 net::family wanted);

/// How a connection to a host is asked for: the family, where it comes from, and who is looked for
/// elsewhere. `names`, which it keeps, looks up the source where that is a name.
io::task<io::connect_options> way_to_host(const connect_request& request, io::resolver& names);

/// What is said of how a connection came about, or did not, as far as that is wanted.
void tell_story(const connect_request& request, const context& shared,
                const net::connect_report& told);

/// What was reached.
struct opened_link {
    io::stream stream;
    net::endpoint peer;  ///< of the connection itself: the proxy, where there is one
    net::endpoint here;
};

/// Opens the connection, or the datagram socket, that is asked for, with the proxy's tunnel and TLS
/// around it; `told` says how it came about, as far as it came.
///
/// Throws net::connect_error, and what look-ups, proxies and TLS throw.
io::task<opened_link> dial(const connect_request& request, const context& shared,
                           net::connect_report& told);

}  // namespace zocalo::program
