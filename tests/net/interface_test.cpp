// SPDX-License-Identifier: MIT
#include "zocalo/net/interface.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>

#include "support/cannot_run.hpp"
#include "support/network_namespace.hpp"
#include "zocalo/core/error.hpp"

namespace zocalo::net {
namespace {

using literals::operator""_ip;
using literals::operator""_net;

const interface& find(const std::vector<interface>& all, std::string_view name) {
    for (const auto& one : all) {
        if (one.name == name) return one;
    }
    throw std::runtime_error("no interface " + std::string(name));
}

TEST(interfaces, lists_loopback) {
    const auto all = interfaces();
    const auto& lo = find(all, "lo");
    EXPECT_EQ(lo.index, 1U);
    EXPECT_TRUE(has(lo.flags, interface_flag::loopback | interface_flag::up));
    EXPECT_EQ(lo.hardware_type, 772);
    EXPECT_GE(lo.mtu, 1280U);
    ASSERT_FALSE(lo.addresses.empty());
    EXPECT_EQ(lo.addresses[0].ip, "127.0.0.1"_ip);
    EXPECT_EQ(lo.addresses[0].network(), "127.0.0.0/8"_net);
    EXPECT_EQ(lo.addresses[0].scope, address_scope::host);
}

TEST(interfaces, lists_what_was_set_up) {
    const char* commands =
        "ip link add left type veth peer name right && "
        "ip link set left address 02:00:5e:10:00:01 mtu 1400 up && ip link set right up && "
        "ip addr add 192.0.2.5/24 broadcast 192.0.2.255 dev left && "
        "ip addr add 192.0.2.9 peer 198.51.100.1/32 dev right && "
        "ip addr add 2001:db8::5/64 dev left nodad && "
        "ip addr add fe80::5/64 dev left nodad";
    const test::network_namespace own;
    if (!own.is_ready()) ZOCALO_CANNOT_RUN("no network namespaces");
    ASSERT_TRUE(own.run(commands));
    const auto all = interfaces();
    const auto& left = find(all, "left");
    EXPECT_EQ(left.mtu, 1400U);
    EXPECT_EQ(left.hardware, hardware_address::parse("02:00:5e:10:00:01"));
    EXPECT_EQ(left.state, link_state::up);
    EXPECT_EQ(left.hardware_type, 1);
    EXPECT_TRUE(has(left.flags, interface_flag::up | interface_flag::broadcast |
                                    interface_flag::multicast | interface_flag::lower_up));
    std::vector<std::string> seen;
    for (const auto& one : left.addresses) {
        if (one.ip == "192.0.2.5"_ip) {
            EXPECT_EQ(one.broadcast, "192.0.2.255"_ip);
        }
        EXPECT_EQ(one.scope,
                  one.ip.is_link_local() ? address_scope::link : address_scope::universe);
        seen.push_back(one.ip.to_string() + '/' + std::to_string(one.prefix));
    }
    EXPECT_THAT(seen,
                testing::IsSupersetOf({std::string("192.0.2.5/24"), std::string("2001:db8::5/64"),
                                       "fe80::5%" + std::to_string(left.index) + "/64"}));
    const auto& right = find(all, "right");
    ASSERT_FALSE(right.addresses.empty());
    EXPECT_EQ(right.addresses[0].ip, "192.0.2.9"_ip);
    EXPECT_EQ(right.addresses[0].peer, "198.51.100.1"_ip);
    EXPECT_EQ(if_nametoindex("left"), left.index);
}

TEST(interfaces, lists_more_than_one_answer_holds) {
    const char* commands =
        "i=0; while [ $i -lt 60 ]; do echo link add a$i type veth peer name b$i; i=$((i+1)); done"
        " | ip -batch -";
    const test::network_namespace own;
    if (!own.is_ready()) ZOCALO_CANNOT_RUN("no network namespaces");
    ASSERT_TRUE(own.run(commands));
    const auto all = interfaces();
    EXPECT_EQ(if_nameindex().size(), all.size());
    for (int i = 0; i < 60; ++i) {
        EXPECT_EQ(find(all, "a" + std::to_string(i)).state, link_state::down);
        EXPECT_EQ(find(all, "b" + std::to_string(i)).state, link_state::down);
    }
}

TEST(interfaces, are_named_both_ways) {
    EXPECT_EQ(if_nametoindex("lo"), 1U);
    EXPECT_EQ(if_indextoname(1), "lo");
    EXPECT_THAT(if_nameindex(), testing::Contains(testing::Field(&interface_name::name, "lo")));
    for (const std::uint32_t index : {0U, 1U << 31, UINT32_MAX}) {
        try {
            (void)if_indextoname(index);
            FAIL() << index;
        } catch (const std::system_error& e) {
            EXPECT_EQ(e.code(), std::errc::no_such_device);
            EXPECT_THAT(e.what(), testing::HasSubstr(std::to_string(index)));
        }
    }
    EXPECT_THROW((void)if_nametoindex("a name that is too long for an interface"),
                 std::system_error);
    EXPECT_THROW((void)if_nametoindex(""), std::system_error);
}

TEST(interfaces, print_their_parts) {
    EXPECT_EQ(to_string(link_state::up), "up");
    EXPECT_EQ(to_string(static_cast<link_state>(99)), "99");
    EXPECT_EQ(to_string(address_scope::universe), "global");
    EXPECT_EQ(to_string(static_cast<address_scope>(1)), "1");
    EXPECT_THAT(names_of(interface_flag::up | interface_flag::multicast),
                testing::ElementsAre("up", "multicast"));
}

// --- What the kernel would never send

/// A netlink message in the making.
class message {
 public:
    explicit message(std::uint16_t type) {
        put(nlmsghdr{
            .nlmsg_len = 0, .nlmsg_type = type, .nlmsg_flags = 0, .nlmsg_seq = 1, .nlmsg_pid = 0});
    }
    template <class Struct>
    message& put(const Struct& value) {
        const auto* from = reinterpret_cast<const char*>(&value);
        bytes_.append(from, sizeof value);
        return *this;
    }
    message& attribute(std::uint16_t type, std::string payload, int lie = 0) {
        const auto size = static_cast<std::uint16_t>(sizeof(rtattr) + payload.size());
        put(rtattr{.rta_len = static_cast<std::uint16_t>(size + lie), .rta_type = type});
        bytes_ += payload;
        bytes_.resize((bytes_.size() + 3) & ~std::size_t{3});
        return *this;
    }
    [[nodiscard]] std::string bytes(int lie = 0) const {
        std::string all = bytes_;
        const auto size = static_cast<std::uint32_t>(static_cast<int>(all.size()) + lie);
        std::memcpy(all.data(), &size, sizeof size);
        return all;
    }

