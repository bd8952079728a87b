// SPDX-License-Identifier: MIT
#include "zocalo/net/address.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

namespace zocalo::net {
namespace {

using literals::operator""_ip;

static_assert("127.0.0.1"_ip == address::loopback_v4());
static_assert("::1"_ip == address::loopback_v6());
static_assert(address(2130706433U) == "127.0.0.1"_ip);
static_assert("::ffff:192.0.2.1"_ip.unmapped() == "192.0.2.1"_ip);

struct text_case {
    std::string_view text;
    std::string_view printed;  // empty: must be refused
};

class strict_text : public testing::TestWithParam<text_case> {};

TEST_P(strict_text, is_read_or_refused) {
    const auto parsed = address::try_parse(GetParam().text);
    EXPECT_EQ(parsed ? parsed->to_string() : "", GetParam().printed) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    address, strict_text,
    testing::Values(
        text_case{"0.0.0.0", "0.0.0.0"}, text_case{"255.255.255.255", "255.255.255.255"},
        text_case{"256.0.0.1", ""}, text_case{"1.2.3", ""}, text_case{"1.2.3.4.5", ""},
        text_case{"01.2.3.4", ""}, text_case{"1.2.3.4 ", ""}, text_case{"1.2.3.", ""},
        text_case{"0x7f.0.0.1", ""}, text_case{"127.1", ""}, text_case{"2130706433", ""},
        text_case{"+1.2.3.4", ""}, text_case{"", ""}, text_case{"::", "::"},
        text_case{"::1", "::1"}, text_case{"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        text_case{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        text_case{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        text_case{"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"}, text_case{"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
        text_case{"::1.2.3.4", "::102:304"}, text_case{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        text_case{"1:2:3:4:5:6:7:8::", ""}, text_case{"1::2::3", ""}, text_case{":1", ""},
        text_case{"1:", ""}, text_case{":::", ""}, text_case{"12345::", ""},
        text_case{"1:2:3:4:5:6:7:1.2.3.4", ""}, text_case{"1.2.3.4::", ""}, text_case{"::1%", ""},
        text_case{"fe80::1%7", "fe80::1%7"}, text_case{"fe80::1%no-such-if", ""},
        text_case{"fe80::1%lo", "fe80::1%1"}));

TEST(address, liberal_text_is_what_inet_aton_reads) {
    EXPECT_EQ(address::parse_liberal("127.1"), address::loopback_v4());
    EXPECT_EQ(address::parse_liberal("0x7f.1"), address::loopback_v4());
    EXPECT_EQ(address::parse_liberal("0177.0.0.01"), address::loopback_v4());
    EXPECT_EQ(address::parse_liberal("2130706433"), address::loopback_v4());
    EXPECT_EQ(address::parse_liberal("1.2.65535"), address::v4(1, 2, 255, 255));
    for (const auto* text :
         {"4294967296", "1.2.65536", "256.1", "1.2.3.4.5", "08", "0x", "1..2", "x", ""}) {
        EXPECT_FALSE(address::try_parse_liberal(text)) << text;
    }
}

TEST(address, errors_show_the_text) {
    try {
        (void)address::parse("010.0.0.1\n");
        FAIL();
    } catch (const std::invalid_argument& e) {
        EXPECT_STREQ(
            e.what(),
            "address \"010.0.0.1\\n\": not four decimal numbers of 0 to 255 without leading zeros");
    }
}

TEST(address, is_ordered_and_hashed) {
    EXPECT_LT("1.2.3.4"_ip, "1.2.3.5"_ip);
    EXPECT_LT("255.255.255.255"_ip, "::"_ip);
    EXPECT_EQ((std::unordered_set<address>{"1.2.3.4"_ip, "1.2.3.4"_ip, "::1"_ip}).size(), 2U);
}

TEST(address, knows_its_kind) {
    EXPECT_TRUE("127.9.9.9"_ip.is_loopback());
    EXPECT_TRUE("::ffff:127.0.0.1"_ip.is_loopback());
    EXPECT_TRUE("224.0.0.1"_ip.is_multicast());
    EXPECT_TRUE("fe80::1"_ip.is_link_local());
    for (const auto ip : {"10.1.2.3"_ip, "172.31.0.1"_ip, "192.168.9.9"_ip, "100.64.0.1"_ip,
                          "fd00::1"_ip, "2001:db8::1"_ip, "::ffff:10.0.0.1"_ip, "192.0.0.1"_ip,
                          "0.0.0.0"_ip, "169.254.169.254"_ip, "64:ff9b::10.0.0.1"_ip,
                          "64:ff9b:1::808:808"_ip, "::127.0.0.1"_ip, "::1"_ip, "::"_ip}) {
        EXPECT_TRUE(ip.is_private()) << ip;
        EXPECT_FALSE(ip.is_global()) << ip;
    }
    for (const auto ip : {"8.8.8.8"_ip, "172.32.0.1"_ip, "192.0.0.9"_ip, "2600::1"_ip,
                          "2001:4:112::1"_ip, "64:ff9b::8.8.8.8"_ip}) {
        EXPECT_FALSE(ip.is_private()) << ip;
        EXPECT_TRUE(ip.is_global()) << ip;
    }
}

TEST(address, prints_long_and_reverse_forms) {
    EXPECT_EQ("2001:db8::1"_ip.exploded(), "2001:0db8:0000:0000:0000:0000:0000:0001");
    EXPECT_EQ("192.0.2.1"_ip.reverse_pointer(), "1.2.0.192.in-addr.arpa");
    EXPECT_EQ("2001:db8::1"_ip.reverse_pointer(),
              "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

}  // namespace
}  // namespace zocalo::net
