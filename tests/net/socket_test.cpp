// SPDX-License-Identifier: MIT
#include "zocalo/net/socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "zocalo/net/option.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

socket listening_on_loopback() {
    socket server{family::inet};
    server.bind({"localhost", 0});
    server.listen(5);
    return server;
}

/// A connection over loopback TCP: both ends.
struct connection {
    connection() : client(family::inet) {
        socket listener = listening_on_loopback();
        client.connect(listener.local_endpoint());
        server = std::move(listener.accept().client);
    }
    socket client;
    socket server;
};

template <class Call>
std::error_code error_of(Call call) {
    try {
        call();
    } catch (const std::system_error& e) {
        return e.code();
    }
    return {};
}

TEST(socket, greets_a_client) {
    socket server = listening_on_loopback();
    socket client{family::inet};
    client.connect(server.local_endpoint());
    auto [greeted, peer] = server.accept();
    EXPECT_EQ(peer, client.local_endpoint());
    greeted.send_all("Thank you for connecting");
    greeted.close();
    EXPECT_EQ(client.recv(1024), "Thank you for connecting");
    EXPECT_EQ(client.recv(1024), "");
}

TEST(socket, knows_what_it_is) {
    const socket udp{family::inet6, type::datagram, protocol::udp};
    EXPECT_EQ(udp.family(), family::inet6);
    EXPECT_EQ(udp.type(), type::datagram);
    EXPECT_EQ(udp.protocol(), protocol::udp);
    EXPECT_FALSE(udp.get_inheritable());
    EXPECT_TRUE(udp.get_timeout().is_none());
}

TEST(socket, connect_takes_all_spellings_of_a_host) {
    socket server = listening_on_loopback();
    const auto port = server.local_endpoint().port();
    for (const host_port& peer :
         {host_port{"127.0.0.1", port}, host_port{"127.1", port}, host_port{"0x7f.1", port},
          host_port{2130706433, port}, host_port{"localhost", std::to_string(port)}}) {
        socket client{family::inet};
        client.connect(peer);
        EXPECT_EQ(client.peer_endpoint(), server.local_endpoint()) << peer;
    }
}

TEST(socket, an_empty_host_is_any_address_of_the_family) {
    socket v4{family::inet, type::datagram};
    v4.bind({"", 0});
    EXPECT_EQ(v4.local_endpoint().ip(), address::any_v4());
    socket v6{family::inet6, type::datagram};
    v6.bind({"", 0});
    EXPECT_EQ(v6.local_endpoint().ip(), address::any_v6());
    EXPECT_EQ((host_port{"<broadcast>", 9}.resolve(family::inet, type::datagram)),
              (endpoint{address::broadcast(), 9}));
    EXPECT_EQ((host_port{"", "http"}.resolve(family::inet, type::stream).port()), 80);
}

TEST(socket, a_time_out_ends_a_wait_and_says_how_long_it_was) {
    socket server = listening_on_loopback();
    server.set_timeout(20ms);
    try {
        (void)server.accept();
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::timed_out);
        EXPECT_THAT(e.what(), HasSubstr("accept on 127.0.0.1:"));
        EXPECT_THAT(e.what(), HasSubstr("after 20 ms"));
    }
}

TEST(socket, the_three_states_of_the_time_out) {
    connection tcp;
    EXPECT_TRUE(tcp.client.get_blocking());
    tcp.client.set_timeout(timeout::zero());
    EXPECT_FALSE(tcp.client.get_blocking());
    EXPECT_EQ(error_of([&] { (void)tcp.client.recv(1); }), std::errc::operation_would_block);
    tcp.client.set_timeout(10ms);
    EXPECT_TRUE(tcp.client.get_blocking());
    EXPECT_EQ(error_of([&] { (void)tcp.client.recv(1); }), std::errc::timed_out);
    tcp.client.set_timeout(std::nullopt);
    std::jthread late([&] {
        std::this_thread::sleep_for(10ms);
        tcp.server.send_all("x");
    });
    EXPECT_EQ(tcp.client.recv(1), "x");
}

TEST(socket, a_limit_of_the_kernels_own_is_obeyed) {
    connection tcp;
    const struct {
        long seconds = 0;
        long microseconds = 10'000;
    } limit;
    tcp.client.set_option(1, 20, const_buffer(&limit, sizeof limit));  // SO_RCVTIMEO
    EXPECT_EQ(error_of([&] { (void)tcp.client.recv(1); }), std::errc::operation_would_block);
    char room[1];
    EXPECT_EQ(error_of([&] { tcp.client.recv_exactly(room); }), std::errc::operation_would_block);
}

