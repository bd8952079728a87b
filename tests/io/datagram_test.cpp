// SPDX-License-Identifier: MIT
#include "zocalo/io/datagram.hpp"

#include <gtest/gtest.h>

#include <string>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class datagrams : public zocalo::tests::in_every_world {};

const net::endpoint anywhere = net::endpoint::parse("127.0.0.1:0");

io::task<> answer_one(io::datagram& server) {
    char room[100];
    const auto [size, peer] = co_await server.receive_from(zocalo::mutable_buffer(room));
    co_await server.send_to(zocalo::const_buffer(&room[0], size), peer);
}

io::task<std::string> ask(io::datagram& client, net::endpoint server, std::string what) {
    co_await client.send_to(what, server);
    std::string room(100, '\0');
    const auto [size, peer] = co_await client.receive_from(room);
    EXPECT_EQ(peer, server);
    room.resize(size);
    co_return room;
}

io::task<std::string> one_there_and_back() {
    io::datagram server = co_await io::open_datagram(anywhere);
    io::datagram client = co_await io::open_datagram(anywhere);
    auto [nothing, answer] = co_await io::all(
        answer_one(server), ask(client, server.local_endpoint(), "are you there?"));
    co_return answer;
}

TEST_P(datagrams, go_there_and_back) {
    EXPECT_EQ(run(one_there_and_back()), "are you there?");
}

io::task<> send_numbers(io::datagram& from, net::endpoint to, int count) {
    net::send_batch batch(32);
    for (int sent = 0; sent < count;) {
        batch.clear();
        std::vector<std::string> numbers;
        for (int i = 0; i < 32 && sent < count; ++i)
            numbers.push_back(std::to_string(sent++));
        for (const std::string& each : numbers)
            batch.add(each, to);
        co_await from.send_many(batch);
    }
}

io::task<int> receive_numbers(io::datagram& at, int count) {
    net::recv_batch batch(32, 2048);
    int came = 0;
    while (came < count) {
        co_await io::timeout(5s, at.receive_many(batch));
        batch.for_each_datagram([&](zocalo::const_buffer data, const net::endpoint& /*peer*/) {
            EXPECT_EQ(data.text(), std::to_string(came++));
        });
    }
    co_return came;
}

io::task<int> many_at_once(int count) {
    io::datagram receiver = co_await io::open_datagram(anywhere);
    io::datagram sender = co_await io::open_datagram(anywhere);
    auto [came, nothing] = co_await io::all(receive_numbers(receiver, count),
                                            send_numbers(sender, receiver.local_endpoint(), count));
    co_return came;
}

TEST_P(datagrams, come_in_batches) {
    EXPECT_EQ(run(many_at_once(100)), 100);
}

io::task<> wait_in_vain() {
    io::datagram alone = co_await io::open_datagram(anywhere);
    char room[10];
    EXPECT_THROW(co_await io::timeout(5ms, alone.receive_from(zocalo::mutable_buffer(room))),
                 std::system_error);
    // The one below comes after the wait was given up.
    io::datagram other = co_await io::open_datagram(anywhere);
    co_await other.send_to("late", alone.local_endpoint());
    const auto [size, peer] = co_await alone.receive_from(zocalo::mutable_buffer(room));
    EXPECT_EQ(size, 4U);
}

TEST_P(datagrams, cancelled_receive_loses_none) {
    run(wait_in_vain());
}

TEST(datagram, closed_one_says_so) {
    io::datagram none;
    EXPECT_THROW(none.send("x").get(), std::system_error);
    EXPECT_THROW((void)none.socket(), std::system_error);
}

ZOCALO_IN_EVERY_WORLD(datagrams);

}  // namespace
