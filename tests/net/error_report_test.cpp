// SPDX-License-Identifier: MIT
// What the error queue tells, by who has said it. Refusals of a host's are in message_test.cpp,
// what routers say in packet/reach_test.cpp, zero-copy sends in send_file_test.cpp.
#include <gtest/gtest.h>

#include <array>
#include <cerrno>

#include "support/cannot_run.hpp"
#include "support/network_namespace.hpp"
#include "zocalo/net/control.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/option_ip.hpp"
#include "zocalo/net/option_ipv6.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

TEST(error_report, says_who_said_what) {
    using origin = error_report::origin_type;
    const auto said = [](origin from, std::uint8_t type, std::uint8_t code) {
        error_report report;
        report.error = EMSGSIZE;
        report.origin = from;
        report.type = type;
        report.code = code;
        return to_string(report);
    };
    EXPECT_EQ(said(origin::icmp, 3, 1), "host unreachable");
    EXPECT_EQ(said(origin::icmp, 1, 1), "ICMP type 1 code 1");
    EXPECT_EQ(said(origin::icmp6, 1, 1), "prohibited");
    EXPECT_EQ(said(origin::icmp6, 3, 0), "too many hops");
    EXPECT_EQ(said(origin::local, 0, 0), "Message too long");
    EXPECT_EQ(said(origin::zero_copy, 0, 0), "zero-copy sends 0 to 0 are done");
    EXPECT_EQ(said(origin::missed_time, 0, 0), "its time to be sent had passed");
}

/// What waits in the error queue of `from`, and what came with it.
error_report report_of(socket& from, incoming_control& control) {
    std::array<char, 8> quoted_data;
    const auto flags = message_flag::errqueue;
    const auto message = from.recv_msg({.data = quoted_data, .control = &control}, flags);
    EXPECT_TRUE(has(message.flags, flags));
    return control.error().value_or(error_report{});
}

class own_network : public testing::Test {
 protected:
    void SetUp() override {
        if (!network_.is_ready()) ZOCALO_CANNOT_RUN("no network namespace (root is needed)");
    }
    test::network_namespace network_;
};

TEST_F(own_network, says_what_this_machine_has_refused_and_what_would_fit) {
    ASSERT_TRUE(test::network_namespace::run("ip link set lo mtu 1500"));
    for (const address& ip : {address::loopback_v4(), address::loopback_v6()}) {
        socket client{ip.family(), type::datagram};
        client.set_timeout(2s);
        if (ip.is_v6()) {
            client.set(option::ipv6::receive_errors{true});
            client.set(option::ipv6::dont_fragment{true});
        } else {
            client.set(option::ip::receive_errors{true});
            client.set(option::ip::mtu_discover{option::ip::path_mtu::refuse});
        }
        client.connect(endpoint(ip, 9));
        EXPECT_EQ(client.try_send(std::string(5000, 'x')).error, std::errc::message_size);
        incoming_control control;
        const error_report report = report_of(client, control);
        EXPECT_EQ(report.origin, error_report::origin_type::local) << ip;
        EXPECT_EQ(report.error, EMSGSIZE);
        EXPECT_EQ(report.info, 1500U);
        EXPECT_EQ(report.offender, endpoint()) << "nobody else has said so";
    }
}

TEST_F(own_network, says_when_something_was_sent) {
    using option::stamp;
    socket client{family::inet, type::datagram};
    client.set_timeout(2s);
    client.set(option::timestamping{stamp::transmit_software | stamp::software | stamp::option_id |
                                    stamp::option_timestamp_only});
    const auto before = std::chrono::system_clock::now();
    for (std::uint32_t number = 0; number < 3; ++number) {
        client.send_to("x", endpoint(address::loopback_v4(), 9));
        incoming_control control;
        const error_report report = report_of(client, control);
        EXPECT_EQ(report.origin, error_report::origin_type::transmit_time);
        EXPECT_EQ(report.data, number);
        ASSERT_TRUE(control.time());
        EXPECT_GE(*control.time(), before);
        EXPECT_LE(*control.time(), std::chrono::system_clock::now());
    }
}

}  // namespace
}  // namespace zocalo::net