 private:
    std::string bytes_;
};

message link(int index = 7) {
    ifinfomsg fixed{};
    fixed.ifi_index = index;
    return message(RTM_NEWLINK).put(fixed);
}
message inet_address(std::uint8_t prefix = 24) {
    ifaddrmsg fixed{};
    fixed.ifa_family = AF_INET;
    fixed.ifa_prefixlen = prefix;
    fixed.ifa_index = 7;
    return message(RTM_NEWADDR).put(fixed);
}

std::string refusal(const std::string& links, const std::string& addresses) {
    try {
        (void)detail::read_interfaces(links, addresses);
    } catch (const protocol_error& e) {
        return e.what();
    }
    return "nothing was thrown";
}

TEST(netlink, well_formed_answers_are_read) {
    const auto all = detail::read_interfaces(
        link().attribute(IFLA_IFNAME, std::string("eth7\0", 5)).bytes(),
        inet_address().attribute(IFA_LOCAL, std::string("\xC0\x00\x02\x01", 4)).bytes());
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].name, "eth7");
    ASSERT_EQ(all[0].addresses.size(), 1U);
}

TEST(netlink, malformed_answers_are_named) {
    const std::string good = link().bytes();
    for (std::size_t size = 1; size < good.size(); ++size)
        EXPECT_THAT(refusal(good.substr(0, size), ""), testing::StartsWith("netlink: ")) << size;
    EXPECT_EQ(refusal(link().bytes(-20), ""), "netlink: a message says that it has 12 bytes of 32");
    EXPECT_EQ(refusal(link().bytes(1), ""), "netlink: a message says that it has 33 bytes of 32");
    EXPECT_EQ(refusal(link().attribute(IFLA_IFNAME, "abc", 2).bytes(), ""),
              "netlink: an attribute says that it has 9 bytes of 8");
    EXPECT_EQ(refusal(link().attribute(IFLA_IFNAME, "abcd", -5).bytes(), ""),
              "netlink: an attribute says that it has 3 bytes of 8");
    EXPECT_EQ(refusal(link().attribute(IFLA_MTU, "ab").bytes(), ""),
              "netlink: attribute 4 has 2 bytes instead of 4");
    EXPECT_EQ(refusal("", inet_address(33).attribute(IFA_LOCAL, "abcd").bytes()),
              "netlink: a prefix of 33");
    EXPECT_EQ(refusal("", inet_address().bytes()),
              "netlink: an address message without an address");
    EXPECT_EQ(refusal("", inet_address().attribute(IFA_LOCAL, std::string(16, 'x')).bytes()),
              "netlink: attribute 2 has 16 bytes instead of 4");
}

}  // namespace
}  // namespace zocalo::net
