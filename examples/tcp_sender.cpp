// SPDX-License-Identifier: MIT
// Connects, sends a message, and prints what comes back until the server closes.
//
//     tcp_sender [HOST [PORT [MESSAGE]]]
#include <chrono>
#include <iostream>
#include <string>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace net = zocalo::net;
using namespace std::chrono_literals;

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;  // show every line at once, in a pipe too
    const std::string host = argc > 1 ? argv[1] : "127.0.0.1";
    const std::string port = argc > 2 ? argv[2] : "6667";
    const std::string message = argc > 3 ? argv[3] : "Hello";
    const net::stop_signal ctrl_c;

    net::socket client{net::family::inet, net::type::stream};
    client.stop_with(ctrl_c);
    client.connect({host, port});

    // send() may send a part; send_all() goes on until all of it is on its way.
    client.send_all(message);
    // "That was all": the server now reads the end of the stream, and can still answer.
    client.shutdown(net::direction::write);
    std::cout << "sent " << zocalo::quoted(message) << " to " << host << ':' << port << '\n';

    // Closing while bytes lie here unread would reset the connection, and what we have sent could
    // get lost with it. So this reads to the end, or until nothing comes for two seconds.
    client.set_timeout(2s);
    char part[4096];
    for (;;) {
        const auto [size, error] = client.try_recv(part);
        if (error == std::errc::operation_canceled || error == std::errc::timed_out) break;
        if (error) throw std::system_error(error, "after sending");
        if (size == 0) break;  // the server has closed
        std::cout << "received " << zocalo::quoted(std::string_view(part, size), 4 * size) << '\n';
    }
    return 0;
} catch (const net::stopped&) {
    return 0;  // Ctrl-C
} catch (const std::exception& error) {
    std::cerr << "tcp_sender: " << error.what() << '\n';
    return 1;
}
