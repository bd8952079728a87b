// SPDX-License-Identifier: MIT
#include "zocalo/net/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "zocalo/net/message.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/option_udp.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

socket udp_on(const address& ip) {
    socket udp{ip.family(), type::datagram};
    udp.bind(endpoint(ip, 0));
    udp.set_timeout(2s);
    udp.set(option::receive_buffer{1 << 20});
    return udp;
}

std::vector<std::string> datagrams_of(const recv_batch& batch) {
    std::vector<std::string> all;
    batch.for_each_datagram(
        [&](const_buffer data, const endpoint&) { all.emplace_back(data.text()); });
    return all;
}

/// Receives until `bytes` have come.
std::vector<std::string> datagrams_until(socket& from, recv_batch& batch, std::size_t bytes) {
    std::vector<std::string> all;
    while (bytes > 0) {
        recv_many(from, batch);
        for (auto& datagram : datagrams_of(batch)) {
            bytes -= std::min(bytes, datagram.size());
            all.push_back(std::move(datagram));
        }
    }
    return all;
}

TEST(batch, sends_and_receives_in_order) {
    socket receiver = udp_on(address::loopback_v4());
    socket sender = udp_on(address::loopback_v4());
    send_batch out(3);
    EXPECT_TRUE(out.add("one", receiver.local_endpoint()));
    EXPECT_TRUE(out.add("", receiver.local_endpoint()));
    EXPECT_TRUE(out.add("three", receiver.local_endpoint()));
    EXPECT_FALSE(out.add("four", receiver.local_endpoint()));
    send_many(sender, out);

    recv_batch in(8, 100);
    EXPECT_EQ(recv_many(receiver, in), 3U);
    EXPECT_EQ(in.peer(1), sender.local_endpoint());
    EXPECT_THAT(datagrams_of(in), testing::ElementsAre("one", "", "three"));

    out.clear();
    sender.connect(receiver.local_endpoint());
    out.add("connected");
    send_many(sender, out);
    EXPECT_EQ(recv_many(receiver, in), 1U);
    EXPECT_EQ(in.data(0).text(), "connected");
}

TEST(batch, a_cut_datagram_says_so) {
    socket receiver = udp_on(address::loopback_v4());
    socket sender = udp_on(address::loopback_v4());
    sender.send_to("0123456789", receiver.local_endpoint());
    recv_batch in(4, 5);
    EXPECT_EQ(recv_many(receiver, in), 1U);
    EXPECT_EQ(in.data(0).text(), "01234");
    EXPECT_TRUE(has(in.flags(0), message_flag::trunc));
}

TEST(batch, carries_ancillary_data_each_time) {
    socket receiver = udp_on(address::loopback_v4());
    receive_destination(receiver);
    socket sender = udp_on(address::loopback_v4());
    recv_batch in(4, 100, 64);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i <= round; ++i)
            sender.send_to("x", receiver.local_endpoint());
        ASSERT_EQ(recv_many(receiver, in), static_cast<std::size_t>(round) + 1);
        for (std::size_t i = 0; i < in.size(); ++i) {
            ASSERT_TRUE(in.control(i).destination());
            EXPECT_EQ(in.control(i).destination()->ip, address::loopback_v4());
            EXPECT_EQ(in.peer(i), sender.local_endpoint());
        }
    }
}

TEST(batch, more_than_the_kernel_takes_at_once) {
    auto [one, other] = socket::pair(type::seqpacket);
    one.set_timeout(timeout::zero());
    send_batch out(3000);
    while (out.add("x")) {
    }
    const transfer done = try_send_many(one, out);
    EXPECT_EQ(done.error, std::errc::operation_would_block);
    EXPECT_GT(done.size, 10U);
    other.set_timeout(timeout::zero());
    recv_batch in(3000, 10);
    std::size_t came = 0;
    for (;;) {
        const transfer some = try_recv_many(other, in);
        if (some.error) break;
        came += some.size;
    }
    EXPECT_EQ(came, done.size);
}

TEST(batch, obeys_the_time_out) {
    socket receiver = udp_on(address::loopback_v4());
    receiver.set_timeout(10ms);
    recv_batch in(4, 10);
    EXPECT_EQ(try_recv_many(receiver, in).error, std::errc::timed_out);
    EXPECT_EQ(in.size(), 0U);
    send_batch none(0);
    EXPECT_FALSE(none.add("x"));
    EXPECT_NO_THROW(send_many(receiver, none));
}

