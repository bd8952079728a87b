// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/frame_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "bytes_of.hpp"
#include "wire.hpp"
#include "zocalo/net/batch.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/packet/capture_filter.hpp"
#include "zocalo/net/packet/ipv4.hpp"
#include "zocalo/net/packet/layers.hpp"
#include "zocalo/net/packet/udp.hpp"
#include "zocalo/net/packet/vlan.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net::packet {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// What holds whichever way frames are received: by a call for each (false), or in a ring (true).
class either_way : public wire, public testing::WithParamInterface<bool> {
 protected:
    static frame_socket receiver_on(std::string_view name, frame_options options = {}) {
        if (GetParam()) options.ring.size = std::size_t{1} << 20;
        return opened(name, options);
    }
};

INSTANTIATE_TEST_SUITE_P(copied, either_way, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(shared, either_way, testing::Values(true));

TEST_P(either_way, carries_a_frame) {
    auto sender = opened("west");
    auto receiver = receiver_on("east", {.type = ethertype::experimental_1});
    const auto before = std::chrono::system_clock::now();
    const bytes sent = frame("raw bytes");
    sender.send(sent);
    const auto got = receiver.recv();
    EXPECT_EQ(bytes(got.data.begin(), got.data.end()), sent);
    EXPECT_EQ(got.wire_length, 60U);
    EXPECT_FALSE(got.is_cut());
    EXPECT_EQ(got.direction, frame_direction::to_us);
    EXPECT_EQ(got.from.hardware, west);
    EXPECT_EQ(got.from.interface, receiver.interface());
    EXPECT_EQ(got.from.ethertype, 0x88b5);
    EXPECT_GE(got.time, before);
    EXPECT_LE(got.time, std::chrono::system_clock::now());
    EXPECT_EQ(receiver.first_header(), link_type::ethernet);
    // Others on the sending card hear it too, when they want to.
    auto witness = receiver_on("west");
    auto deaf = receiver_on("west", {.outgoing = false});
    sender.send(sent);
    EXPECT_EQ(witness.recv().direction, frame_direction::outgoing);
    EXPECT_TRUE(hears_nothing(deaf));
}

TEST_P(either_way, hears_only_the_type_asked_for) {
    auto sender = opened("west");
    auto receiver = receiver_on("east", {.type = ethertype::experimental_2});
    sender.send(frame("not this"));
    sender.send(frame("this", ethertype::experimental_2));
    EXPECT_EQ(text_of(receiver.recv().data).substr(14, 4), "this");
    EXPECT_TRUE(hears_nothing(receiver));
}

TEST_P(either_way, cooked_frames_have_no_header) {
    auto sender = opened("west", {.cooked = true});
    auto receiver = receiver_on("east", {.type = ethertype::experimental_1, .cooked = true});
    sender.send_to("cooked", east, ethertype::experimental_1);
    const auto got = receiver.recv();
    EXPECT_EQ(text_of(got.data).substr(0, 6), "cooked");
    EXPECT_EQ(got.from.hardware, west);
}

TEST_F(wire, many_frames_come_in_one_call) {
    auto sender = opened("west");
    auto receiver = opened("east", {.type = ethertype::experimental_1});
    const bytes frames[] = {frame("first"), frame("second"), frame(std::string(300, 'x'))};
    send_batch out{std::size(frames)};
    for (const bytes& one : frames)
        ASSERT_TRUE(out.add(const_buffer(one)));
    send_many(sender.base(), out);
    recv_batch in{8, 100};
    std::size_t count = 0;
    while (count < std::size(frames)) {
        const std::size_t came = recv_many(receiver.base(), in);
        for (std::size_t i = 0; i < came; ++i, ++count) {
            ASSERT_LT(count, std::size(frames));
            const const_buffer whole(frames[count]);
            EXPECT_EQ(in.data(i).text(), whole.first(100).text());
            EXPECT_EQ(has(in.flags(i), message_flag::trunc), whole.size() > 100);
            EXPECT_EQ(in.peer(i).packet().hardware, west);
            EXPECT_EQ(in.peer(i).packet().ethertype, 0x88b5);
        }
    }
}

TEST_F(wire, a_frame_comes_as_a_message) {
    auto sender = opened("west");
    auto receiver = opened("east", {.type = ethertype::experimental_1});
    const bytes sent = frame("first");
    sender.base().send_all(const_buffer(sent));
    char room[100];
    const received_message came = receiver.base().recv_msg({.data = mutable_buffer(room)});
    EXPECT_EQ(const_buffer(room, came.size).text(), const_buffer(sent).text());
    EXPECT_EQ(came.peer.packet().hardware, west);
}

TEST_P(either_way, a_filter_chooses) {
    auto sender = opened("west");
    auto receiver = receiver_on("east", {.filter = "udp dst port 53"});
    const auto datagram = [&](std::uint16_t port) {
        const auto a = address::v4(192, 0, 2, 1);
        const auto b = address::v4(192, 0, 2, 2);
        const bytes udp = udp_header{1, port}.build("question", a, b);
        const bytes ip = ipv4_header{.source = a, .destination = b}.build(udp);
        return ethernet_header{east, west, ethertype::ipv4}.build(ip);
    };
    sender.send(datagram(54));
    sender.send(datagram(53));
    EXPECT_EQ(text_of(receiver.recv().data).substr(42, 8), "question");
    EXPECT_TRUE(hears_nothing(receiver));
    receiver.set_filter("");
    receiver.set_timeout(2s);
    sender.send(datagram(54));
    EXPECT_EQ(receiver.recv().wire_length, 60U);
    try {
        (void)frame_socket("east", {.filter = "udp dst prot 53"});
        FAIL();
    } catch (const std::invalid_argument& e) {
        EXPECT_THAT(e.what(), HasSubstr("capture filter \"udp dst prot 53\": "));
    }
}

TEST_P(either_way, long_frames_are_cut_and_say_so) {
    auto sender = opened("west");
    for (const char* filter : {"", "ether proto 0x88b5"}) {
        auto receiver = receiver_on("east", {.snap_length = 20, .filter = filter});
        sender.send(frame(std::string(986, 'x')));
        const auto got = receiver.recv();
        EXPECT_EQ(got.data.size(), 20U);
        EXPECT_EQ(got.wire_length, 1000U);
        EXPECT_TRUE(got.is_cut());
    }
}

TEST_P(either_way, a_tag_that_was_taken_out_is_put_back) {
    // The kernel takes every tag out before a socket sees the frame, as cards do before it.
    auto sender = opened("west");
    auto receiver = receiver_on("east");
    for (const auto type : {ethertype::vlan, ethertype::service_vlan}) {
        const vlan_header tag{.priority = 5, .id = 7, .type = ethertype::experimental_1};
        const bytes sent = frame(text_of(tag.build("tagged")), type);
        sender.send(sent);
        const auto got = receiver.recv();
        EXPECT_EQ(bytes(got.data.begin(), got.data.end()), sent);
        EXPECT_EQ(got.wire_length, sent.size());
    }
}

TEST_P(either_way, frames_for_others_and_groups_are_told_apart) {
    auto sender = opened("west");
    auto receiver = receiver_on("east", {.promiscuous = true});
    sender.send(frame("x", ethertype::experimental_1, stranger));
    EXPECT_EQ(receiver.recv().direction, frame_direction::to_others);
    sender.send(frame("x", ethertype::experimental_1, hardware_address::broadcast()));
    EXPECT_EQ(receiver.recv().direction, frame_direction::broadcast);
    receiver.join(group);
    sender.send(frame("x", ethertype::experimental_1, group));
    EXPECT_EQ(receiver.recv().direction, frame_direction::multicast);
    receiver.leave(group);
    receiver.set_all_multicast(true);
    receiver.set_promiscuous(false);
    EXPECT_EQ(to_string(frame_direction::to_others), "other");
}

TEST_F(wire, what_nobody_receives_is_dropped_and_counted) {
    auto sender = opened("west");
    auto receiver = opened("east", {.type = ethertype::experimental_1});
    receiver.base().set(option::receive_buffer{4096});
    for (int i = 0; i < 200; ++i)
        sender.send(frame(std::string(1000, 'x')));
    const auto first = receiver.statistics();
    EXPECT_EQ(first.received, 200U);
    EXPECT_GT(first.dropped, 100U);
    EXPECT_LT(first.dropped, 200U);
    EXPECT_EQ(receiver.statistics().dropped, first.dropped) << "the sum stays";
}

TEST_P(either_way, a_fan_out_group_shares_the_frames) {
    auto sender = opened("west");
    auto one = receiver_on("east", {.type = ethertype::experimental_1});
    auto other = receiver_on("east", {.type = ethertype::experimental_1});
    one.join_fanout(7, fanout_mode::round_robin);
    other.join_fanout(7, fanout_mode::round_robin);
    for (int i = 0; i < 10; ++i)
        sender.send(frame("x"));
    EXPECT_EQ(one.statistics().received, 5U);
    EXPECT_EQ(other.statistics().received, 5U);
}

TEST_P(either_way, a_stop_and_a_time_out_end_a_wait) {
    auto receiver = receiver_on("east", {.type = ethertype::experimental_1});
    EXPECT_TRUE(hears_nothing(receiver));
    receiver.set_timeout(timeout::none());
    stop_source stop;
    receiver.stop_with(stop);
    std::jthread stopper([&] { stop.request_stop(); });
    EXPECT_THROW((void)receiver.recv(), stopped);
}

TEST_P(either_way, any_hears_all_interfaces_and_says_which) {
    auto receiver = receiver_on("any", {.filter = "ether proto 0x88b5 or arp or port 53"});
    EXPECT_EQ(receiver.first_header(), link_type::linux_cooked_v2);
    opened("west").send(frame("hello"));
    std::string seen;
    for (int i = 0; i < 2; ++i) {
        const auto got = receiver.recv();
        ASSERT_EQ(got.data.size(), 20U + 46U);
        EXPECT_EQ(got.wire_length, got.data.size());
        EXPECT_EQ(text_of(got.data).substr(20, 5), "hello");
        const auto layers = dissect(got.data, receiver.first_header());
        ASSERT_EQ(layers.size(), 2U);
        EXPECT_EQ(layers[0].name, "cooked");
        EXPECT_EQ(layers[0].fields[0].value, std::to_string(got.from.interface));
        seen += to_string(got.direction) + ' ';
    }
    EXPECT_EQ(seen, "out in ");
}

TEST_P(either_way, any_puts_a_tag_behind_its_header) {
    auto receiver = receiver_on("any", {.outgoing = false});
    const vlan_header tag{.priority = 5, .id = 7, .type = ethertype::experimental_1};
    opened("west").send(frame(text_of(tag.build("tagged")), ethertype::vlan));
    const auto got = receiver.recv();
    const auto layers = dissect(got.data, receiver.first_header());
    ASSERT_EQ(layers.size(), 3U);
    EXPECT_EQ(layers[1].summary, "VLAN 7");
    EXPECT_EQ(text_of(got.data).substr(24, 6), "tagged");
}

TEST_P(either_way, loopback_tells_each_frame_once) {
    auto receiver = receiver_on("lo", {.filter = "udp"});
    socket peer{family::inet, type::datagram};
    const endpoint nobody(address::loopback_v4(), 9);
    peer.send_to("one", nobody);
    peer.send_to("two", nobody);
    EXPECT_EQ(text_of(receiver.recv().data).substr(42), "one");
    EXPECT_EQ(text_of(receiver.recv().data).substr(42), "two");
    EXPECT_TRUE(hears_nothing(receiver));
}

TEST_P(either_way, an_interface_that_is_switched_off_is_an_error) {
    auto receiver = receiver_on("east", {.type = ethertype::experimental_1});
    ASSERT_TRUE(test::network_namespace::run("ip link set east down"));
    try {
        (void)receiver.recv();
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::network_down);
    }
}