TEST(socket, dont_wait_overrides_the_time_out) {
    connection tcp;
    tcp.client.set_timeout(10s);
    EXPECT_EQ(tcp.client.try_recv(mutable_buffer{}, message_flag::dont_wait).error,
              std::errc::operation_would_block);
}

TEST(socket, send_all_has_one_deadline_for_all_of_it) {
    auto [sender, receiver] = socket::pair();
    sender.set_timeout(60ms);
    // Somebody who takes a little every 20 ms would keep a per-call time-out alive for ever.
    std::jthread slow([&receiver](const std::stop_token& done) {
        receiver.set_timeout(20ms);
        char little[4096];
        while (!done.stop_requested()) {
            if (receiver.try_recv(mutable_buffer(little)).error) return;
            std::this_thread::sleep_for(20ms);
        }
    });
    const auto start = std::chrono::steady_clock::now();
    const auto [size, error] = sender.try_send_all(std::string(64 << 20, 'x'));
    EXPECT_EQ(error, std::errc::timed_out);
    EXPECT_GT(size, 0U);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
    sender.close();
}

TEST(socket, attempts_report_without_throwing) {
    socket client{family::inet};
    socket unused = listening_on_loopback();
    const endpoint nobody = unused.local_endpoint();
    unused.close();
    EXPECT_EQ(client.try_connect(nobody), std::errc::connection_refused);
    socket unconnected{family::inet};
    EXPECT_EQ(unconnected.try_send("x").error, std::errc::broken_pipe);
    EXPECT_EQ(unconnected.try_recv(mutable_buffer{}).error, std::errc::not_connected);
    std::error_code error;
    EXPECT_FALSE(unconnected.try_accept(error));
    EXPECT_EQ(error, std::errc::invalid_argument);
}

TEST(socket, writing_to_a_closed_peer_is_an_error_and_no_signal) {
    auto [left, right] = socket::pair();
    right.close();
    EXPECT_EQ(left.try_send("x").error, std::errc::broken_pipe);
    EXPECT_EQ(error_of([&] { left.send_all("x"); }), std::errc::broken_pipe);
}

TEST(socket, half_close_ends_one_direction_only) {
    connection tcp;
    tcp.client.send_all("question");
    tcp.client.shutdown(direction::write);
    EXPECT_EQ(tcp.server.recv(100), "question");
    EXPECT_EQ(tcp.server.recv(100), "");
    tcp.server.send_all("answer");
    EXPECT_EQ(tcp.client.recv(100), "answer");
}

TEST(socket, peeks_and_reads_exactly) {
    connection tcp;
    tcp.server.send_all("abcdef");
    EXPECT_EQ(tcp.client.recv(3, message_flag::peek), "abc");
    char all[6];
    EXPECT_EQ(tcp.client.recv_exactly(all), 6U);
    EXPECT_EQ(std::string_view(all, 6), "abcdef");
    tcp.server.send_all("xy");
    tcp.server.close();
    EXPECT_EQ(tcp.client.recv_exactly(all), 2U);
}

TEST(socket, out_of_band_data_overtakes) {
    connection tcp;
    tcp.server.send_all("!", message_flag::oob);
    char urgent[1];
    transfer got;
    for (int i = 0; i < 1000 && got.size == 0; ++i) {  // loopback delivers soon, not at once
        got = tcp.client.try_recv(urgent, message_flag::oob);
    }
    EXPECT_EQ(urgent[0], '!');
}

TEST(socket, datagrams_name_their_sender) {
    socket server{family::inet, type::datagram};
    server.bind({"127.0.0.1", 0});
    socket client{family::inet, type::datagram};
    client.send_to("ping", {"localhost", server.local_endpoint().port()});
    const auto [data, peer] = server.recv_from(100);
    EXPECT_EQ(data, "ping");
    server.send_to("pong", peer);
    char room[2];
    const auto [size, from] = client.recv_from(room, message_flag::trunc);
    EXPECT_EQ(size, 4U);  // the real length; what did not fit is gone
    EXPECT_EQ(from, server.local_endpoint());
}

TEST(socket, a_truncated_datagram_gives_no_more_than_there_was_room_for) {
    auto [left, right] = socket::pair(type::datagram);
    left.send("abcdef");
    EXPECT_EQ(right.recv(2, message_flag::trunc), "ab");
    left.send("abcdef");
    EXPECT_EQ(right.recv_from(2, message_flag::trunc).data, "ab");
}

