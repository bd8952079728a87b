// SPDX-License-Identifier: MIT
// What a stream does beside carrying bytes in order: half-close, urgent data, queues; and datagrams
// without a byte.
#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "zocalo/net/option.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

std::pair<socket, socket> tcp_pair() {
    socket server{family::inet};
    server.bind({"127.0.0.1", 0});
    server.listen(1);
    socket client{family::inet};
    client.connect(server.local_endpoint());
    auto ends = std::pair(std::move(client), server.accept().client);
    ends.first.set_timeout(2s);
    ends.second.set_timeout(2s);
    return ends;
}

/// Whether so many bytes arrive within two seconds.
bool arrived(const socket& from, std::size_t bytes) {
    const deadline until{2s};
    while (from.available() < bytes && !until.passed())
        std::this_thread::yield();
    return from.available() >= bytes;
}

TEST(half_close, the_other_direction_goes_on) {
    auto [one, other] = tcp_pair();
    one.send_all("question");
    one.shutdown(direction::write);
    EXPECT_EQ(other.recv(100), "question");
    EXPECT_EQ(other.recv(100), "");
    other.send_all("answer after the end");
    EXPECT_EQ(one.recv(100), "answer after the end");
    EXPECT_EQ(one.try_send("more").error, std::errc::broken_pipe);
    other.close();
    EXPECT_EQ(one.recv(100), "");
}

TEST(half_close, close_with_unread_data_resets_and_shutdown_does_not) {
    auto [one, other] = tcp_pair();
    one.send_all("never read");
    std::array<std::byte, 1> room;
    ASSERT_EQ(other.recv(room, message_flag::peek), 1U);
    other.close();
    EXPECT_EQ(one.try_recv(room).error, std::errc::connection_reset);
}

TEST(urgent, travels_beside_the_stream) {
    auto [one, other] = tcp_pair();
    one.send_all("abc");
    one.send("!", message_flag::oob);
    one.send_all("def");
    std::array<char, 1> urgent;
    ASSERT_TRUE(arrived(other, 3));  // they are counted up to the mark
    EXPECT_EQ(other.recv(urgent, message_flag::oob), 1U);
    EXPECT_EQ(urgent[0], '!');
    EXPECT_FALSE(other.at_mark());
    EXPECT_EQ(other.recv(100), "abc");  // a receive stops at the mark
    EXPECT_TRUE(other.at_mark());
    EXPECT_EQ(other.recv(100), "def");
}

TEST(urgent, stays_in_the_stream_when_asked_to) {
    auto [one, other] = tcp_pair();
    other.set(option::oob_inline{true});
    one.send_all("abc");
    one.send("!", message_flag::oob);
    ASSERT_TRUE(arrived(other, 4));
    EXPECT_EQ(other.recv(100), "abc");
    EXPECT_TRUE(other.at_mark());
    EXPECT_EQ(other.recv(100), "!");
}

TEST(queues, tell_their_bytes) {
    auto [one, other] = tcp_pair();
    EXPECT_EQ(other.available(), 0U);
    one.send_all("12345");
    std::array<std::byte, 1> room;
    ASSERT_EQ(other.recv(room, message_flag::peek), 1U);
    EXPECT_EQ(other.available(), 5U);
    const std::string much(10'000'000, 'x');
    one.set_timeout(timeout::zero());
    (void)one.try_send_all(much);
    EXPECT_GT(one.unsent(), 0U);
    one.close();
    EXPECT_THROW((void)one.unsent(), std::system_error);
}

TEST(datagrams, without_a_byte_are_messages_and_not_an_end) {
    socket receiver{family::inet, type::datagram};
    receiver.bind({"127.0.0.1", 0});
    receiver.set_timeout(2s);
    socket sender{family::inet, type::datagram};
    for (int i = 0; i < 100; ++i)
        sender.send_to("", receiver.local_endpoint());
    sender.send_to("x", receiver.local_endpoint());
    std::array<std::byte, 10> room;
    int empty = 0;
    while (receiver.recv_from(room).size == 0)
        ++empty;
    EXPECT_EQ(empty, 100);
    receiver.set_timeout(10ms);
    EXPECT_EQ(receiver.try_recv(room).error, std::errc::timed_out);
}

}  // namespace
}  // namespace zocalo::net
