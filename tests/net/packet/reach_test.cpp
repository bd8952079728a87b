// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "support/cannot_run.hpp"
#include "support/network_namespace.hpp"
#include "wire.hpp"
#include "zocalo/net/packet/arp_scan.hpp"
#include "zocalo/net/packet/echo.hpp"
#include "zocalo/net/packet/route_trace.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net::packet {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto soon = 2s;

/// A loopback interface of its own; the parameter says whether ICMP sockets are to be had.
class loopback : public testing::TestWithParam<bool> {
 protected:
    void SetUp() override {
        if (!network_.is_ready()) ZOCALO_CANNOT_RUN("no network namespace (root is needed)");
        const std::string range = GetParam() ? "0 2147483647" : "1 0";
        ASSERT_TRUE(test::network_namespace::run("echo '" + range +
                                                 "' > /proc/sys/net/ipv4/ping_group_range"));
    }
    test::network_namespace network_;
};

INSTANTIATE_TEST_SUITE_P(raw, loopback, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(of_its_own, loopback, testing::Values(true));

TEST_P(loopback, answers_echoes) {
    for (const address& host : {address::loopback_v4(), address::loopback_v6()}) {
        echo_socket asking(host, {.size = 1000, .hop_limit = 9});
        EXPECT_EQ(asking.is_raw(), !GetParam());
        EXPECT_EQ(asking.send(), 1);
        EXPECT_EQ(asking.send(), 2);
        for (const int sequence : {1, 2}) {
            const auto answer = asking.next(deadline{soon});
            ASSERT_TRUE(answer);
            EXPECT_EQ(answer->sequence, sequence);
            EXPECT_EQ(answer->from, host);
            EXPECT_EQ(answer->size, 1008U);
            EXPECT_GT(answer->hop_limit, 9) << "the answer has a limit of its own";
            EXPECT_FALSE(answer->again || answer->damaged || answer->error);
            EXPECT_GE(answer->round_trip, 0ns);
            EXPECT_LT(answer->round_trip, soon);
        }
        EXPECT_FALSE(asking.next(deadline{10ms}));
    }
}

TEST_P(loopback, answers_echoes_without_data_and_after_the_numbers_have_gone_round) {
    echo_socket asking(address::loopback_v4(), {.size = 0});
    for (unsigned i = 1; i <= 65600; ++i) {
        ASSERT_EQ(asking.send(), i & 0xFFFF);
        const auto answer = asking.next(deadline{soon});
        ASSERT_TRUE(answer);
        ASSERT_EQ(answer->sequence, i & 0xFFFF);
        ASSERT_EQ(answer->size, 8U);
    }
}

TEST_P(loopback, keeps_the_answers_to_others_apart) {
    echo_socket one(address::loopback_v4());
    echo_socket other(address::loopback_v4());
    (void)one.send();
    EXPECT_FALSE(other.next(deadline{20ms}));
    EXPECT_TRUE(one.next(deadline{soon}));
}

TEST_P(loopback, stops) {
    echo_socket asking(address::loopback_v4());
    stop_source stop;
    asking.stop_with(stop);
    std::jthread stopper([&] { stop.request_stop(); });
    EXPECT_THROW((void)asking.next(deadline{timeout::none()}), stopped);
}

TEST_P(loopback, is_the_first_hop) {
    for (const address& host : {address::loopback_v4(), address::loopback_v6()}) {
        route_trace way(host, {.probes = 2});
        const auto hop = way.next();
        ASSERT_TRUE(hop);
        EXPECT_EQ(hop->distance, 1U);
        ASSERT_EQ(hop->answers.size(), 2U);
        for (const auto& answer : hop->answers) {
            ASSERT_TRUE(answer);
            EXPECT_EQ(answer->stop, trace_stop::host);
            EXPECT_EQ(answer->from, host);
            ASSERT_TRUE(answer->report);
            EXPECT_EQ(to_string(*answer->report), "port unreachable");
        }
        EXPECT_TRUE(way.reached());
        EXPECT_FALSE(way.next());
    }
}

TEST(reach, options_out_of_range_are_refused) {
    const address here = address::loopback_v4();
    if (!test::network_namespace().is_ready()) ZOCALO_CANNOT_RUN("root is needed");
    EXPECT_THROW(echo_socket(here, {.size = 65508}), std::invalid_argument);
    EXPECT_THROW(echo_socket(here, {.hop_limit = 256}), std::invalid_argument);
    EXPECT_THROW(echo_socket(here, {.hop_limit = -1}), std::invalid_argument);
    EXPECT_THROW(route_trace(here, {.first = 0}), std::invalid_argument);
    EXPECT_THROW(route_trace(here, {.first = 5, .last = 4}), std::invalid_argument);
    EXPECT_THROW(route_trace(here, {.probes = 11}), std::invalid_argument);
    EXPECT_THROW(route_trace(here, {.wait = 0ms}), std::invalid_argument);
    EXPECT_THROW(route_trace(here, {.port = 65500}), std::invalid_argument);
    EXPECT_THROW(route_trace(here, {.at_once = 0}), std::invalid_argument);
}

using scan = wire;

/// Answers the next question about `about` as the card `as`, with whatever else is said.
void answer_arp(frame_socket& card, const address& about, const hardware_address& as) {
    for (;;) {
        const auto frame = ethernet_view::parse(card.recv().data);
        const auto asked = arp_view::parse(frame.payload()).message();
        if (!asked || asked->target != about) continue;
        const arp_message told{.operation = arp_operation::reply,
                               .sender_hardware = as,
                               .sender = about,
                               .target_hardware = asked->sender_hardware,
                               .target = asked->sender};
        card.send(ethernet_header{asked->sender_hardware, as, ethertype::arp}.build(told.build()));
        return;
    }
}

TEST_F(scan, tells_each_card_that_answers_once) {
    auto answering = opened("east", {.type = ethertype::arp, .outgoing = false});
    arp_scan asking("west", network::parse("192.0.2.0/29"), {.wait = 200ms});
    EXPECT_EQ(asking.size(), 6U);
    const address about = address::v4(192, 0, 2, 3);
    std::jthread others([&] {
        answer_arp(answering, about, east);
        // Answers that nobody has asked for, and one that is not an answer.
        const auto tell = [&](const arp_message& told, const bytes& cut = {}) {
            answering.send(ethernet_header{west, east, ethertype::arp}.build(
                cut.empty() ? told.build() : cut));
        };
        arp_message told{arp_operation::reply, east, address::v4(198, 51, 100, 1), west, {}};
        tell(told);
        told.sender = about;
        tell(told);
        tell(told, bytes(5));
        told.operation = arp_operation::request;
        told.sender_hardware = stranger;
        tell(told);
        told.operation = arp_operation::reply;
        tell(told);
    });
    const auto first = asking.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->ip, about);
    EXPECT_EQ(first->hardware, east);
    EXPECT_FALSE(first->is_contested);
    const auto second = asking.next();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->ip, about);
    EXPECT_EQ(second->hardware, stranger);
    EXPECT_TRUE(second->is_contested);
    EXPECT_FALSE(asking.next());
}

