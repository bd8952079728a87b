// SPDX-License-Identifier: MIT
// Frames taken from a card, three ways in turn: prints a line for each round with the nanoseconds
// that the receiving thread has run for a frame: frame_socket, the same with a ring, libpcap.
//
// The frames are there before the clock starts, so that nobody waits and none is dropped.
#include <pcap/pcap.h>
#include <sched.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>

#include "zocalo/net/option.hpp"
#include "zocalo/net/packet/ethernet.hpp"
#include "zocalo/net/packet/frame_socket.hpp"

namespace {

namespace packet = zocalo::net::packet;
using namespace std::chrono_literals;

constexpr int frames = 5000;
constexpr int rounds = 41;
constexpr std::size_t memory = std::size_t{16} << 20;
volatile unsigned sink = 0;  // so that the bytes are looked at

void need(bool done, const char* what) {
    if (!done) throw std::runtime_error(what);
}

double thread_nanoseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

void fill(packet::frame_socket& sender) {
    const auto frame =
        packet::ethernet_header{.destination = zocalo::net::hardware_address::broadcast(),
                                .type = packet::ethertype::experimental_1}
            .build(std::string(200, 'x'));
    for (int i = 0; i < frames; ++i)
        sender.send(frame);
    std::this_thread::sleep_for(50ms);  // until the last block has been handed over
}

template <class Take>
double nanoseconds_for_each(Take take) {
    const double begin = thread_nanoseconds();
    for (int i = 0; i < frames; ++i)
        sink = sink + take();
    return (thread_nanoseconds() - begin) / frames;
}

double round_of(packet::frame_socket& sender, packet::frame_socket receiver) {
    receiver.set_timeout(1s);
    fill(sender);
    return nanoseconds_for_each(
        [&] { return std::to_integer<unsigned>(receiver.recv().data[20]); });
}

packet::frame_socket with_calls() {
    packet::frame_socket receiver("east", {.type = packet::ethertype::experimental_1});
    receiver.base().set(zocalo::net::option::force_receive_buffer{static_cast<int>(memory)});
    return receiver;
}

packet::frame_socket with_ring() {
    return packet::frame_socket(
        "east", {.type = packet::ethertype::experimental_1, .ring = {.size = memory}});
}

double round_of_libpcap(packet::frame_socket& sender) {
    char error[PCAP_ERRBUF_SIZE];
    const std::unique_ptr<pcap_t, void (*)(pcap_t*)> capture(pcap_create("east", error),
                                                             pcap_close);
    need(capture != nullptr, "pcap_create");
    pcap_set_snaplen(capture.get(), 262144);
    pcap_set_timeout(capture.get(), 20);
    pcap_set_buffer_size(capture.get(), static_cast<int>(memory));
    need(pcap_activate(capture.get()) == 0, "pcap_activate");
    fill(sender);
    return nanoseconds_for_each([&] {
        pcap_pkthdr* header = nullptr;
        const unsigned char* data = nullptr;
        while (pcap_next_ex(capture.get(), &header, &data) == 0) {
        }
        return static_cast<unsigned>(data[20]);
    });
}

}  // namespace

int main() try {
    need(::unshare(CLONE_NEWNET) == 0, "a network namespace wants root");
    need(std::system("ip link add west type veth peer name east && for card in west east; do "
                     "echo 1 > /proc/sys/net/ipv6/conf/$card/disable_ipv6; "
                     "ip link set $card up; done; sleep 0.5") == 0,
         "no veth pair");
    packet::frame_socket sender("west", {.type = packet::ethertype::none});
    for (int i = 0; i < rounds; ++i) {
        std::cout << round_of(sender, with_calls()) << ' ' << round_of(sender, with_ring()) << ' '
                  << round_of_libpcap(sender) << std::endl;
    }
} catch (const std::exception& error) {
    std::cerr << "frame_capture: " << error.what() << '\n';
    return 1;
}
