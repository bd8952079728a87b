// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <system_error>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/option_ip.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class spinning_loops : public zocalo::tests::in_every_world {
 protected:
    template <class T>
    T spin(io::task<T> what) {
        io::loop loop(*GetParam());
        loop.set_spin(1h);  // a millisecond is the most
        return loop.run(std::move(what));
    }
};

io::task<> echo(io::stream peer) {
    for (;;) {
        const io::chunk got = co_await peer.read();
        if (got.empty()) break;
        co_await peer.write(got.text());
    }
}

io::task<int> talk(io::stream peer) {
    int rounds = 0;
    for (; rounds < 1000; ++rounds) {
        co_await peer.write("ping");
        const io::chunk got = co_await peer.read();
        EXPECT_EQ(got.text(), "ping");
    }
    co_return rounds;
}

io::task<int> talk_to_echo() {
    auto [one, other] = io::stream::pair();
    auto [nothing, rounds] = co_await io::all(echo(std::move(one)), talk(std::move(other)));
    co_return rounds;
}

TEST_P(spinning_loops, serve_as_others_do) {
    EXPECT_EQ(spin(talk_to_echo()), 1000);
}

io::task<> wait_for_a_timer_and_a_thread() {
    co_await io::sleep(20ms);
    const int from_thread = co_await io::spawn_blocking([] { return 7; });
    EXPECT_EQ(from_thread, 7);
}

TEST_P(spinning_loops, hear_timers_and_threads) {
    spin(wait_for_a_timer_and_a_thread());
}

io::task<> sleep_for(zocalo::timeout span) {
    co_await io::sleep(span);
}

/// The share of a processor that it takes, which is no matter of how fast that is.
TEST_P(spinning_loops, give_up_when_nothing_comes) {
    using seconds = std::chrono::duration<double>;
    spin(sleep_for(1ms));
    const auto begin = std::chrono::steady_clock::now();
    const std::clock_t before = std::clock();
    spin(sleep_for(400ms));
    const seconds took = std::chrono::steady_clock::now() - begin;
    const seconds used{static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC};
    EXPECT_LT(used, took / 2);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(spinning_loops);

/// Somebody who asked for errors in the queue of the socket and does not take them: the kernel goes
/// on saying that there is something.
io::task<> leave_an_error_in_the_queue() {
    const net::endpoint anywhere = net::endpoint::parse("127.0.0.1:0");
    io::datagram nobody = co_await io::open_datagram(anywhere);
    const net::endpoint deserted = nobody.local_endpoint();
    nobody.close();
    io::datagram here = co_await io::open_datagram(anywhere);
    here.socket().set(net::option::ip::receive_errors{true});
    co_await here.send_to("is anybody there?", deserted);

    std::string room(100, '\0');
    std::vector<std::error_code> said;
    while (said.size() < 3) {
        try {
            co_await io::timeout(60s, here.receive_from(zocalo::mutable_buffer(room)));
        } catch (const std::system_error& error) {
            said.push_back(error.code());
        }
    }
    EXPECT_EQ(said[0], std::errc::connection_refused);
    EXPECT_EQ(said[1], std::errc::no_message_available);
    EXPECT_EQ(said[2], std::errc::no_message_available);

    here.socket().recv_msg({.data = room}, net::message_flag::errqueue);
    co_await here.send_to("myself", here.local_endpoint());
    const net::received got =
        co_await io::timeout(60s, here.receive_from(zocalo::mutable_buffer(room)));
    EXPECT_EQ(got.size, 6U);
}

class busy_loops : public zocalo::tests::in_every_world {};

TEST_P(busy_loops, are_ended_by_who_causes_them) {
    run(leave_an_error_in_the_queue());
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(busy_loops);

}  // namespace
