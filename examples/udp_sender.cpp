// SPDX-License-Identifier: MIT
// Sends one datagram.
//
//     udp_sender [HOST [PORT [MESSAGE]]]
#include <iostream>
#include <string>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/socket.hpp"

namespace net = zocalo::net;

int main(int argc, char** argv) try {
    const std::string host = argc > 1 ? argv[1] : "127.0.0.1";
    const std::string port = argc > 2 ? argv[2] : "6667";
    const std::string message = argc > 3 ? argv[3] : "Hello, World!";

    // Datagrams are UDP: no connection, each message goes off on its own.
    net::socket sender{net::family::inet, net::type::datagram};

    // A datagram is sent as a whole or not at all; nobody says whether it has arrived.
    sender.send_to(message, {host, port});
    std::cout << "sent " << zocalo::quoted(message) << " to " << host << ':' << port << '\n';
    return 0;
} catch (const std::exception& error) {
    std::cerr << "udp_sender: " << error.what() << '\n';
    return 1;
}
