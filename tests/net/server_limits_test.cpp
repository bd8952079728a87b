// SPDX-License-Identifier: MIT
// What a server puts up with: crowds, hostile peers, and having nothing left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/serving.hpp"
#include "zocalo/net/server.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;
using test::bound_to_loopback;
using test::serving;

socket client_of(const endpoint& server) {
    socket client{family::inet};
    client.connect(server);
    client.set_timeout(5s);
    return client;
}

void echo(connection& client) {
    for (std::string part; !(part = client.socket().recv(4096)).empty();)
        client.socket().send_all(part);
}

/// Whether the server answers within that time.
bool answers(socket& client, timeout limit) {
    client.send_all("x");
    client.set_timeout(limit);
    char answer[1];
    return client.try_recv(answer).size == 1;
}

void reset(socket& client) {
    const struct linger at_once{1, 0};
    client.set_option(SOL_SOCKET, SO_LINGER, const_buffer(&at_once, sizeof at_once));
    client.close();
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

class full_server : public testing::TestWithParam<concurrency> {};

TEST_P(full_server, lets_further_clients_wait_their_turn) {
    stream_server server{
        bound_to_loopback(),
        echo,
        {.how = GetParam(), .limits = {.connections = 2, .workers = 2, .linger = 1ms}}};
    const serving thread{server};
    socket first = client_of(server.local_endpoint());
    socket second = client_of(server.local_endpoint());
    ASSERT_TRUE(answers(first, 5s));
    ASSERT_TRUE(answers(second, 5s));
    socket third = client_of(server.local_endpoint());
    EXPECT_FALSE(answers(third, 50ms));
    EXPECT_EQ(server.counters().accepted, 2U);
    first.shutdown(direction::both);
    first.close();
    third.set_timeout(5s);
    EXPECT_EQ(third.recv(1), "x");
    EXPECT_EQ(server.counters().refused, 0U);
    for (socket* client : {&second, &third})
        client->shutdown(direction::both);
}

INSTANTIATE_TEST_SUITE_P(all, full_server,
                         testing::Values(concurrency::threads, concurrency::pool,
                                         concurrency::processes));

TEST(server_limits, one_address_gets_no_more_than_its_share) {
    stream_server server{bound_to_loopback(), echo, {.limits = {.per_address = 2}}};
    const serving thread{server};
    socket first = client_of(server.local_endpoint());
    socket second = client_of(server.local_endpoint());
    ASSERT_TRUE(answers(first, 5s));
    ASSERT_TRUE(answers(second, 5s));
    EXPECT_EQ(client_of(server.local_endpoint()).recv(1), "");
    EXPECT_EQ(server.counters().refused, 1U);

    socket neighbour{family::inet};  // 127/8 is all ours
    neighbour.bind(endpoint(address::v4(127, 0, 0, 2), 0));
    neighbour.connect(server.local_endpoint());
    EXPECT_TRUE(answers(neighbour, 5s));
    EXPECT_EQ(server.counters().refused, 1U);

    first.close();
    for (const deadline until{5s}; server.counters().active > 2 && !until.passed();)
        std::this_thread::sleep_for(1ms);
    socket next = client_of(server.local_endpoint());
    EXPECT_TRUE(answers(next, 5s));
}

TEST(server_limits, verify_request_decides) {
    const auto only_second = [](const endpoint& peer) {
        return peer.ip() == address::v4(127, 0, 0, 2);
    };
    stream_server server{bound_to_loopback(), echo, {.hooks = {.verify_request = only_second}}};
    const serving thread{server};
    EXPECT_EQ(client_of(server.local_endpoint()).recv(1), "");
    socket welcome{family::inet};
    welcome.bind(endpoint(address::v4(127, 0, 0, 2), 0));
    welcome.connect(server.local_endpoint());
    EXPECT_TRUE(answers(welcome, 5s));
    EXPECT_EQ(server.counters().refused, 1U);
}

TEST(server_limits, an_idle_client_is_let_go) {
    stream_server server{bound_to_loopback(), echo, {.limits = {.idle = 20ms, .linger = 1ms}}};
    const serving thread{server};
    EXPECT_EQ(client_of(server.local_endpoint()).recv(1), "");
}

TEST(server_limits, an_early_reply_reaches_a_client_that_is_still_sending) {
    const auto refuse = [](connection& client) {
        (void)client.socket().recv(100);
        client.socket().send_all("413 too large");
    };
    stream_server server{bound_to_loopback(), refuse};
    const serving thread{server};
    for (int i = 0; i < 100; ++i) {
        socket client = client_of(server.local_endpoint());
        client.send_all(std::string(30'000, 'x'));
        std::this_thread::yield();
        client.send_all(std::string(30'000, 'y'));
        ASSERT_EQ(client.recv(100), "413 too large") << i;
        ASSERT_EQ(client.recv(100), "") << i;  // a reset would throw here, or above
    }
}

TEST(server_limits, ten_thousand_clients_leave_nothing_behind) {
    for (const auto how : {concurrency::threads, concurrency::pool}) {
        const std::size_t before = open_descriptors();
        stream_server server{bound_to_loopback(), echo, {.how = how}};
        serving thread{server};
        for (int i = 0; i < 5000; ++i) {
            socket client = client_of(server.local_endpoint());
            if (i % 3 == 0) client.send_all("hello");
            if (i % 5 == 0) reset(client);
        }
        for (const deadline until{5s}; server.counters().accepted < 5000 && !until.passed();)
            std::this_thread::sleep_for(1ms);
        thread.stop();
        EXPECT_EQ(server.counters().accepted, 5000U);
        EXPECT_EQ(server.counters().active, 0U);
        EXPECT_EQ(server.counters().exhausted, 0U);
        EXPECT_EQ(open_descriptors() - before, 4U);  // two stops, what joins them, the bell
    }
}

double cpu_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// In a process of its own: serves with 40 descriptors until a byte comes over `control`, and
/// answers "cpu" there with the seconds that it has used.
[[noreturn]] void serve_with_few_descriptors(socket listener, socket control) {
    const rlimit few{40, 40};
    ::setrlimit(RLIMIT_NOFILE, &few);
    stream_server server{std::move(listener), echo, {.limits = {.drain = 1ms, .linger = 1ms}}};
    {
        serving thread{server};
        while (control.recv(1) == "?") {
            const std::string report =
                std::to_string(cpu_seconds()) + " " + std::to_string(server.counters().exhausted);
            control.send_all(report);
        }
    }
    ::_exit(0);
}

TEST(server_limits, survives_having_no_descriptors) {
    socket listener = bound_to_loopback();
    listener.listen(100);  // clients may connect before the server is up
    const endpoint where = listener.local_endpoint();
    auto [ours, theirs] = socket::pair();
    const pid_t child = ::fork();
    if (child == 0) {
        ours.close();
        serve_with_few_descriptors(std::move(listener), std::move(theirs));
    }
    listener.close();
    theirs.close();
    ours.set_timeout(10s);
    const auto ask = [&] {
        ours.send_all("?");
        const std::string report = ours.recv(100);
        return std::pair{std::stod(report), std::stoi(report.substr(report.find(' ')))};
    };

    std::vector<socket> idle;
    for (int i = 0; i < 60; ++i)
        idle.push_back(client_of(where));
    for (const deadline until{5s}; ask().second == 0 && !until.passed();)
        std::this_thread::sleep_for(10ms);
    const auto [cpu_before, exhausted_before] = ask();
    ASSERT_GT(exhausted_before, 0);
    std::this_thread::sleep_for(1s);
    EXPECT_LT(ask().first - cpu_before, 0.05);  // of that second

    const auto begin = std::chrono::steady_clock::now();
    idle.erase(idle.begin(), idle.begin() + 40);
    EXPECT_TRUE(answers(idle.back(), 5s));  // the last one in the queue
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);

    ours.shutdown(direction::write);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST(datagram_limits, replies_are_bounded_by_the_request) {
    std::atomic<int> refused{0};
    const auto flood = [&](datagram_request& request) {
        if (request.packet() == "trusted") request.trust_peer();
        try {
            request.reply(std::string(1000, 'x'));
        } catch (const std::system_error& e) {
            if (e.code() == std::errc::message_size) ++refused;
        }
        request.reply("end");
    };
    for (const auto& [packet, limit, expected] : {std::tuple{std::string("spoofed"), 3U, 3U},
                                                  {"trusted", 3U, 1000U},
                                                  {"any", 0U, 1000U},
                                                  {std::string(500, 'x'), 3U, 1000U}}) {
        datagram_server server{
            bound_to_loopback(type::datagram), flood, {.limits = {.amplification = limit}}};
        const serving thread{server};
        socket client = bound_to_loopback(type::datagram);
        client.set_timeout(5s);
        client.send_to(packet, server.local_endpoint());
        EXPECT_EQ(client.recv(2000).size(), expected);
    }
    EXPECT_EQ(refused, 1);
}

TEST(datagram_limits, larger_datagrams_are_dropped_not_cut) {
    const auto reply = [](datagram_request& request) { request.reply(request.packet()); };
    datagram_server server{bound_to_loopback(type::datagram), reply, {.limits = {.datagram = 10}}};
    const serving thread{server};
    socket client = bound_to_loopback(type::datagram);
    client.set_timeout(5s);
    client.send_to("eleven byte", server.local_endpoint());
    client.send_to("ten bytes.", server.local_endpoint());
    EXPECT_EQ(client.recv(100), "ten bytes.");
    EXPECT_EQ(server.counters().accepted, 2U);
    EXPECT_EQ(server.counters().refused, 1U);
}

}  // namespace
}  // namespace zocalo::net
