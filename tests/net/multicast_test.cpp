// SPDX-License-Identifier: MIT
#include "zocalo/net/multicast.hpp"

#include <gtest/gtest.h>

#include "support/cannot_run.hpp"
#include "support/network_namespace.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t our_interface = 7;

struct group_of {
    address group;
    address any;
    address source;
};
const group_of v4{address::v4(239, 255, 40, 67), address::any_v4(), address::v4(192, 0, 2, 1)};
const group_of v6{address::parse("ff05::4067"), address::any_v6(), address::parse("2001:db8::1")};

class multicast : public testing::TestWithParam<group_of> {
 protected:
    void SetUp() override {
        // Loopback carries no multicast of IPv6: a pair of Ethernet interfaces does.
        if (!network.is_ready() || !network.run("ip link add near index 7 type veth peer name far "
                                                "&& ip link set near up && ip link set far up && "
                                                "ip address add 192.0.2.1/24 dev near && "
                                                "ip address add 2001:db8::1/64 dev near nodad")) {
            ZOCALO_CANNOT_RUN("no network namespace of its own");
        }
        ASSERT_TRUE(network.wait_for_carrier("near"));
        receiver = socket(GetParam().group.family(), type::datagram);
        sender = socket(GetParam().group.family(), type::datagram);
        receiver.set_timeout(2s);
        receiver.bind(endpoint(GetParam().any, 0));
        sender.bind(endpoint(GetParam().source, 0));
        net::multicast::set_interface(sender, our_interface);
    }
    void send(const_buffer data) {
        sender.send_to(data, endpoint(GetParam().group, receiver.local_endpoint().port()));
    }
    [[nodiscard]] bool is_silent() {
        receiver.set_timeout(30ms);
        std::byte byte[1];
        const bool silent = receiver.try_recv(byte).error == std::errc::timed_out;
        receiver.set_timeout(2s);
        return silent;
    }

    test::network_namespace network;
    socket receiver;
    socket sender;
};

TEST_P(multicast, members_receive_and_others_do_not) {
    net::multicast::join(receiver, GetParam().group, our_interface);
    send("hello");
    EXPECT_EQ(receiver.recv(100), "hello");
    net::multicast::leave(receiver, GetParam().group, our_interface);
    send("anybody?");
    EXPECT_TRUE(is_silent());
}

TEST_P(multicast, one_source_can_be_wanted_and_blocked) {
    const auto& [group, any, source] = GetParam();
    net::multicast::join(receiver, group, source, our_interface);
    send("from the source");
    EXPECT_EQ(receiver.recv(100), "from the source");
    net::multicast::leave(receiver, group, source, our_interface);

    net::multicast::join(receiver, group, our_interface);
    net::multicast::block(receiver, group, source, our_interface);
    send("blocked");
    EXPECT_TRUE(is_silent());
    net::multicast::unblock(receiver, group, source, our_interface);
    send("again");
    EXPECT_EQ(receiver.recv(100), "again");
}

TEST_P(multicast, hops_and_loop_are_read_back) {
    net::multicast::set_hops(sender, 255);
    EXPECT_EQ(net::multicast::get_hops(sender), 255);
    EXPECT_THROW(net::multicast::set_hops(sender, 256), std::invalid_argument);
    EXPECT_THROW(net::multicast::set_hops(sender, -1), std::invalid_argument);
    EXPECT_TRUE(net::multicast::get_loop(sender));
    net::multicast::set_loop(sender, false);
    EXPECT_FALSE(net::multicast::get_loop(sender));
    net::multicast::set_all(receiver, false);
}

TEST_P(multicast, mistakes_are_named) {
    const auto& [group, any, source] = GetParam();
    EXPECT_THROW(net::multicast::join(receiver, source), std::invalid_argument);
    const address stranger = source.is_v4() ? address::loopback_v6() : address::loopback_v4();
    EXPECT_THROW(net::multicast::join(receiver, group, stranger), std::invalid_argument);
    EXPECT_THROW(net::multicast::leave(receiver, group, our_interface), std::system_error);
}

INSTANTIATE_TEST_SUITE_P(v4, multicast, testing::Values(v4));
INSTANTIATE_TEST_SUITE_P(v6, multicast, testing::Values(v6));

}  // namespace
}  // namespace zocalo::net
