// SPDX-License-Identifier: MIT
// Answers every datagram with "Got your message!", until Ctrl-C.
//
//     udp_handler_server [PORT]
#include <iostream>
#include <string>

#include "zocalo/core/escape.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/server.hpp"

namespace net = zocalo::net;

namespace {

// The server makes one of these for each datagram. There are also set_up() and finish().
class answerer : public net::datagram_handler {
    void handle(net::datagram_request& request) override {
        // quoted(): what a stranger has sent shall not move our cursor or change our colours.
        std::cout << request.peer() << " wrote: " << zocalo::quoted(request.packet()) << '\n';
        request.reply("Got your message!");
    }
};

}  // namespace

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;  // show every line at once, in a pipe too
    const std::string port = argc > 1 ? argv[1] : "6667";
    const net::stop_signal ctrl_c;

    net::datagram_server server{
        net::create_server({"localhost", port}, {.type = net::type::datagram}),
        net::handled_by<answerer>()};
    server.stop_with(ctrl_c);
    std::cout << "waiting for datagrams on " << server.local_endpoint() << '\n';
    server.serve_forever();
    return 0;
} catch (const std::exception& error) {
    std::cerr << "udp_handler_server: " << error.what() << '\n';
    return 1;
}
