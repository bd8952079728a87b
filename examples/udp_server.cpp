// SPDX-License-Identifier: MIT
// Prints every datagram that comes, and who sent it, until Ctrl-C.
//
//     udp_server [PORT]
#include <iostream>
#include <string>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace net = zocalo::net;

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;  // show every line at once, in a pipe too
    const std::string port = argc > 1 ? argv[1] : "6667";
    const net::stop_signal ctrl_c;

    // No listen() and no accept(): one socket hears everybody.
    net::socket server{net::family::inet, net::type::datagram};
    server.bind({"localhost", port});  // for this machine only; "" would be for all
    server.stop_with(ctrl_c);
    std::cout << "waiting for datagrams on " << server.local_endpoint() << '\n';

    for (;;) {
        // One receive is one datagram. What the buffer has no room for is lost, so there is room
        // for the longest: 65,535 bytes.
        const auto [data, peer] = server.recv_from(65535);
        std::cout << "received " << data.size() << " bytes from " << peer << ": "
                  << zocalo::quoted(data) << '\n';
    }
} catch (const net::stopped&) {
    return 0;  // Ctrl-C
} catch (const std::exception& error) {
    std::cerr << "udp_server: " << error.what() << '\n';
    return 1;
}
