// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/tunnel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/cannot_run.hpp"
#include "support/network_namespace.hpp"
#include "zocalo/net/interface.hpp"
#include "zocalo/net/packet/arp.hpp"
#include "zocalo/net/packet/ethernet.hpp"
#include "zocalo/net/packet/icmp.hpp"
#include "zocalo/net/packet/ipv4.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net::packet {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const auto our_card = hardware_address::parse("02:00:5e:10:00:07");
const auto our_address = address::v4(10, 9, 0, 2);

bool run(const std::string& command) {
    return test::network_namespace::run(command);
}

class tunnels : public testing::TestWithParam<tunnel_kind> {
 protected:
    void SetUp() override {
        if (!network_.is_ready()) ZOCALO_CANNOT_RUN("no network namespace (root is needed)");
        if (!run("test -c /dev/net/tun")) ZOCALO_CANNOT_RUN("no /dev/net/tun");
    }
    static bool exists(const std::string& name) {
        return run("ip link show " + name + " > /dev/null 2>&1");
    }
    static void configure(const tunnel& made) {
        ASSERT_TRUE(run("echo 1 > /proc/sys/net/ipv6/conf/" + made.name() + "/disable_ipv6"));
        ASSERT_TRUE(run("ip address add 10.9.0.1/24 dev " + made.name()));
        ASSERT_TRUE(run("ip link set " + made.name() + " up"));
    }

    test::network_namespace network_;
};

INSTANTIATE_TEST_SUITE_P(tun, tunnels, testing::Values(tunnel_kind::packets));
INSTANTIATE_TEST_SUITE_P(tap, tunnels, testing::Values(tunnel_kind::frames));

/// The answer of a host that knows ARP and echoes, or nothing.
bytes answer_to_packet(std::span<const std::byte> packet) {
    const auto ip = ipv4_view::parse(packet);
    if (ip.protocol() != ip_protocol::icmp || ip.destination() != our_address) return {};
    const auto asked = icmp_view::parse(ip.payload());
    if (asked.type() != icmp_type::echo_request || !asked.checksum_ok()) return {};
    const ipv4_header header{.ttl = 9,
                             .protocol = ip_protocol::icmp,
                             .source = ip.destination(),
                             .destination = ip.source()};
    return header.build(
        icmp_header::echo_reply(asked.identifier(), asked.sequence()).build(asked.payload()));
}

bytes answer_to_frame(std::span<const std::byte> data) {
    const auto frame = ethernet_view::parse(data);
    const auto reply = [&](const bytes& payload) {
        return payload.empty()
                   ? bytes{}
                   : ethernet_header{frame.source(), our_card, frame.type()}.build(payload);
    };
    if (frame.type() == ethertype::ipv4) return reply(answer_to_packet(frame.payload()));
    if (frame.type() != ethertype::arp) return {};
    const auto asked = arp_view::parse(frame.payload()).message();
    if (!asked || asked->target != our_address) return {};
    return reply(arp_message{arp_operation::reply, our_card, our_address, asked->sender_hardware,
                             asked->sender}
                     .build());
}

TEST_P(tunnels, the_systems_ping_finds_a_host_that_is_only_this_program) {
    tunnel other_side(GetParam(), {.name = "zocalo%d"});
    EXPECT_EQ(other_side.name(), "zocalo0");
    EXPECT_EQ(other_side.interface(), if_nametoindex("zocalo0"));
    configure(other_side);
    stop_source stop;
    other_side.stop_with(stop);
    std::atomic<bool> found = false;
    std::jthread asking([&] {
        found = run("test $(ping -c 3 -i 0.05 -W 5 -s 1000 10.9.0.2 | grep -c 'ttl=9 ') = 3");
        stop.request_stop();
    });
    const auto answer = [&](std::span<const std::byte> asked) {
        return GetParam() == tunnel_kind::frames ? answer_to_frame(asked) : answer_to_packet(asked);
    };
    try {
        for (;;) {
            const bytes reply = answer(other_side.recv());
            if (!reply.empty()) other_side.send(reply);
        }
    } catch (const stopped&) {
        asking.join();
    }
    EXPECT_TRUE(found);
}

TEST_P(tunnels, go_with_their_owner_unless_they_are_persistent) {
    {
        const tunnel made(GetParam(), {.name = "passing"});
        EXPECT_TRUE(exists("passing"));
        try {
            const tunnel second(GetParam(), {.name = "passing"});
            FAIL();
        } catch (const std::system_error& e) {
            EXPECT_EQ(e.code(), std::errc::device_or_resource_busy);
            EXPECT_THAT(e.what(), HasSubstr("make tunnel \"passing\""));
        }
    }
    EXPECT_FALSE(exists("passing"));
    {
        const tunnel made(GetParam(), {.name = "staying", .persistent = true, .owner = 65534});
    }
    EXPECT_TRUE(run("ip -d link show staying | grep -qE 'persist on user (nobody|65534)'"));
    {
        tunnel opened(GetParam(), {.name = "staying"});
        opened.set_persistent(false);
    }
    EXPECT_FALSE(exists("staying"));
}

TEST_P(tunnels, may_have_several_ends) {
    tunnel one(GetParam(), {.multiple_queues = true});
    tunnel other = one.open_queue();
    EXPECT_EQ(one.name(), other.name());
    configure(one);
    ASSERT_TRUE(run("echo 1 > /proc/sys/net/ipv4/conf/all/accept_local"));
    // Whichever end an echo goes into, its answer comes out of one of them.
    const bytes echo = icmp_header::echo_request(1, 1).build("");
    bytes asked = ipv4_header{.protocol = ip_protocol::icmp,
                              .source = our_address,
                              .destination = address::v4(10, 9, 0, 1)}
                      .build(echo);
    if (GetParam() == tunnel_kind::frames) {
        ASSERT_TRUE(
            run("ip neighbour replace 10.9.0.2 lladdr 02:00:5e:10:00:07 dev " + one.name()));
        asked = ethernet_header{hardware_address::broadcast(), our_card, ethertype::arp}.build(
            arp_message{arp_operation::request, our_card, our_address, {}, address::v4(10, 9, 0, 1)}
                .build());
    }
    one.set_timeout(500ms);
    other.set_timeout(500ms);
    for (tunnel* const end : {&one, &other}) {
        end->send(asked);
        std::size_t heard = 0;
        for (tunnel* const ear : {&one, &other}) {
            try {
                heard += ear->recv().empty() ? 0U : 1U;
            } catch (const std::system_error& e) {
                EXPECT_EQ(e.code(), std::errc::timed_out);
            }
        }
        EXPECT_GE(heard, 1U);
    }
}

TEST_P(tunnels, errors_say_what_is_wrong) {
    EXPECT_THROW(tunnel(GetParam(), {.name = "a name that is too long"}), std::invalid_argument);
    EXPECT_THROW(tunnel(GetParam(), {.name = "with/slash"}), std::system_error);
    tunnel off(GetParam());
    EXPECT_THROW(off.send("x"), std::system_error);
    off.set_timeout(timeout::zero());
    try {
        (void)off.recv();
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::operation_would_block);
        EXPECT_THAT(e.what(), HasSubstr("receive from tunnel \"" + off.name()));
    }
    EXPECT_THROW((void)off.open_queue(), std::system_error) << "it has one queue";
}

}  // namespace
}  // namespace zocalo::net::packet
