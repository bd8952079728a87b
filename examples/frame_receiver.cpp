// SPDX-License-Identifier: MIT
// Prints every frame that comes in on an interface, until Ctrl-C.
//
//     frame_receiver INTERFACE [FILTER]
//
// The filter is in tcpdump's language: frame_receiver eth0 'ether proto 0x88b5'
#include <iostream>

#include "zocalo/net/packet/frame_socket.hpp"
#include "zocalo/net/packet/hexdump.hpp"
#include "zocalo/net/packet/layers.hpp"
#include "zocalo/net/stop.hpp"

namespace net = zocalo::net;
namespace packet = zocalo::net::packet;

int main(int argc, char** argv) try {
    if (argc < 2) {
        std::cerr << "usage: frame_receiver INTERFACE [FILTER]\n";
        return 2;
    }
    std::cout << std::unitbuf;  // show every line at once, in a pipe too
    const net::stop_signal ctrl_c;

    packet::frame_socket socket{argv[1], {.outgoing = false, .filter = argc > 2 ? argv[2] : ""}};
    socket.stop_with(ctrl_c);
    std::cout << "listening on " << argv[1] << '\n';

    for (;;) {
        // The data lives until the next frame. A stranger wrote it: describe() and hexdump() make
        // it safe to print.
        const packet::received_frame frame = socket.recv();
        std::cout << "received " << frame.wire_length
                  << " bytes: " << packet::describe(frame.data, socket.first_header()) << '\n'
                  << packet::hexdump(frame.data);
    }
} catch (const net::stopped&) {
    return 0;  // Ctrl-C
} catch (const std::exception& error) {
    std::cerr << "frame_receiver: " << error.what() << '\n';
    return 1;
}