TEST(batch, tells_how_many_went_out_before_an_error) {
    socket sender = udp_on(address::loopback_v4());
    const std::string too_long(70'000, 'x');
    send_batch out(3);
    out.add("fine", sender.local_endpoint());
    out.add(too_long, sender.local_endpoint());
    const transfer done = try_send_many(sender, out);
    EXPECT_EQ(done.size, 1U);
    EXPECT_EQ(done.error, std::errc::message_size);
    try {
        send_many(sender, out);
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_THAT(e.what(), testing::HasSubstr("send_many (1 of 2 datagrams sent)"));
    }
}

TEST(batch, takes_no_descriptors) {
    auto [one, other] = socket::pair(type::datagram);
    const int fds[] = {one.fileno()};
    send_fds(one, "x", fds);
    const unique_fd lowest_free(other.dup().release());
    const int number = lowest_free.get() + 1;
    recv_batch in(2, 10, 64);
    EXPECT_EQ(recv_many(other, in), 1U);
    EXPECT_THROW(socket::adopt(number), std::system_error);
}

TEST(batch, refuses_sizes_that_wrap_around) {
    for (const std::size_t wild : {std::size_t{1} << 32, std::size_t{1} << 63, ~std::size_t{0}}) {
        EXPECT_THROW(recv_batch(wild, 1), std::invalid_argument);
        EXPECT_THROW(recv_batch(1, wild), std::invalid_argument);
        EXPECT_THROW(recv_batch(1, 1, wild), std::invalid_argument);
    }
}

class segments : public testing::TestWithParam<std::tuple<address, bool>> {};

TEST_P(segments, arrive_as_they_were_cut) {
    const auto& [ip, offload] = GetParam();
    socket receiver = udp_on(ip);
    if (offload) receive_segments(receiver);
    socket sender = udp_on(ip);
    const endpoint to = receiver.local_endpoint();
    recv_batch in(64, 65'535, 64);
    std::string data(10'001, '\0');
    std::iota(data.begin(), data.end(), '\0');
    for (const std::size_t segment : {1000U, 1400U, 9999U, 10'000U, 10'001U, 20'000U, 65'507U}) {
        send_segments(sender, data, segment, &to);
        std::string joined;
        for (const auto& datagram : datagrams_until(receiver, in, data.size())) {
            EXPECT_EQ(datagram.size(), std::min(segment, data.size() - joined.size()));
            joined += datagram;
        }
        EXPECT_EQ(joined, data) << segment;
    }
}

INSTANTIATE_TEST_SUITE_P(all, segments,
                         testing::Combine(testing::Values(address::loopback_v4(),
                                                          address::loopback_v6()),
                                          testing::Bool()));

TEST(segments, offload_brings_many_at_once) {
    socket receiver = udp_on(address::loopback_v4());
    if (!receive_segments(receiver)) GTEST_SKIP() << "no UDP_GRO in this kernel";
    socket sender = udp_on(address::loopback_v4());
    sender.connect(receiver.local_endpoint());
    send_segments(sender, std::string(20'500, 'x'), 1000);
    recv_batch in(64, 65'535, 64);
    recv_many(receiver, in);
    EXPECT_EQ(in.control(0).segment_size(), 1000U);
    EXPECT_EQ(datagrams_of(in).size(), 21U);
    EXPECT_EQ(datagrams_of(in).back().size(), 500U);
}

TEST(segments, what_the_kernel_cannot_cut_is_cut_here) {
    auto [one, other] = socket::pair(type::datagram);
    other.set_timeout(2s);
    EXPECT_EQ(try_send_segments(one, "abcdefgh", 3).size, 8U);
    EXPECT_EQ(other.recv(10), "abc");
    EXPECT_EQ(other.recv(10), "def");
    EXPECT_EQ(other.recv(10), "gh");

    // The kernel answers EIO to segments without checksums.
    socket receiver = udp_on(address::loopback_v4());
    socket sender = udp_on(address::loopback_v4());
    sender.set(option::no_checksum{true});
    sender.connect(receiver.local_endpoint());
    const std::string data(150, 'x');
    send_segments(sender, data, 2);
    for (std::size_t i = 0; i < data.size(); i += 2)
        EXPECT_EQ(receiver.recv(10), "xx");
}

TEST(segments, boundaries) {
    socket receiver = udp_on(address::loopback_v4());
    socket sender = udp_on(address::loopback_v4());
    const endpoint to = receiver.local_endpoint();
    EXPECT_THROW(send_segments(sender, "x", 0, &to), std::invalid_argument);
    EXPECT_THROW(send_segments(sender, "x", 65'508, &to), std::invalid_argument);
    EXPECT_THROW(send_segments(sender, "x", std::size_t{1} << 63, &to), std::invalid_argument);
    send_segments(sender, "", 100, &to);
    EXPECT_EQ(receiver.recv(10), "");
    send_segments(sender, "abc", 1, &to);
    EXPECT_EQ(receiver.recv(10), "a");
    EXPECT_EQ(receiver.recv(10), "b");
    EXPECT_EQ(receiver.recv(10), "c");
}

}  // namespace
TEST(recv_batch, takes_what_another_network_brings) {
    net::recv_batch batch(2, 4);
    const net::endpoint from = net::endpoint::parse("192.0.2.1:7");
    EXPECT_TRUE(batch.put("abc", from));
    EXPECT_TRUE(batch.put("too long", from));
    EXPECT_FALSE(batch.put("no room", from));
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_EQ(batch.data(0).text(), "abc");
    EXPECT_EQ(batch.data(1).text(), "too ");
    EXPECT_TRUE(has(batch.flags(1), net::message_flag::trunc));
    EXPECT_EQ(batch.peer(1), from);
    batch.clear();
    EXPECT_EQ(batch.size(), 0U);
    EXPECT_TRUE(batch.put("again", from));
}

}  // namespace zocalo::net
