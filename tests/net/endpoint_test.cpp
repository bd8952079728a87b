// SPDX-License-Identifier: MIT
#include "zocalo/net/endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unordered_set>
#include <vector>

namespace zocalo::net {
namespace {

using literals::operator""_ip;
using testing::HasSubstr;

template <class Call>
std::string refusal(Call call) {
    try {
        (void)call();
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
    return "not refused";
}

std::vector<endpoint> one_of_each() {
    return {endpoint{},
            endpoint{"192.0.2.1"_ip, 80},
            endpoint{"fe80::1%3"_ip, 65535, 7},
            endpoint::local("/run/x.sock"),
            endpoint::abstract(std::string_view("a\0b", 3)),
            endpoint::autobind(),
            endpoint{packet_address{.interface = 2,
                                    .ethertype = 0x0800,
                                    .hardware = hardware_address({2, 0, 0x5E, 0x10, 0, 1})}},
            endpoint{netlink_address{.port = 9, .groups = 1}},
            endpoint{vsock_address{.context = 2, .port = 1024}}};
}

TEST(endpoint, prints_on_one_line) {
    std::vector<std::string> printed;
    for (const auto& it : one_of_each())
        printed.push_back(it.to_string());
    EXPECT_THAT(printed, testing::ElementsAre("unnamed", "192.0.2.1:80", "[fe80::1%3]:65535",
                                              "unix:/run/x.sock", "unix:@a\\x00b",
                                              "unix:", "packet:2 0x0800 02:00:5e:10:00:01",
                                              "netlink:9 groups 0x00000001", "vsock:2:1024"));
}

TEST(endpoint, gives_back_its_parts) {
    const endpoint v6{"fe80::1%3"_ip, 443, 0x12345};
    EXPECT_EQ(v6.ip(), "fe80::1%3"_ip);
    EXPECT_EQ(v6.port(), 443);
    EXPECT_EQ(v6.flow_info(), 0x12345U);
    EXPECT_EQ(v6.with_port(1).port(), 1);
    EXPECT_EQ(endpoint::local("/a").path(), "/a");
    EXPECT_EQ(endpoint::abstract("x").path(), "x");
    EXPECT_TRUE(endpoint::abstract("x").is_abstract());
    EXPECT_FALSE(endpoint::local("/a").is_abstract());
    const packet_address packet{.interface = 7,
                                .ethertype = 0x88B5,
                                .hardware = hardware_address::broadcast(),
                                .hardware_type = 1,
                                .packet_type = 4};
    EXPECT_EQ(endpoint{packet}.packet(), packet);
    EXPECT_EQ((endpoint{vsock_address{.context = 3}}.vsock().port), vsock_address::any);
}

TEST(endpoint, asks_for_the_right_family) {
    EXPECT_EQ(refusal([] { return endpoint::local("/a").ip(); }),
              "endpoint unix:/a: has no IP address");
    EXPECT_EQ(refusal([] { return endpoint{}.port(); }), "endpoint unnamed: has no port");
    EXPECT_THAT(refusal([] { return endpoint(address{}, 1).path(); }), HasSubstr("has no path"));
    EXPECT_THAT(refusal([] { return endpoint(address{}, 1).vsock(); }),
                HasSubstr("has no vsock address"));
    EXPECT_THAT(refusal([] { return endpoint(address{}, 1).packet(); }),
                HasSubstr("has no packet address"));
    EXPECT_THAT(refusal([] { return endpoint(address{}, 1).netlink(); }),
                HasSubstr("has no netlink address"));
}

TEST(endpoint, unix_names_have_their_limits) {
    EXPECT_EQ(endpoint::local(std::string(107, 'p')).path().size(), 107U);
    EXPECT_THAT(refusal([] { return endpoint::local(std::string(108, 'p')); }),
                HasSubstr("108 bytes are more than"));
    EXPECT_EQ(refusal([] { return endpoint::local(""); }), "Unix path: is empty");
    EXPECT_THAT(refusal([] { return endpoint::local(std::string_view("a\0b", 3)); }),
                HasSubstr("has a NUL"));
    EXPECT_EQ(endpoint::abstract(std::string(107, 'p')).path().size(), 107U);
    EXPECT_THAT(refusal([] { return endpoint::abstract(std::string(108, 'p')); }),
                HasSubstr("abstract Unix name"));
    EXPECT_THAT(refusal([] { return endpoint::abstract(""); }), HasSubstr("autobind()"));
}

TEST(endpoint, carries_the_bytes_of_any_family) {
    const std::byte tipc[] = {std::byte{30}, std::byte{0}, std::byte{1}, std::byte{0xAB}};
    const auto it = endpoint::raw(tipc);
    EXPECT_EQ(it.family(), family::tipc);
    EXPECT_EQ(it.to_string(), "family 30 0x01ab");
    const std::vector<std::byte> too_long(129);
    EXPECT_THAT(refusal([&] { return endpoint::raw(too_long); }), HasSubstr("129 bytes"));
    EXPECT_THAT(refusal([&] { return endpoint::raw(std::span(too_long).first(1)); }),
                HasSubstr("1 bytes"));
    // A sockaddr that stops in the middle reads as if zeros followed; it is never read past its
    // end.
    EXPECT_EQ(endpoint::raw(std::span(endpoint("1.2.3.4"_ip, 5).data(), 4)).ip(), "0.0.0.0"_ip);
}

TEST(endpoint, text_is_read_back) {
    for (const auto& it :
         {endpoint{"192.0.2.1"_ip, 80}, endpoint{"2001:db8::1"_ip, 0}, endpoint::local("/run/x"),
          endpoint::abstract("name"), endpoint{vsock_address{}}}) {
        EXPECT_EQ(endpoint::parse(it.to_string()), it) << it;
    }
}

TEST(endpoint, bad_text_is_refused_with_a_reason) {
    EXPECT_THAT(refusal([] { return endpoint::parse("127.0.0.1"); }), HasSubstr("has no port"));
    EXPECT_THAT(refusal([] { return endpoint::parse("127.0.0.1:65536"); }),
                HasSubstr("\"65536\" is not a port"));
    EXPECT_THAT(refusal([] { return endpoint::parse("::1:80"); }), HasSubstr("brackets"));
    EXPECT_THAT(refusal([] { return endpoint::parse("[127.0.0.1]:80"); }), HasSubstr("brackets"));
    EXPECT_THAT(refusal([] { return endpoint::parse("localhost:80"); }),
                HasSubstr("\"localhost\" is not an IP"));
    EXPECT_THAT(refusal([] { return endpoint::parse("vsock:1"); }), HasSubstr("CONTEXT:PORT"));
    EXPECT_THAT(refusal([] { return endpoint::parse("unix:"); }), HasSubstr("is empty"));
}

TEST(endpoint, is_equal_ordered_and_hashed_by_its_bytes) {
    const auto all = one_of_each();
    EXPECT_EQ(std::unordered_set<endpoint>(all.begin(), all.end()).size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < all.size(); ++j) {
            EXPECT_EQ(all[i] == all[j], i == j);
            EXPECT_EQ((all[i] <=> all[j]) == 0, i == j);
        }
    }
}

}  // namespace
}  // namespace zocalo::net
