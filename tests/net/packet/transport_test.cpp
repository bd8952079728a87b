// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/tcp.hpp"

#include <gtest/gtest.h>

#include <random>

#include "bytes_of.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/net/packet/icmp.hpp"
#include "zocalo/net/packet/icmpv6.hpp"
#include "zocalo/net/packet/udp.hpp"

namespace zocalo::net::packet {
namespace {

using literals::operator""_ip;

const auto here = "192.0.2.1"_ip;
const auto there = "192.0.2.2"_ip;
const auto here6 = "2001:db8::1"_ip;
const auto there6 = "2001:db8::2"_ip;

TEST(icmp, is_read_and_built) {
    // A ping's question as the Linux kernel sent it.
    const bytes message = bytes_of("08009bad 50410001 0001020304050607");
    const auto view = icmp_view::parse(message);
    EXPECT_EQ(view.type(), icmp_type::echo_request);
    EXPECT_EQ(view.identifier(), 0x5041);
    EXPECT_EQ(view.sequence(), 1);
    EXPECT_TRUE(view.checksum_ok());
    EXPECT_EQ(icmp_header::echo_request(0x5041, 1).build(view.payload()), message);
    EXPECT_EQ(icmp_header::echo_reply(0x5041, 1).build(view.payload()),
              bytes_of("0000a3ad 50410001 0001020304050607"));
    expect_each_truncation_refused<icmp_view>(message, 8);
}

TEST(icmp, errors_say_why) {
    const auto built = icmp_header::unreachable(icmp_unreachable::fragmentation_needed, 1400);
    const bytes message = built.build("the packet");
    const auto view = icmp_view::parse(message);
    EXPECT_TRUE(view.is_error());
    EXPECT_FALSE(view.is_echo());
    EXPECT_EQ(view.mtu(), 1400);
    EXPECT_EQ(view.header(), built);
    EXPECT_EQ(to_string(view.type()), "destination unreachable");
    EXPECT_EQ(to_string(icmp_type{99}), "type 99");
}

TEST(icmpv6, is_read_and_built) {
    const bytes message = bytes_of("80002360 50420001 0001020304050607");
    const auto view = icmpv6_view::parse(message);
    EXPECT_TRUE(view.is_echo());
    EXPECT_TRUE(view.checksum_ok("::1"_ip, "::1"_ip));
    EXPECT_FALSE(view.checksum_ok("::1"_ip, "::2"_ip));
    EXPECT_EQ(icmpv6_header::echo_request(0x5042, 1).build(view.payload(), "::1"_ip, "::1"_ip),
              message);
    EXPECT_EQ(
        icmpv6_view::parse(icmpv6_header::packet_too_big(1280).build("x", here6, there6)).mtu(),
        1280U);
    expect_each_truncation_refused<icmpv6_view>(message, 8);
}

TEST(icmpv6, neighbours_are_asked_and_answered) {
    const auto card = hardware_address::parse("02:00:5e:10:00:01");
    const neighbour_message question{.target = there6, .hardware = card};
    const auto group = solicited_node_group(there6);
    EXPECT_EQ(group, "ff02::1:ff00:2"_ip);
    EXPECT_EQ(group_hardware_address(group).to_string(), "33:33:ff:00:00:02");
    EXPECT_EQ(group_hardware_address("239.129.2.3"_ip).to_string(), "01:00:5e:01:02:03");
    const bytes message = question.build(here6, group);
    EXPECT_EQ(message.size(), 32U);
    const auto view = icmpv6_view::parse(message);
    EXPECT_TRUE(view.checksum_ok(here6, group));
    EXPECT_EQ(view.neighbour(), question);

    const neighbour_message answer{.advertisement = true,
                                   .router = true,
                                   .solicited = true,
                                   .override_cache = true,
                                   .target = there6,
                                   .hardware = card};
    EXPECT_EQ(icmpv6_view::parse(answer.build(there6, here6)).neighbour(), answer);
    const auto short_one = icmpv6_header{.type = icmpv6_type::neighbour_solicitation};
    EXPECT_FALSE(icmpv6_view::parse(short_one.build("x", here6, there6)).neighbour());
    const bytes no_length = bytes(18);
    EXPECT_FALSE(icmpv6_view::parse(short_one.build(no_length, here6, there6)).neighbour());
}

TEST(udp, is_read_and_built) {
    const bytes datagram = bytes_of("1a0bc35000197243476f7420796f7572206d65737361676521");
    const auto view = udp_view::parse(datagram);
    EXPECT_EQ(view.source_port(), 6667);
    EXPECT_EQ(view.destination_port(), 50000);
    EXPECT_EQ(text_of(view.payload()), "Got your message!");
    EXPECT_TRUE(view.checksum_ok(here, there));
    EXPECT_FALSE(view.checksum_ok(here, here6));
    EXPECT_EQ(view.header().build(view.payload(), here, there), datagram);
    EXPECT_EQ(view.header().build(view.payload(), here6, there6),
              bytes_of("1a0bc35000199ad2476f7420796f7572206d65737361676521"));
    expect_each_truncation_refused<udp_view>(datagram, datagram.size());
    EXPECT_THROW((void)udp_view::parse(bytes_of("0001000200070000")), protocol_error);
    EXPECT_THROW((void)udp_header{}.build(bytes(65528), here, there), std::invalid_argument);
}

TEST(udp, a_checksum_of_zero_is_none_over_ipv4) {
    const bytes datagram = bytes_of("0001000200080000");
    const auto view = udp_view::parse(datagram);
    EXPECT_TRUE(view.checksum_ok(here, there));
    EXPECT_FALSE(view.checksum_ok(here6, there6));
}

TEST(udp, a_sum_of_zero_is_never_sent_as_none) {
    // Some two bytes make the sum come out as zero; they must go out as ffff.
    for (unsigned n = 0; n <= 0xFFFF; ++n) {
        bytes payload;
        writer(payload).u16(static_cast<std::uint16_t>(n));
        const bytes datagram = udp_header{1, 2}.build(payload, here, there);
        const auto view = udp_view::parse(datagram);
        ASSERT_NE(view.checksum(), 0);
        ASSERT_TRUE(view.checksum_ok(here, there));
    }
}

TEST(tcp, is_read_and_built) {
    const bytes segment = bytes_of(
        "bd359ee2 11223344 00000000 a002faf0 24870000 020405b4 0402 080a0102030400000000 01030307");
    const auto view = tcp_view::parse(segment);
    EXPECT_EQ(view.source_port(), 48437);
    EXPECT_EQ(view.destination_port(), 40674);
    EXPECT_EQ(view.sequence(), 0x11223344U);
    EXPECT_EQ(view.flags(), tcp_flag::syn);
    EXPECT_EQ(view.window(), 64240);
    EXPECT_TRUE(view.checksum_ok(here, there));
    EXPECT_FALSE(view.checksum_ok(here, here));
    EXPECT_EQ(view.header().build(view.payload(), here, there), segment);
    const auto options = tcp_options::parse(view.options());
    EXPECT_EQ(options.maximum_segment, 1460);
    EXPECT_EQ(options.window_scale, 7);
    EXPECT_TRUE(options.sack_permitted);
    EXPECT_EQ(options.timestamps->first, 0x01020304U);
    EXPECT_EQ(tcp_options::parse(options.build()), options);
    expect_each_truncation_refused<tcp_view>(segment, segment.size());
}

TEST(tcp, flags_have_names) {
    EXPECT_EQ(to_string(tcp_flag::syn | tcp_flag::ack), "SYN,ACK");
    EXPECT_EQ(to_string(tcp_flag::none), "none");
}

TEST(tcp, options_of_a_wrong_length_are_refused) {
    for (const char* area : {"0203ff", "0304ffff", "040301", "0503ff", "080301"})
        EXPECT_THROW((void)tcp_options::parse(bytes_of(area)), protocol_error) << area;
    EXPECT_EQ(tcp_options::parse(bytes_of("fd04abcd")), tcp_options{}) << "unknown ones are left";
    EXPECT_THROW((void)tcp_view::parse(bytes(20)), protocol_error) << "a data offset of zero";
    EXPECT_THROW((void)tcp_header{.options = bytes(41)}.build("", here, there),
                 std::invalid_argument);
}

TEST(transport, what_was_built_is_read_back) {
    std::mt19937 random(3);
    const auto u16 = [&] { return static_cast<std::uint16_t>(random() & 0xFFFF); };
    for (int round = 0; round < 300; ++round) {
        bytes payload(random() % 40);
        for (auto& byte : payload)
            byte = static_cast<std::byte>(random() & 0xFF);
        tcp_options options{.maximum_segment = u16(), .sack = {{u16(), u16()}, {u16(), u16()}}};
        const tcp_header header{.source_port = u16(),
                                .destination_port = u16(),
                                .sequence = static_cast<std::uint32_t>(random()),
                                .acknowledgement = static_cast<std::uint32_t>(random()),
                                .flags = tcp_flag{static_cast<std::uint16_t>(random() & 0x1FF)},
                                .window = u16(),
                                .urgent = u16(),
                                .options = options.build()};
        const bytes segment = header.build(payload, here6, there6);
        const auto view = tcp_view::parse(segment);
        ASSERT_EQ(view.header(), header);
        ASSERT_EQ(tcp_options::parse(view.options()), options);
        ASSERT_TRUE(view.checksum_ok(here6, there6));
        ASSERT_EQ(bytes(view.payload().begin(), view.payload().end()), payload);
    }
}

}  // namespace
}  // namespace zocalo::net::packet
