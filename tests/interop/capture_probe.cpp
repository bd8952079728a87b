// SPDX-License-Identifier: MIT
// Reads a capture file from standard input, for tests that compare with other programs: `show`
// prints a line for each packet, `pcap` and `pcapng` write them to standard output in that format,
// `annotated` a pcapng file with all that may be said about them. `dialogue LOCAL PEER` reads bytes
// instead: what was received up to the first NUL, then what was sent, and writes them as a capture
// of that dialogue.
#include <cstdint>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "zocalo/net/packet/capture_reader.hpp"
#include "zocalo/net/packet/capture_writer.hpp"
#include "zocalo/serve/wire_trace.hpp"

namespace packet = zocalo::net::packet;
namespace serve = zocalo::serve;

namespace {

void show(packet::capture_reader& in) {
    while (const auto one = in.next()) {
        std::cout << one->time.value().time_since_epoch().count() << ' ' << one->data.size() << ' '
                  << one->wire_length << one->comment << '\n';
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

void to_annotated(packet::capture_reader& in) {
    using zocalo::net::address;
    packet::pcapng_writer out(std::cout, {.hardware = "a test's machine",
                                          .system = "a test's system",
                                          .application = "capture_probe",
                                          .comment = "about the file"});
    out.add_interface({.name = "eth7", .description = "the seventh", .comment = "about eth7"});
    const packet::capture_name names[] = {{address::v4(192, 0, 2, 1), {"asker.example"}}};
    out.write(names);
    std::uint64_t count = 0;
    packet::capture_time last;
    while (auto one = in.next()) {
        last = one->time.value();
        one->outgoing = ++count % 2 == 0;
        one->comment = "packet " + std::to_string(count);
        out.write(*one);
    }
    out.write(packet::capture_statistics{.time = last, .received = count + 5, .dropped = 5});
}

void to_dialogue(const char* local, const char* peer) {
    using zocalo::net::endpoint;
    const std::string all{std::istreambuf_iterator<char>(std::cin), {}};
    const std::size_t middle = all.find('\0');
    packet::pcapng_writer out(std::cout, {.application = "capture_probe"});
    packet::capture_interface raw;
    raw.first = packet::link_type::raw_ip;
    serve::dialogue_capture capture(out, out.add_interface(raw), endpoint::parse(local),
                                    endpoint::parse(peer));
    capture.add(serve::flow::received, std::string_view(all).substr(0, middle));
    capture.add(serve::flow::sent, std::string_view(all).substr(middle + 1));
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view verb = count > 1 ? arguments[1] : "";
    if (verb == "dialogue" && count == 4) {
        to_dialogue(arguments[2], arguments[3]);
        return 0;
    }
    if (count != 2) return 2;
    packet::capture_reader in(std::cin);
    if (verb == "show") {
        show(in);
    } else if (verb == "pcap") {
        to_pcap(in);
    } else if (verb == "pcapng") {
        to_pcapng(in);
    } else if (verb == "annotated") {
        to_annotated(in);
    } else {
        return 2;
    }
}
