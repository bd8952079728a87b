// SPDX-License-Identifier: MIT
#pragma once

/// Level one: the operating system's sockets as C++ values. This header includes all of it but two.
///
/// A server that thanks everybody who connects:
///
/// ```cpp
/// net::socket server = net::create_server({"", 40674});
/// for (;;) {
///     auto [client, peer] = server.accept();
///     std::cout << "Got connection from " << peer << '\n';
///     client.send_all("Thank you for connecting");
/// }
/// ```
///
/// and its client:
///
/// ```cpp
/// net::socket client = net::create_connection({"localhost", 40674}, {.timeout = 5s});
/// std::string greeting(1024, '\0');
/// greeting.resize(client.recv_exactly(greeting));  // up to 1024 bytes, or the end of the stream
/// std::cout << zocalo::escaped(greeting) << '\n';
/// ```
///
/// The rest, in the order in which one meets it:
///
/// - socket.hpp: the socket, with the verbs of BSD; connect.hpp and listen.hpp open one in a call;
///   socket_file.hpp takes a Unix socket's file away
/// - host_port.hpp, endpoint.hpp, address.hpp, network.hpp: where things are, as people write it
///   and as the kernel takes it
/// - stop.hpp: Ctrl-C and other ways to end a call that waits
/// - option.hpp and its neighbours: socket options as types
/// - resolve.hpp, names.hpp, services.hpp, idna.hpp: names to addresses and back
/// - dns.hpp: records of the DNS as values, and a strict reader of what a server answered
/// - receive.hpp, file.hpp: one whole line, or everything, from a stream; a stream as a file
/// - message.hpp, control.hpp, batch.hpp: buffers, descriptors and credentials in one call; many
///   datagrams in one call
/// - send_file.hpp, zero_copy.hpp: large data without a copy on the way
/// - server.hpp: servers that call a function for each connection or datagram, in threads or
///   processes
/// - poller.hpp: waiting for many sockets at once
/// - interface.hpp: the network interfaces of this machine
/// - packet/: whole frames; not included here
///
/// What fails throws std::system_error, whose message names the call, the addresses and the cause.
/// Close-on-exec is always set, EINTR never seen, and SIGPIPE never raised.

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/acceptor.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/address_range.hpp"
#include "zocalo/net/address_text.hpp"
#include "zocalo/net/batch.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/connect_report.hpp"
#include "zocalo/net/connection.hpp"
#include "zocalo/net/control.hpp"
#include "zocalo/net/credentials.hpp"
#include "zocalo/net/datagram_request.hpp"
#include "zocalo/net/dns.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"
#include "zocalo/net/file.hpp"
#include "zocalo/net/filter.hpp"
#include "zocalo/net/handler.hpp"
#include "zocalo/net/hardware_address.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/net/idna.hpp"
#include "zocalo/net/interface.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/message_flag.hpp"
#include "zocalo/net/multicast.hpp"
#include "zocalo/net/names.hpp"
#include "zocalo/net/network.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/option_ip.hpp"
#include "zocalo/net/option_ipv6.hpp"
#include "zocalo/net/option_mptcp.hpp"
#include "zocalo/net/option_packet.hpp"
#include "zocalo/net/option_tcp.hpp"
#include "zocalo/net/option_udp.hpp"
#include "zocalo/net/option_value.hpp"
#include "zocalo/net/poller.hpp"
#include "zocalo/net/receive.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/send_file.hpp"
#include "zocalo/net/server.hpp"
#include "zocalo/net/server_options.hpp"
#include "zocalo/net/services.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/socket_file.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/net/zero_copy.hpp"
