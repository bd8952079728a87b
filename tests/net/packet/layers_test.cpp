// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "bytes_of.hpp"
#include "zocalo/net/packet/arp.hpp"
#include "zocalo/net/packet/ethernet.hpp"
#include "zocalo/net/packet/hexdump.hpp"
#include "zocalo/net/packet/icmp.hpp"
#include "zocalo/net/packet/ipv4.hpp"
#include "zocalo/net/packet/tcp.hpp"
#include "zocalo/net/packet/udp.hpp"
#include "zocalo/net/packet/vlan.hpp"

namespace zocalo::net::packet {
namespace {

using literals::operator""_ip;
using testing::HasSubstr;

const auto from = "192.0.2.1"_ip;
const auto to = "192.0.2.2"_ip;

bytes udp_frame(std::string_view payload) {
    const bytes packet = ipv4_header{.source = from, .destination = to}.build(
        udp_header{6667, 53}.build(payload, from, to));
    return ethernet_header{}.build(packet);
}

TEST(hexdump, shows_sixteen_bytes_a_line) {
    const bytes run = bytes_of("02005e100002 02005e100001 88b5 6869 7f80ff1b");
    EXPECT_EQ(hexdump(run, 16),
              "00000010  02 00 5e 10 00 02 02 00  5e 10 00 01 88 b5 68 69  |..^.....^.....hi|\n"
              "00000020  7f 80 ff 1b                                       |....|\n");
    EXPECT_EQ(hexdump(const_buffer{}), "");
}

TEST(describe, is_one_line) {
    EXPECT_EQ(describe(udp_frame("hello")), "IPv4 192.0.2.1 > 192.0.2.2, UDP 6667 > 53, 5 bytes");
    const bytes segment = tcp_header{.source_port = 48437,
                                     .destination_port = 40674,
                                     .sequence = 1,
                                     .acknowledgement = 2,
                                     .flags = tcp_flag::syn | tcp_flag::ack}
                              .build("x", from, to);
    const ipv4_header header{.protocol = ip_protocol::tcp, .source = from, .destination = to};
    EXPECT_EQ(describe(header.build(segment), link_type::raw_ip),
              "IPv4 192.0.2.1 > 192.0.2.2, TCP 48437 > 40674 SYN,ACK seq 1 ack 2 win 65535, "
              "1 byte");
    const arp_message question{.sender = from, .target = to};
    const ethernet_header tagged{.type = ethertype::vlan};
    EXPECT_EQ(describe(tagged.build(
                  vlan_header{.id = 7, .type = ethertype::arp}.build(question.build()))),
              "VLAN 7, ARP who has 192.0.2.2 tell 192.0.2.1");
    EXPECT_EQ(describe(ethernet_header{.type = ethertype::experimental_1}.build("hi")),
              "00:00:00:00:00:00 > ff:ff:ff:ff:ff:ff 0x88b5, 60 bytes in all");
}

TEST(describe, shows_the_packet_that_an_error_is_about) {
    const bytes lost = ipv4_header{.source = from, .destination = to}.build(
        udp_header{6667, 53}.build("lost", from, to));
    const bytes error =
        icmp_header::unreachable(icmp_unreachable::port).build(const_buffer(lost).first(28));
    const ipv4_header header{.protocol = ip_protocol::icmp, .source = to, .destination = from};
    EXPECT_EQ(describe(header.build(error), link_type::raw_ip),
              "IPv4 192.0.2.2 > 192.0.2.1, ICMP destination unreachable code 3, "
              "IPv4 192.0.2.1 > 192.0.2.2, UDP 6667 > 53, 4 bytes");
}

TEST(describe, says_what_is_malformed) {
    bytes frame = udp_frame("hello");
    frame.resize(30);
    EXPECT_THAT(describe(frame), HasSubstr("malformed: IPv4 header: fixed part at offset 14"));
    EXPECT_EQ(describe(const_buffer{}),
              "malformed: Ethernet header: addresses and type at offset 0: the bytes end before it "
              "does, 0 bytes in all");
}

TEST(layers, have_fields_and_checked_sums) {
    bytes frame = udp_frame("h\x1b[2Ji");
    const auto layers = dissect(frame);
    ASSERT_EQ(layers.size(), 4U);
    EXPECT_EQ(layers[2].name, "UDP");
    EXPECT_EQ(layers[2].offset, 34U);
    EXPECT_THAT(describe_layers(frame), HasSubstr("(right)"));
    EXPECT_THAT(describe_layers(frame), HasSubstr("text: \"h\\x1b[2Ji\""));
    frame[45] ^= std::byte{1};
    EXPECT_THAT(describe_layers(frame), HasSubstr("(wrong)"));
}

TEST(layers, whatever_comes_ends_and_is_printable) {
    std::mt19937 random(4);
    bytes frame = udp_frame("some payload that is long enough to be cut into pieces");
    for (int round = 0; round < 3000; ++round) {
        bytes changed = frame;
        for (int i = 0; i < 4; ++i)
            changed[random() % changed.size()] = static_cast<std::byte>(random() & 0xFF);
        changed.resize(random() % (changed.size() + 1));
        for (const auto type : {link_type::ethernet, link_type::raw_ip, link_type::null,
                                link_type::linux_cooked, link_type::linux_cooked_v2}) {
            for (const char c : describe(changed, type) + describe_layers(changed, type))
                ASSERT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
        }
    }
    // Tags all the way down: the depth is bounded.
    bytes tags = bytes_of("ffffffffffff ffffffffffff 8100");
    for (int i = 0; i < 10000; ++i)
        writer(tags).u32(0x00018100);
    EXPECT_LE(dissect(tags).size(), 25U);
}

}  // namespace
}  // namespace zocalo::net::packet
