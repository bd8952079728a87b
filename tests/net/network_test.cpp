// SPDX-License-Identifier: MIT
#include "zocalo/net/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ranges>
#include <unordered_set>

namespace zocalo::net {
namespace {

using literals::operator""_ip;
using literals::operator""_net;

static_assert("10.0.0.0/8"_net.contains("10.255.0.1"_ip));
static_assert("10.0.0.0/8"_net.last() == "10.255.255.255"_ip);
static_assert("10.0.0.0/255.0.0.0"_net == "10.0.0.0/8"_net);
static_assert("2001:db8::/32"_net.netmask() == "ffff:ffff::"_ip);
static_assert(network::of("192.0.2.77"_ip, 24) == "192.0.2.0/24"_net);
static_assert(*(*"10.0.0.0/8"_net.subnets().begin()).hosts().begin() == "10.0.0.1"_ip);
static_assert("10.0.0.0/24"_net.next() == "10.0.1.0/24"_net);
static_assert(!"255.255.255.0/24"_net.next());
static_assert(std::ranges::forward_range<network>);
static_assert(std::ranges::forward_range<address_range>);
static_assert(std::ranges::forward_range<subnet_range>);

struct text_case {
    std::string_view text;
    std::string_view printed;  // empty: must be refused
};

class network_text : public testing::TestWithParam<text_case> {};

TEST_P(network_text, is_read_or_refused) {
    const auto parsed = network::try_parse(GetParam().text);
    EXPECT_EQ(parsed ? parsed->to_string() : "", GetParam().printed) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    network, network_text,
    testing::Values(
        text_case{"0.0.0.0/0", "0.0.0.0/0"}, text_case{"::/0", "::/0"},
        text_case{"10.0.0.0/8", "10.0.0.0/8"}, text_case{"10.0.0.0/255.0.0.0", "10.0.0.0/8"},
        text_case{"0.0.0.0/0.0.0.0", "0.0.0.0/0"}, text_case{"192.0.2.1", "192.0.2.1/32"},
        text_case{"::1", "::1/128"}, text_case{"2001:db8::/32", "2001:db8::/32"},
        text_case{"10.0.0.1/8", ""}, text_case{"10.0.0.0/33", ""}, text_case{"10.0.0.0/-1", ""},
        text_case{"10.0.0.0/08", ""}, text_case{"10.0.0.0/", ""}, text_case{"10.0.0.0/8/8", ""},
        text_case{"10.0.0.0/0.255.255.255", ""}, text_case{"10.0.0.0/255.0.255.0", ""},
        text_case{"10.0.0.0/ 8", ""}, text_case{"10.0.0.0/+8", ""},
        text_case{"10.0.0.0/4294967304", ""}, text_case{"10/8", ""}, text_case{"::/129", ""},
        text_case{"::1/127", ""}, text_case{"::/ffff::", ""}, text_case{"::/255.0.0.0", ""},
        text_case{"fe80::%1/64", ""}, text_case{"fe80::/64%1", ""}, text_case{"/8", ""},
        text_case{"", ""}));

template <class Call>
std::string refusal(Call call) {
    try {
        call();
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
    return "nothing was thrown";
}

TEST(network, errors_show_the_text_and_the_reason) {
    const auto parse = [](std::string_view text) {
        return refusal([&] { (void)network::parse(text); });
    };
    EXPECT_EQ(parse("10.1.2.3/8"),
              "network 10.1.2.3/8: bits behind the prefix are set; its network is 10.0.0.0/8");
    EXPECT_EQ(parse("x/8\n"), "network \"x/8\\n\": does not begin with an IP address");
    EXPECT_EQ(parse("10.0.0.0/33"),
              "network \"10.0.0.0/33\": the prefix is neither a number of 0 to 32 nor a mask");
    EXPECT_EQ(parse("::/129"), "network \"::/129\": the prefix is not a number of 0 to 128");
    EXPECT_EQ(parse("fe80::%1/64"), "network \"fe80::%1/64\": has a scope");
}

TEST(network, prefixes_out_of_range_are_named) {
    for (const unsigned prefix : {33U, 129U, 1U << 31, UINT32_MAX}) {
        const auto text =
            "network 10.0.0.0/" + std::to_string(prefix) + ": the prefix is out of range";
        EXPECT_EQ(refusal([&] { (void)network("10.0.0.0"_ip, prefix); }), text);
        EXPECT_EQ(refusal([&] { (void)network::of("10.0.0.0"_ip, prefix); }), text);
        EXPECT_EQ(refusal([&] { (void)"10.0.0.0/8"_net.subnets(prefix); }), text);
    }
    EXPECT_NE(refusal([] { (void)"10.0.0.0/8"_net.subnets(7); }), "nothing was thrown");
    EXPECT_NE(refusal([] { (void)"10.0.0.0/8"_net.supernet(9); }), "nothing was thrown");
    EXPECT_NE(refusal([] { (void)"1.1.1.1"_net.subnets(); }), "nothing was thrown");
}

TEST(network, contains_and_overlaps) {
    EXPECT_TRUE("0.0.0.0/0"_net.contains("255.255.255.255"_ip));
    EXPECT_FALSE("0.0.0.0/0"_net.contains("::"_ip));
    EXPECT_FALSE("10.0.0.0/8"_net.contains("::ffff:10.0.0.1"_ip));
    EXPECT_TRUE("fe80::/10"_net.contains("fe80::1"_ip.with_scope(3)));
    EXPECT_TRUE("10.0.0.0/8"_net.contains("10.0.0.0/8"_net));
    EXPECT_FALSE("10.0.0.0/9"_net.contains("10.0.0.0/8"_net));
    EXPECT_TRUE("10.0.0.0/9"_net.overlaps("10.0.0.0/8"_net));
    EXPECT_FALSE("10.0.0.0/9"_net.overlaps("10.128.0.0/9"_net));
    EXPECT_FALSE("0.0.0.0/0"_net.overlaps("::/0"_net));
}

TEST(network, knows_its_hosts_and_size) {
    EXPECT_EQ("192.0.2.0/24"_net.hosts(), address_range("192.0.2.1"_ip, "192.0.2.254"_ip));
    EXPECT_EQ("192.0.2.0/31"_net.hosts(), "192.0.2.0/31"_net.range());
    EXPECT_EQ("192.0.2.9"_net.hosts().size(), 1U);
    EXPECT_EQ("2001:db8::/126"_net.hosts(), address_range("2001:db8::1"_ip, "2001:db8::3"_ip));
    EXPECT_EQ("2001:db8::/127"_net.hosts().size(), 2U);
    EXPECT_EQ("0.0.0.0/0"_net.size(), 1ULL << 32);
    EXPECT_EQ("0.0.0.0/0"_net.range().size(), 1ULL << 32);
    EXPECT_EQ("::/65"_net.size(), 1ULL << 63);
    EXPECT_EQ("::/65"_net.range().size(), 1ULL << 63);
    EXPECT_EQ("::/64"_net.size(), std::nullopt);
    EXPECT_EQ("::/64"_net.range().size(), std::nullopt);
    EXPECT_EQ(address_range("::"_ip, "::ffff:ffff:ffff:fffe"_ip).size(), UINT64_MAX);
    EXPECT_EQ(address_range("::ffff:ffff:ffff:ffff"_ip, "0:0:0:1::"_ip).size(), 2U);
    EXPECT_EQ("::/0"_net.hosts().size(), std::nullopt);
}

TEST(network, is_iterated_to_the_very_last_address) {
    std::vector<address> seen;
    for (const address ip : "255.255.255.252/30"_net)
        seen.push_back(ip);
    EXPECT_THAT(seen, testing::ElementsAre("255.255.255.252"_ip, "255.255.255.253"_ip,
                                           "255.255.255.254"_ip, "255.255.255.255"_ip));
    EXPECT_EQ(std::ranges::distance("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00/120"_net), 256);
}

TEST(network, is_divided_lazily) {
    std::vector<std::string> parts;
    for (const network& part : "255.255.255.0/24"_net.subnets(26))
        parts.push_back(part.to_string());
    EXPECT_THAT(parts, testing::ElementsAre("255.255.255.0/26", "255.255.255.64/26",
                                            "255.255.255.128/26", "255.255.255.192/26"));
    const auto all = "::/0"_net.subnets(128);
    EXPECT_EQ(*std::next(all.begin(), 3), "::3/128"_net);
    EXPECT_EQ("192.0.2.128/25"_net.supernet(), "192.0.2.0/24"_net);
    EXPECT_EQ("0.0.0.0/0"_net.supernet(), "0.0.0.0/0"_net);
}

TEST(network, without_a_hole) {
    EXPECT_THAT("192.0.2.0/28"_net.without("192.0.2.1"_net),
                testing::ElementsAre("192.0.2.0/32"_net, "192.0.2.2/31"_net, "192.0.2.4/30"_net,
                                     "192.0.2.8/29"_net));
    EXPECT_THAT("192.0.2.0/28"_net.without("192.0.2.0/27"_net), testing::IsEmpty());
    EXPECT_THAT("192.0.2.0/28"_net.without("::/0"_net), testing::ElementsAre("192.0.2.0/28"_net));
}

TEST(network, is_ordered_hashed_and_printed) {
    EXPECT_LT("10.0.0.0/8"_net, "10.0.0.0/9"_net);
    EXPECT_LT("255.0.0.0/8"_net, "::/0"_net);
    EXPECT_EQ((std::unordered_set{"10.0.0.0/8"_net, "10.0.0.0/8"_net, "10.0.0.0/9"_net}).size(),
              2U);
    EXPECT_EQ((std::unordered_set{"10.0.0.0/8"_net.range(), "10.0.0.0/8"_net.range()}).size(), 1U);
    EXPECT_EQ(testing::PrintToString("10.0.0.0/8"_net), "10.0.0.0/8");
    EXPECT_EQ("10.0.0.0/8"_net.hostmask(), "0.255.255.255"_ip);
}

TEST(address_range, is_summarised) {
    const address_range range("192.0.2.1"_ip, "192.0.2.6"_ip);
    EXPECT_THAT(range.summarise(), testing::ElementsAre("192.0.2.1/32"_net, "192.0.2.2/31"_net,
                                                        "192.0.2.4/31"_net, "192.0.2.6/32"_net));
    EXPECT_THAT("::/0"_net.range().summarise(), testing::ElementsAre("::/0"_net));
    EXPECT_THAT("0.0.0.0/0"_net.range().summarise(), testing::ElementsAre("0.0.0.0/0"_net));
    const address_range worst("::1"_ip, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"_ip);
    EXPECT_EQ(worst.summarise().size(), 254U);
}

TEST(address_range, is_read_and_refused) {
    EXPECT_EQ(address_range::parse("192.0.2.1-192.0.2.9").to_string(), "192.0.2.1-192.0.2.9");
    EXPECT_EQ(refusal([] { (void)address_range::parse("192.0.2.9-192.0.2.1"); }),
              "address range 192.0.2.9-192.0.2.1: ends before it begins");
    EXPECT_EQ(refusal([] { (void)address_range::parse("192.0.2.9-::1"); }),
              "address range 192.0.2.9-::1: IPv4 and IPv6 do not make a range");
    EXPECT_EQ(refusal([] { (void)address_range::parse("1.1.1.1"); }),
              "address range \"1.1.1.1\": not ADDRESS-ADDRESS");
}

TEST(collapse, makes_as_few_as_possible) {
    const network list[] = {"10.0.1.0/24"_net,   "10.0.0.0/24"_net,       "10.0.2.0/24"_net,
                            "10.0.3.0/25"_net,   "10.0.3.128/25"_net,     "10.0.0.7"_net,
                            "2001:db8::/33"_net, "2001:db8:8000::/33"_net};
    EXPECT_THAT(collapse(list), testing::ElementsAre("10.0.0.0/22"_net, "2001:db8::/32"_net));
    EXPECT_THAT(collapse({}), testing::IsEmpty());
    const network halves[] = {"0.0.0.0/1"_net, "128.0.0.0/1"_net, "::/1"_net, "8000::/1"_net};
    EXPECT_THAT(collapse(halves), testing::ElementsAre("0.0.0.0/0"_net, "::/0"_net));
}

}  // namespace
}  // namespace zocalo::net
