// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/ethernet.hpp"

#include <gtest/gtest.h>

#include "bytes_of.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/net/packet/arp.hpp"
#include "zocalo/net/packet/vlan.hpp"

namespace zocalo::net::packet {
namespace {

const auto here = hardware_address::parse("02:00:5e:10:00:01");
const auto there = hardware_address::parse("02:00:5e:10:00:02");

TEST(ethernet, is_read_and_built) {
    const bytes frame = bytes_of("02005e100002 02005e100001 88b5 6869");
    const auto view = ethernet_view::parse(frame);
    EXPECT_EQ(view.destination(), there);
    EXPECT_EQ(view.source(), here);
    EXPECT_EQ(view.type(), ethertype::experimental_1);
    EXPECT_EQ(text_of(view.payload()), "hi");
    bytes again;
    view.header().append_to(again, view.payload());
    EXPECT_EQ(again, frame);
    expect_each_truncation_refused<ethernet_view>(frame, 14);
}

TEST(ethernet, short_frames_are_padded) {
    const bytes frame = ethernet_header{there, here, ethertype::experimental_1}.build("hi");
    EXPECT_EQ(frame.size(), 60U);
    EXPECT_EQ(ethernet_header{}.build(std::string(100, 'x')).size(), 114U);
}

TEST(ethernet, a_length_in_place_of_the_type_ends_the_payload) {
    const bytes frame = ethernet_header{there, here, ethertype::ieee_802_3}.build("hello");
    const auto view = ethernet_view::parse(frame);
    EXPECT_TRUE(view.has_length());
    EXPECT_EQ(view.type_or_length(), 5);
    EXPECT_EQ(text_of(view.payload()), "hello");
    EXPECT_EQ(view.padding().size(), 60 - 14 - 5U);
    expect_each_truncation_refused<ethernet_view>(frame, 14 + 5);
    EXPECT_THROW(
        (void)(ethernet_header{.type = ethertype::ieee_802_3}.build(std::string(1501, 'x'))),
        std::invalid_argument);
    EXPECT_EQ((ethernet_header{.type = ethertype::ieee_802_3}.build(std::string(1500, 'x'))).size(),
              1514U);
}

TEST(ethernet, errors_name_header_field_and_offset) {
    try {
        (void)ethernet_view::parse(bytes_of("02005e100002 02005e100001 05dd"));
        FAIL();
    } catch (const protocol_error& e) {
        EXPECT_STREQ(e.what(),
                     "Ethernet header: type at offset 12: neither a length (up to 1500) nor a type "
                     "(from 1536)");
    }
}

TEST(vlan, two_tags_make_qinq) {
    const vlan_header inner{.priority = 3, .drop_eligible = true, .id = 7, .type = ethertype::arp};
    const vlan_header outer{.id = 4094, .type = ethertype::vlan};
    const bytes frame = ethernet_header{there, here, ethertype::service_vlan}.build(
        outer.build(inner.build("payload")));
    const auto first = vlan_view::parse(ethernet_view::parse(frame).payload(), 14);
    EXPECT_EQ(first.header(), outer);
    const auto second = vlan_view::parse(first.payload(), 18);
    EXPECT_EQ(second.header(), inner);
    EXPECT_EQ(text_of(second.payload()).substr(0, 7), "payload");
    expect_each_truncation_refused<vlan_view>(inner.build("x"), 4);
    EXPECT_EQ(inner.build(const_buffer{}), bytes_of("7007 0806"));
}

TEST(vlan, values_that_do_not_fit_are_refused) {
    EXPECT_THROW((void)vlan_header{.priority = 8}.build("x"), std::invalid_argument);
    EXPECT_THROW((void)vlan_header{.id = 4096}.build("x"), std::invalid_argument);
}

TEST(arp, is_read_and_built) {
    const bytes message = bytes_of(
        "0001 0800 06 04 0002 02005e100001 c0000201"
        "02005e100002 c0000202");
    const auto view = arp_view::parse(message);
    const arp_message expected{arp_operation::reply, here, address::v4(192, 0, 2, 1), there,
                               address::v4(192, 0, 2, 2)};
    EXPECT_EQ(view.message(), expected);
    EXPECT_EQ(expected.build(), message);
    expect_each_truncation_refused<arp_view>(message, 28);
    EXPECT_THROW((void)arp_message{.target = address::loopback_v6()}.build(),
                 std::invalid_argument);
}

TEST(arp, other_address_kinds_are_read_by_their_lengths) {
    const bytes message = bytes_of("0006 1234 02 03 0001 aabb 010203 ccdd 040506");
    const auto view = arp_view::parse(message);
    EXPECT_FALSE(view.message());
    EXPECT_EQ(bytes(view.target().begin(), view.target().end()), bytes_of("040506"));
    expect_each_truncation_refused<arp_view>(message, message.size());
}

}  // namespace
}  // namespace zocalo::net::packet
