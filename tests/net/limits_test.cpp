// SPDX-License-Identifier: MIT
// Time-outs and backlogs at the edges of their types, through everything that takes one.
#include <gtest/gtest.h>

#include <chrono>
#include <climits>
#include <limits>
#include <thread>

#include "support/serving.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/file.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/poller.hpp"
#include "zocalo/net/server.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;
using seconds_in_double = std::chrono::duration<double>;
using seconds_in_float = std::chrono::duration<float>;

constexpr double infinite = std::numeric_limits<double>::infinity();

/// Longer than any test, and longer than what some call below can hold.
const timeout long_ones[] = {
    std::chrono::milliseconds(INT_MAX),
    std::chrono::milliseconds(std::int64_t{INT_MAX} + 1),
    std::chrono::milliseconds(std::numeric_limits<std::uint32_t>::max()),
    std::chrono::nanoseconds::max(),
    std::chrono::hours::max(),
    std::chrono::duration<std::uint64_t, std::nano>(std::numeric_limits<std::uint64_t>::max()),
    seconds_in_double(infinite),
    seconds_in_double(1e300),
    seconds_in_float(std::numeric_limits<float>::max()),
};

/// Over at once.
const timeout short_ones[] = {
    std::chrono::nanoseconds(1),
    std::chrono::nanoseconds(-1),
    std::chrono::nanoseconds::min(),
    std::chrono::hours::min(),
    seconds_in_double(-infinite),
    seconds_in_double(std::numeric_limits<double>::quiet_NaN()),
    seconds_in_double(std::numeric_limits<double>::denorm_min()),
    seconds_in_float(-0.0F),
};

class long_time : public testing::TestWithParam<timeout> {};
class short_time : public testing::TestWithParam<timeout> {};

/// Something that happens a moment after the wait has begun.
template <class Act>
std::jthread soon(Act act) {
    return std::jthread([act] {
        std::this_thread::sleep_for(5ms);
        act();
    });
}

TEST_P(long_time, is_waited_by_every_call_of_a_socket) {
    auto [one, other] = socket::pair();
    one.set_timeout(GetParam());
    EXPECT_EQ(one.get_timeout(), GetParam());
    const auto sender = soon([&peer = other] { peer.send_all("one two three four\n"); });
    EXPECT_EQ(one.recv(3), "one");
    std::string four(4, '\0');
    EXPECT_EQ(one.recv_exactly(four), 4U);
    char message[6];
    EXPECT_EQ(one.recv_msg({.data = message}).size, 6U);
    EXPECT_EQ(make_file(one).read_line(), " four");
    one.send_all("answer");
    EXPECT_EQ(other.recv(100), "answer");
}

TEST_P(long_time, is_waited_by_accept_and_connect) {
    socket server = test::bound_to_loopback();
    server.listen();
    server.set_timeout(GetParam());
    const auto client = soon([where = server.local_endpoint(), limit = GetParam()] {
        socket made = create_connection(where, {.timeout = limit, .attempt_delay = limit});
        EXPECT_TRUE(made.is_open());
        made.set_timeout(limit);
        made.close();
    });
    EXPECT_EQ(server.accept().client.recv(1), "");
}

TEST_P(long_time, is_waited_by_every_poller) {
    for (const auto kind : {poller::kind::select, poller::kind::poll, poller::kind::epoll}) {
        auto [one, other] = socket::pair();
        poller waiting{kind};
        waiting.add(one, event::read);
        const auto sender = soon([&peer = other] { peer.send_all("x"); });
        EXPECT_EQ(waiting.wait(GetParam()).size(), 1U);
    }
}

TEST_P(long_time, is_given_to_the_clients_of_a_server) {
    for (const auto how : {concurrency::threads, concurrency::pool, concurrency::processes}) {
        const auto echo = [](connection& client) {
            client.socket().send_all(client.socket().recv(100));
        };
        const server_limits limits{.idle = GetParam(), .drain = GetParam(), .linger = GetParam()};
        stream_server server{test::bound_to_loopback(), echo, {.how = how, .limits = limits}};
        socket client{family::inet};
        client.connect(server.local_endpoint());
        EXPECT_TRUE(server.handle_request(GetParam()));
        const auto late = soon([&client] {
            client.send_all("late, but heard");
            client.shutdown(direction::write);
        });
        server.shutdown();
        server.serve_forever(GetParam());  // drains
        EXPECT_EQ(client.recv(100), "late, but heard");
    }
}

TEST_P(short_time, is_over_at_once) {
    auto [one, other] = socket::pair();
    one.set_timeout(GetParam());
    char byte[1];
    const auto code = one.try_recv(byte).error;
    EXPECT_TRUE(code == std::errc::timed_out || code == std::errc::operation_would_block);
    for (const auto kind : {poller::kind::select, poller::kind::poll, poller::kind::epoll}) {
        poller waiting{kind};
        waiting.add(one, event::read);
        EXPECT_TRUE(waiting.wait(GetParam()).empty());
    }
    other.send_all("x");
    EXPECT_EQ(one.recv(1), "x");  // what is there comes in any case
    stream_server server{test::bound_to_loopback(), [](connection&) {}};
    EXPECT_FALSE(server.handle_request(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(all, long_time, testing::ValuesIn(long_ones));
INSTANTIATE_TEST_SUITE_P(all, short_time, testing::ValuesIn(short_ones));

TEST(backlog, every_number_listens) {
    for (const int backlog : {INT_MIN, -1, 0, 1, 4096, 65536, INT_MAX}) {
        socket server = test::bound_to_loopback();
        server.listen(backlog);
        socket client{family::inet};
        client.connect(server.local_endpoint());
        EXPECT_TRUE(server.accept().client.is_open()) << backlog;
    }
}

TEST(backlog, below_zero_is_a_mistake_where_there_are_options) {
    EXPECT_THROW((void)create_server({"127.0.0.1", 0}, {.backlog = -1}), std::invalid_argument);
    EXPECT_TRUE(create_server({"127.0.0.1", 0}, {.backlog = 0}).is_open());
    EXPECT_TRUE(create_server({"127.0.0.1", 0}, {.backlog = INT_MAX}).is_open());
    const auto serve = [](const server_limits& limits) {
        stream_server{test::bound_to_loopback(), [](connection&) {}, {.limits = limits}};
    };
    serve({.backlog = 0});
    serve({.backlog = INT_MAX});
    EXPECT_THROW(serve({.backlog = -1}), std::invalid_argument);
    EXPECT_THROW(serve({.connections = 0}), std::invalid_argument);
    EXPECT_THROW(serve({.handlers = 0}), std::invalid_argument);
    EXPECT_THROW(serve({.workers = 0}), std::invalid_argument);
}

}  // namespace
}  // namespace zocalo::net
