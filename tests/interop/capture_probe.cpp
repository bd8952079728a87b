// SPDX-License-Identifier: MIT
// Reads a capture file from standard input, for tests that compare with other programs: `show`
// prints a line for each packet, `pcap` and `pcapng` write them to standard output in that format.
#include <iostream>
#include <string_view>

#include "zocalo/net/packet/capture_reader.hpp"
#include "zocalo/net/packet/capture_writer.hpp"

namespace packet = zocalo::net::packet;

namespace {

void show(packet::capture_reader& in) {
    while (const auto one = in.next()) {
        std::cout << one->time.value().time_since_epoch().count() << ' ' << one->data.size() << ' '
                  << one->wire_length << '\n';
    }
}

void to_pcap(packet::capture_reader& in) {
    packet::pcap_writer out(std::cout, {.first = in.interfaces().at(0).first});
    while (const auto one = in.next())
        out.write(*one);
}

void to_pcapng(packet::capture_reader& in) {
    packet::pcapng_writer out(std::cout, {.application = "capture_probe"});
    std::size_t known = 0;
    while (const auto one = in.next()) {
        for (; known < in.interfaces().size(); ++known)
            out.add_interface(in.interfaces()[known]);
        out.write(*one);
    }
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view verb = count == 2 ? arguments[1] : "";
    packet::capture_reader in(std::cin);
    if (verb == "show") {
        show(in);
    } else if (verb == "pcap") {
        to_pcap(in);
    } else if (verb == "pcapng") {
        to_pcapng(in);
    } else {
        return 2;
    }
}