TEST_F(scan, asks_the_silent_ones_again) {
    auto answering = opened("east", {.type = ethertype::arp, .outgoing = false});
    arp_scan asking("west", network::parse("192.0.2.4/32"), {.rounds = 3, .wait = 20ms});
    EXPECT_FALSE(asking.next());
    for (int i = 0; i < 3; ++i) {
        const auto frame = ethernet_view::parse(answering.recv().data);
        const auto asked = arp_view::parse(frame.payload()).message();
        ASSERT_TRUE(asked);
        EXPECT_EQ(asked->target, address::v4(192, 0, 2, 4));
        EXPECT_EQ(asked->sender, address::any_v4()) << "this card has no address";
        EXPECT_EQ(asked->sender_hardware, west);
    }
    EXPECT_TRUE(hears_nothing(answering));
}

TEST_F(scan, networks_and_interfaces_that_make_no_sense_are_refused) {
    EXPECT_THROW(arp_scan("west", network::parse("2001:db8::/120")), std::invalid_argument);
    EXPECT_THROW(arp_scan("west", network::parse("10.0.0.0/15")), std::invalid_argument);
    EXPECT_THROW(arp_scan("lo", network::parse("127.0.0.0/30")), std::invalid_argument);
    EXPECT_THROW(arp_scan("nowhere", network::parse("127.0.0.0/30")), std::system_error);
}

}  // namespace
}  // namespace zocalo::net::packet
