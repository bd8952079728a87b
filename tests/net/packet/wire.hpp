// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/cannot_run.hpp"
#include "support/network_namespace.hpp"
#include "zocalo/net/packet/ethernet.hpp"
#include "zocalo/net/packet/frame_socket.hpp"

namespace zocalo::net::packet {

inline const auto west = hardware_address::parse("02:00:5e:10:00:01");
inline const auto east = hardware_address::parse("02:00:5e:10:00:02");
inline const auto stranger = hardware_address::parse("02:00:5e:10:00:99");
inline const auto group = hardware_address::parse("01:00:5e:01:02:03");

/// Two cards, `west` and `east`, joined by a wire, in a network of this test's own.
class wire : public testing::Test {
 protected:
    void SetUp() override {
        if (!network_.is_ready()) ZOCALO_CANNOT_RUN("no network namespace (root is needed)");
        const auto run = test::network_namespace::run;
        ASSERT_TRUE(
            run("ip link add west address 02:00:5e:10:00:01 type veth "
                "peer name east address 02:00:5e:10:00:02"));
        // Without IPv6 the kernel sends nothing of its own.
        ASSERT_TRUE(run("echo 1 > /proc/sys/net/ipv6/conf/west/disable_ipv6"));
        ASSERT_TRUE(run("echo 1 > /proc/sys/net/ipv6/conf/east/disable_ipv6"));
        ASSERT_TRUE(run("ip link set west up && ip link set east up"));
        ASSERT_TRUE(test::network_namespace::wait_for_carrier("west"));
        ASSERT_TRUE(test::network_namespace::wait_for_carrier("east"));
        ASSERT_TRUE(carries_frames());
    }

    /// A card says that it is up a moment before its queue takes frames.
    static bool carries_frames() {
        frame_socket from("west");
        frame_socket to("east", {.type = ethertype::experimental_1});
        for (int i = 0; i < 100; ++i) {
            from.send(frame("are you there?"));
            if (!hears_nothing(to)) return true;
        }
        return false;
    }

    static bytes frame(std::string_view payload, ethertype type = ethertype::experimental_1,
                       const hardware_address& to = east) {
        return ethernet_header{to, west, type}.build(payload);
    }

    static frame_socket opened(std::string_view name, const frame_options& options = {}) {
        frame_socket socket(name, options);
        socket.set_timeout(std::chrono::seconds(2));
        return socket;
    }

    static bool hears_nothing(frame_socket& socket) {
        socket.set_timeout(std::chrono::milliseconds(30));
        try {
            (void)socket.recv();
        } catch (const std::system_error& e) {
            return e.code() == std::errc::timed_out;
        }
        return false;
    }

    test::network_namespace network_;
};

}  // namespace zocalo::net::packet
