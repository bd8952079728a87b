// SPDX-License-Identifier: MIT
// Thanks everybody who connects, one after the other, until Ctrl-C.
//
//     greeting_server [PORT]
#include <iostream>
#include <string>

#include "zocalo/net/option.hpp"
#include "zocalo/net/socket.hpp"
#include "zocalo/net/stop.hpp"

namespace net = zocalo::net;

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;  // show every line at once, in a pipe too
    const std::string port = argc > 1 ? argv[1] : "40674";  // or the name of a service: "http-alt"
    const net::stop_signal ctrl_c;                          // Ctrl-C no longer kills, but stops

    // An IPv4 socket for a stream of bytes, which is TCP.
    net::socket server{net::family::inet, net::type::stream};
    std::cout << "Socket successfully created\n";

    // Without this, a server cannot come back to its port for a minute after it has ended.
    server.set(net::option::reuse_address{true});
    // The empty host is every address of this machine: other machines may connect too.
    server.bind({"", port});
    std::cout << "socket bound to " << server.local_endpoint().port() << '\n';

    // From here on the kernel takes connections; up to 5 wait in line until we accept them.
    server.listen(5);
    server.stop_with(ctrl_c);
    std::cout << "socket is listening\n";

    for (;;) {
        // A second socket, for this client alone; it closes itself at the closing brace.
        auto [client, peer] = server.accept();
        std::cout << "Got connection from " << peer << '\n';

        // A client that has gone already is no reason to end, so this asks for the error as a
        // value.
        const auto sent = client.try_send_all("Thank you for connecting");
        if (sent.error) std::cerr << peer << ": " << sent.error.message() << '\n';
    }
} catch (const net::stopped&) {
    return 0;  // accept() throws this after Ctrl-C
} catch (const std::exception& error) {
    std::cerr << "greeting_server: " << error.what() << '\n';
    return 1;
}