TEST_F(wire, errors_name_the_interface) {
    try {
        (void)frame_socket("no\nsuch");
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::no_such_device);
        EXPECT_THAT(e.what(), HasSubstr("interface \"no\\nsuch\""));
    }
    EXPECT_THROW((void)frame_socket(99999U), std::system_error);
    EXPECT_EQ(frame_socket("any").interface(), 0U);
    EXPECT_THROW(frame_socket("any").send(frame("nowhere to go")), std::system_error);
}

/// The message is asked for in a child that gives up its rights first.
TEST_F(wire, without_the_capability_the_message_says_so) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        std::string said = "opened";
        if (::setuid(65534) != 0) said = "setuid failed";
        try {
            (void)frame_socket("east");
        } catch (const std::system_error& e) {
            said = e.what();
        }
        const bool written =
            ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
        ::_exit(written ? 0 : 1);
    }
    ::close(ends[1]);
    char text[512];
    const ssize_t size = ::read(ends[0], text, sizeof text);
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_GT(size, 0);
    const std::string said(text, static_cast<std::size_t>(size));
    EXPECT_THAT(said, HasSubstr("CAP_NET_RAW"));
    EXPECT_THAT(said, HasSubstr("Operation not permitted"));
}

TEST(capture_filter, is_a_program_for_the_kernel) {
    EXPECT_EQ(compile_filter("").size(), 1U);
    const auto program = compile_filter("arp", link_type::ethernet, 96);
    ASSERT_GE(program.size(), 4U);
    EXPECT_EQ(program[program.size() - 2].operand, 96U);
    using namespace std::string_view_literals;
    EXPECT_THROW((void)compile_filter("arp\0or ip"sv), std::invalid_argument);
    EXPECT_THROW((void)compile_filter("and"), std::invalid_argument);
}

}  // namespace
}  // namespace zocalo::net::packet
