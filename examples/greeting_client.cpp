// SPDX-License-Identifier: MIT
// Connects to the greeting server and prints what it says.
//
//     greeting_client [HOST [PORT]]
#include <iostream>
#include <string>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace net = zocalo::net;

int main(int argc, char** argv) try {
    const std::string host = argc > 1 ? argv[1] : "127.0.0.1";
    const std::string port = argc > 2 ? argv[2] : "40674";
    const net::stop_signal ctrl_c;

    net::socket client{net::family::inet, net::type::stream};
    client.stop_with(ctrl_c);
    client.connect({host, port});  // looks the host up, if it is a name

    // One receive may return any part of what was sent, so this goes on until the server closes
    // its side or the buffer is full, and then cuts the buffer to what has come.
    std::string greeting(1024, '\0');
    greeting.resize(client.recv_exactly(greeting));

    // escaped(): a server that we do not know shall not move our cursor or change our colours.
    std::cout << zocalo::escaped(greeting, 1024) << '\n';
    return 0;
} catch (const net::stopped&) {
    return 0;  // Ctrl-C
} catch (const std::exception& error) {
    std::cerr << "greeting_client: " << error.what() << '\n';
    return 1;
}
