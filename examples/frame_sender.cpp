// SPDX-License-Identifier: MIT
// Sends one raw Ethernet frame, and shows it with the frame check sequence that the card appends.
//
//     frame_sender INTERFACE [TEXT]
#include <iomanip>
#include <iostream>

#include "zocalo/net/packet/crc32.hpp"
#include "zocalo/net/packet/ethernet.hpp"
#include "zocalo/net/packet/frame_socket.hpp"
#include "zocalo/net/packet/hexdump.hpp"
#include "zocalo/net/packet/layers.hpp"

namespace net = zocalo::net;
namespace packet = zocalo::net::packet;

int main(int argc, char** argv) try {
    if (argc < 2) {
        std::cerr << "usage: frame_sender INTERFACE [TEXT]\n";
        return 2;
    }
    const std::string text = argc > 2 ? argv[2] : "Hello, frame!";

    // Raw sockets want root or CAP_NET_RAW: whoever has one can forge every address.
    packet::frame_socket socket{argv[1]};
    const packet::ethernet_header header{
        .destination = net::hardware_address::broadcast(),
        .source = socket.base().local_endpoint().packet().hardware,
        .type = packet::ethertype::experimental_1,  // free for everybody's experiments
    };
    packet::bytes frame = header.build(text);  // padded to 60 bytes, the shortest frame there is
    socket.send(frame);
    std::cout << "sent " << frame.size() << " bytes on " << argv[1] << ": "
              << packet::describe(frame) << '\n';

    // Four bytes follow on the wire. The card computes them, so a program must not send them.
    const auto check = packet::crc32(frame);
    packet::append_frame_check(frame);
    std::cout << "frame check sequence 0x" << std::hex << std::setw(8) << std::setfill('0') << check
              << '\n'
              << packet::hexdump(frame);
} catch (const std::exception& error) {
    std::cerr << "frame_sender: " << error.what() << '\n';
    return 1;
}