TEST(socket, descriptors_are_adopted_released_and_doubled) {
    auto [left, right] = socket::pair(type::seqpacket);
    const int fd = left.release();
    EXPECT_FALSE(left.is_open());
    socket again = socket::adopt(fd);
    EXPECT_EQ(again.type(), type::seqpacket);
    EXPECT_EQ(again.family(), family::local);
    const socket twin = again.dup();
    EXPECT_NE(twin.fileno(), again.fileno());
    EXPECT_FALSE(twin.get_inheritable());
    again.send("one");
    EXPECT_EQ(right.recv(10), "one");
    again.set_inheritable(true);
    EXPECT_TRUE(again.get_inheritable());
}

TEST(socket, an_unnamed_unix_peer_prints) {
    socket server{family::local};
    server.bind(endpoint::autobind());
    server.listen();
    socket client{family::local};
    client.connect(server.local_endpoint());
    EXPECT_THAT(client.peer_endpoint().to_string(), HasSubstr("unix:@"));
    EXPECT_EQ(server.accept().peer.to_string(), "unix:");
}

TEST(socket, a_full_unix_queue_is_waited_for_until_the_deadline) {
    socket server{family::local};
    server.bind(endpoint::autobind());
    server.listen(0);
    socket first{family::local};
    first.connect(server.local_endpoint());
    socket second{family::local};
    second.set_timeout(30ms);
    EXPECT_EQ(second.try_connect(server.local_endpoint()), std::errc::timed_out);
    std::jthread accepting([&] {
        std::this_thread::sleep_for(20ms);
        (void)server.accept();
    });
    socket third{family::local};
    third.set_timeout(5s);
    EXPECT_EQ(third.try_connect(server.local_endpoint()), std::error_code{});
}

void nothing(int) {}

TEST(socket, signals_never_interrupt_a_call) {
    struct sigaction action{};
    struct sigaction old{};
    action.sa_handler = nothing;  // and no SA_RESTART: the kernel will say EINTR
    ASSERT_EQ(sigaction(SIGUSR1, &action, &old), 0);
    connection tcp;
    tcp.client.set_timeout(10s);
    const pthread_t reader = pthread_self();
    std::jthread disturber([&] {
        for (int i = 0; i < 20; ++i) {
            std::this_thread::sleep_for(1ms);
            pthread_kill(reader, SIGUSR1);
        }
        tcp.server.send_all("through");
    });
    EXPECT_EQ(tcp.client.recv(100), "through");
    sigaction(SIGUSR1, &old, nullptr);
}

TEST(stop_source, ends_this_wait_and_all_later_ones) {
    socket server = listening_on_loopback();
    stop_source stop;
    server.stop_with(stop);
    EXPECT_FALSE(stop.stopped());
    std::jthread stopper([&] { stop.request_stop(); });
    std::error_code error;
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(server.try_accept(error));
        EXPECT_EQ(error, std::errc::operation_canceled);
    }
    EXPECT_TRUE(stop.stopped());
    EXPECT_THROW((void)server.accept(), stopped);
}

TEST(stop_source, does_not_keep_what_is_ready_from_being_taken) {
    connection tcp;
    stop_source stop;
    tcp.client.stop_with(stop);
    tcp.server.send_all("x");
    EXPECT_EQ(tcp.client.recv(1), "x");
}

TEST(stop_signal, turns_ctrl_c_into_a_stop_and_then_forgets_it) {
    {
        stop_signal stop;
        EXPECT_FALSE(stop.stopped());
        raise(SIGINT);
        EXPECT_TRUE(stop.stopped());
        socket server = listening_on_loopback();
        server.stop_with(stop);
        EXPECT_EQ(error_of([&] { (void)server.accept(); }), std::errc::operation_canceled);
    }
    // Had the signal waited for the end of stop_signal, this process would be gone.
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    EXPECT_EQ(sigismember(&mask, SIGINT), 0);
}

TEST(socket, a_peer_that_resets_is_an_error_and_not_an_end) {
    connection tcp;
    const struct {
        int on = 1;
        int seconds = 0;
    } linger;
    tcp.server.set_option(
        1, 13, const_buffer(&linger, sizeof linger));  // SO_LINGER 0: close sends a reset
    tcp.server.close();
    try {
        (void)tcp.client.recv(1);
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::connection_reset);
        EXPECT_THAT(e.what(), HasSubstr("recv on 127.0.0.1:"));
    }
}

}  // namespace
}  // namespace zocalo::net
