// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/ipv4.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bytes_of.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/net/packet/ipv6.hpp"
#include "zocalo/net/packet/option_list.hpp"

namespace zocalo::net::packet {
namespace {

using literals::operator""_ip;

TEST(ipv4, is_read_and_built) {
    // What the Linux kernel sent for one ping to itself.
    const bytes packet =
        bytes_of("45000024 56444000 4001e692 7f000001 7f000001 08009bad 50410001 0001020304050607");
    const auto view = ipv4_view::parse(packet);
    EXPECT_EQ(view.source(), "127.0.0.1"_ip);
    EXPECT_EQ(view.protocol(), ip_protocol::icmp);
    EXPECT_EQ(view.ttl(), 64);
    EXPECT_TRUE(view.dont_fragment());
    EXPECT_FALSE(view.is_fragment());
    EXPECT_TRUE(view.checksum_ok());
    EXPECT_EQ(view.payload().size(), 16U);
    EXPECT_EQ(view.header().build(view.payload()), packet);
    expect_each_truncation_refused<ipv4_view>(packet, packet.size());
}

TEST(ipv4, padding_after_its_length_is_left_out) {
    bytes packet = ipv4_header{}.build("abc");
    packet.resize(46);
    EXPECT_EQ(text_of(ipv4_view::parse(packet).payload()), "abc");
}

TEST(ipv4, a_cut_capture_keeps_its_header) {
    bytes packet = ipv4_header{}.build("abcdef");
    packet.resize(23);
    EXPECT_FALSE(ipv4_view::try_parse(packet));
    const auto view = ipv4_view::try_parse_cut(packet);
    ASSERT_TRUE(view);
    EXPECT_EQ(text_of(view->payload()), "abc");
    EXPECT_EQ(view->payload_length(), 6U);
    packet.resize(19);
    EXPECT_FALSE(ipv4_view::try_parse_cut(packet));
}

TEST(ipv4, every_field_comes_back) {
    ipv4_header header{.dscp = 46,
                       .ecn = 1,
                       .identification = 0xBEEF,
                       .dont_fragment = false,
                       .more_fragments = true,
                       .fragment_offset = 1480,
                       .ttl = 1,
                       .protocol = ip_protocol{200},
                       .source = "192.0.2.1"_ip,
                       .destination = "198.51.100.255"_ip,
                       .options = bytes_of("94 04 00 00")};
    const bytes packet = header.build("payload");
    const auto view = ipv4_view::parse(packet);
    EXPECT_EQ(view.header(), header);
    EXPECT_TRUE(view.checksum_ok());
    EXPECT_TRUE(view.is_fragment());
    const auto options = parse_options(view.options());
    ASSERT_EQ(options.size(), 1U);
    EXPECT_EQ(options[0].kind, 0x94);  // router alert, RFC 2113
    header.options = bytes_of("01 01 01");
    EXPECT_EQ(ipv4_view::parse(header.build("")).header_size(), 24U) << "options are padded";
}

struct broken_case {
    const char* bytes;
    const char* message;
};

class broken_ipv4 : public testing::TestWithParam<broken_case> {};

TEST_P(broken_ipv4, is_refused_with_the_field_and_offset) {
    try {
        (void)ipv4_view::parse(bytes_of(GetParam().bytes), 14);
        FAIL();
    } catch (const protocol_error& e) {
        EXPECT_THAT(e.what(), testing::HasSubstr(GetParam().message));
    }
}

INSTANTIATE_TEST_SUITE_P(
    ipv4, broken_ipv4,
    testing::Values(
        broken_case{"", "IPv4 header: fixed part at offset 14"},
        broken_case{"65000014 00000000 40110000 00000000 00000000", "version at offset 14: not 4"},
        broken_case{"44000014 00000000 40110000 00000000 00000000", "header length at offset 14"},
        broken_case{"46000014 00000000 40110000 00000000 00000000",
                    "total length at offset 16: shorter than the header"},
        broken_case{"4f00003c 00000000 40110000 00000000 00000000",
                    "options at offset 34: the bytes end"},
        broken_case{"45000015 00000000 40110000 00000000 00000000",
                    "payload at offset 34: the bytes end"},
        broken_case{"4500001d 00001fff 40110000 00000000 00000000 000000000000000000",
                    "fragment offset at offset 20"}));

TEST(ipv4, values_that_do_not_fit_are_refused) {
    EXPECT_THROW((void)ipv4_header{.dscp = 64}.build(""), std::invalid_argument);
    EXPECT_THROW((void)ipv4_header{.ecn = 4}.build(""), std::invalid_argument);
    EXPECT_THROW((void)ipv4_header{.fragment_offset = 7}.build(""), std::invalid_argument);
    EXPECT_THROW((void)ipv4_header{.options = bytes(41)}.build(""), std::invalid_argument);
    EXPECT_THROW((void)ipv4_header{.source = "::1"_ip}.build(""), std::invalid_argument);
    EXPECT_THROW((void)ipv4_header{}.build(std::string(65516, 'x')), std::invalid_argument);
    EXPECT_EQ(ipv4_header{}.build(std::string(65515, 'x')).size(), 65535U);
}

TEST(options, malformed_ones_are_refused) {
    EXPECT_EQ(parse_options(bytes_of("01 01 07 03 04 00 ff")).size(), 1U);
    for (const char* area : {"07", "07 00", "07 01", "07 03", "07 ff 00 00"})
        EXPECT_THROW((void)parse_options(bytes_of(area)), protocol_error) << area;
}

TEST(ipv6, is_read_and_built) {
    const bytes packet = bytes_of(
        "6004cb39 00103a40 00000000000000000000000000000001 00000000000000000000000000000001"
        "80002360 50420001 0001020304050607");
    const auto view = ipv6_view::parse(packet);
    EXPECT_EQ(view.source(), "::1"_ip);
    EXPECT_EQ(view.flow_label(), 0x4cb39U);
    EXPECT_EQ(view.upper_protocol(), ip_protocol::icmpv6);
    EXPECT_EQ(view.upper_payload().size(), 16U);
    EXPECT_EQ(view.header().build(view.payload()), packet);
    expect_each_truncation_refused<ipv6_view>(packet, packet.size());
}

TEST(ipv6, walks_the_extension_headers) {
    bytes payload;
    append_extension(payload, ip_protocol::destination_options, bytes_of("05 02 00 00"));
    append_extension(payload, ip_protocol::fragment, bytes(9));
    append_fragment(payload, ip_protocol::udp, {0, true, 77});
    writer(payload).put("data");
    const bytes packet = ipv6_header{.next_header = ip_protocol::hop_by_hop}.build(payload);
    const auto view = ipv6_view::parse(packet);
    ASSERT_EQ(view.extensions().size(), 3U);
    EXPECT_EQ(view.extensions()[0].kind, ip_protocol::hop_by_hop);
    EXPECT_EQ(view.extensions()[1].whole.size(), 16U);
    EXPECT_EQ(view.fragment(), (ipv6_fragment{0, true, 77}));
    EXPECT_EQ(view.upper_protocol(), ip_protocol::udp);
    EXPECT_EQ(text_of(view.upper_payload()), "data");
    expect_each_truncation_refused<ipv6_view>(packet, packet.size());
}

TEST(ipv6, a_later_fragment_is_data) {
    bytes payload;
    append_fragment(payload, ip_protocol::destination_options, {8, false, 1});
    writer(payload).put("\xff\xff");  // would be a header far too long
    const bytes packet = ipv6_header{.next_header = ip_protocol::fragment}.build(payload);
    const auto view = ipv6_view::parse(packet);
    EXPECT_EQ(view.upper_protocol(), ip_protocol::destination_options);
    EXPECT_EQ(view.upper_payload().size(), 2U);
}

TEST(ipv6, endless_and_overlong_chains_are_refused) {
    bytes payload;
    for (int i = 0; i < 8; ++i)
        append_extension(payload, ip_protocol::destination_options, {});
    const ipv6_header header{.next_header = ip_protocol::destination_options};
    bytes longer = payload;
    append_extension(longer, ip_protocol::no_next, {});
    payload[7 * 8] = std::byte{static_cast<std::uint8_t>(ip_protocol::no_next)};
    EXPECT_EQ(ipv6_view::parse(header.build(payload)).extensions().size(), 8U);
    EXPECT_THROW((void)ipv6_view::parse(header.build(longer)), protocol_error);
    EXPECT_THROW((void)ipv6_view::parse(header.build(bytes_of("11 01 00 00 00 00 00 00"))),
                 protocol_error);
    EXPECT_THROW((void)ipv6_view::parse(header.build(bytes_of("11"))), protocol_error);
}

TEST(ipv6, the_authentication_header_counts_in_words_of_four) {
    bytes payload = bytes_of("06 04 0000 00000001 00000001 000000000000000000000000");
    writer(payload).put("tcp");
    const bytes packet = ipv6_header{.next_header = ip_protocol::authentication}.build(payload);
    EXPECT_EQ(text_of(ipv6_view::parse(packet).upper_payload()), "tcp");
}

TEST(ipv6, values_that_do_not_fit_are_refused) {
    EXPECT_THROW((void)ipv6_header{.flow_label = 0x100000}.build(""), std::invalid_argument);
    EXPECT_THROW((void)ipv6_header{.source = "127.0.0.1"_ip}.build(""), std::invalid_argument);
    EXPECT_THROW((void)ipv6_header{}.build(bytes(65536)), std::invalid_argument);
}

}  // namespace
}  // namespace zocalo::net::packet
