// SPDX-License-Identifier: MIT
// Datagrams between two who know each other.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <system_error>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/faults.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/option_ip.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class connected_datagrams : public zocalo::tests::in_every_world {};

const net::endpoint anywhere = net::endpoint::parse("127.0.0.1:0");

io::task<std::string> receive(io::datagram& at, net::endpoint from) {
    std::string room(100, '\0');
    auto coming = io::timeout(5s, at.receive_from(room));
    const auto [size, peer] = co_await std::move(coming);
    EXPECT_EQ(peer, from);
    room.resize(size);
    co_return room;
}

io::task<std::string> talk() {
    io::datagram server = co_await io::open_datagram(anywhere);
    io::datagram client = co_await io::connect_datagram(server.local_endpoint());
    EXPECT_EQ(client.peer_endpoint(), server.local_endpoint());
    EXPECT_EQ(server.peer_endpoint(), net::endpoint());
    EXPECT_NE(client.local_endpoint().port(), 0);
    const std::string question = "question";
    co_await client.send(question);
    std::string came = co_await receive(server, client.local_endpoint());
    const std::string answer = "answer";
    co_await server.send_to(answer, client.local_endpoint());
    came += ' ';
    came += co_await receive(client, server.local_endpoint());
    co_return came;
}

TEST_P(connected_datagrams, need_no_address) {
    EXPECT_EQ(run(talk()), "question answer");
}

io::task<std::string> batches() {
    io::datagram server = co_await io::open_datagram(anywhere);
    io::datagram client = co_await io::connect_datagram(server.local_endpoint());
    net::send_batch batch(3);
    const std::string texts[] = {"a", "b", "c"};
    for (const std::string& each : texts)
        batch.add(each);
    co_await client.send_many(batch);
    std::string all;
    for (int i = 0; i < 3; ++i)
        all += co_await receive(server, client.local_endpoint());
    co_return all;
}

TEST_P(connected_datagrams, go_in_batches) {
    EXPECT_EQ(run(batches()), "abc");
}

io::task<std::string> with_a_stranger() {
    io::datagram server = co_await io::open_datagram(anywhere);
    io::datagram stranger = co_await io::open_datagram(anywhere);
    io::datagram client = co_await io::connect_datagram(server.local_endpoint());
    const std::string lie = "lie";
    const std::string truth = "truth";
    co_await stranger.send_to(lie, client.local_endpoint());
    co_await server.send_to(truth, client.local_endpoint());
    co_return co_await receive(client, server.local_endpoint());
}

TEST_P(connected_datagrams, come_from_the_peer_alone) {
    EXPECT_EQ(run(with_a_stranger()), "truth");
}

/// Where nobody is.
io::task<net::endpoint> nobody() {
    io::datagram gone = co_await io::open_datagram(anywhere);
    co_return gone.local_endpoint();
}

io::task<> wait_for_refusal(net::endpoint where, std::string& what) {
    io::datagram client = co_await io::connect_datagram(where);
    const std::string question = "anybody?";
    co_await client.send(question);
    try {
        co_await receive(client, where);
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::connection_refused) throw;
        what = error.what();
    }
}

TEST_P(connected_datagrams, are_refused_where_nobody_is) {
    const net::endpoint where = run(nobody());
    std::string what;
    run(wait_for_refusal(where, what));
    const std::string cause = std::make_error_code(std::errc::connection_refused).message();
    EXPECT_EQ(what, "receive a datagram from " + where.to_string() + ": " + cause);
}

io::task<std::string> refused_send(net::endpoint where) {
    io::datagram client = co_await io::connect_datagram(where);
    const std::string question = "anybody?";
    co_await client.send(question);
    co_await io::sleep(20ms);
    std::string what = "sent";
    try {
        co_await client.send(question);
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::connection_refused) throw;
        what = error.what();
    }
    // It was told once, and the next one goes out.
    co_await client.send(question);
    co_return what;
}

TEST_P(connected_datagrams, a_send_is_told_of_it_too) {
    const net::endpoint where = run(nobody());
    const std::string cause = std::make_error_code(std::errc::connection_refused).message();
    EXPECT_EQ(run(refused_send(where)), "send a datagram to " + where.to_string() + ": " + cause);
}

io::task<> unconnected_hears_nothing(net::endpoint where) {
    io::datagram client = co_await io::open_datagram(anywhere);
    const std::string question = "anybody?";
    co_await client.send_to(question, where);
    co_await io::sleep(20ms);
    co_await client.send_to(question, where);
}

TEST_P(connected_datagrams, others_are_not_told) {
    const net::endpoint where = run(nobody());
    run(unconnected_hears_nothing(where));
}

io::task<net::endpoint> from_a_chosen_port(net::endpoint local) {
    io::datagram server = co_await io::open_datagram(anywhere);
    io::datagram client = co_await io::connect_datagram(server.local_endpoint(), local);
    co_return client.local_endpoint();
}

TEST_P(connected_datagrams, have_the_local_address_that_was_asked_for) {
    const net::endpoint free = run(nobody());
    EXPECT_EQ(run(from_a_chosen_port(free)), free);
}

io::task<> at_a_taken_port() {
    io::datagram server = co_await io::open_datagram(anywhere);
    io::datagram client =
        co_await io::connect_datagram(server.local_endpoint(), server.local_endpoint());
}

TEST_P(connected_datagrams, a_port_that_is_taken_is_an_error) {
    try {
        run(at_a_taken_port());
        FAIL() << "two have it";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::address_in_use);
    }
}

io::task<> of_two_families() {
    const net::endpoint there = net::endpoint::parse("[::1]:9");
    io::datagram client = co_await io::connect_datagram(there, anywhere);
}

TEST_P(connected_datagrams, the_addresses_are_of_one_family) {
    EXPECT_THROW(run(of_two_families()), std::invalid_argument);
}

TEST_P(connected_datagrams, can_go_wrong_on_purpose) {
    faults = io::fail_nth(io::operation_kind::connect, 1, std::errc::network_unreachable);
    try {
        run(talk());
        FAIL() << "nothing went wrong";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::network_unreachable);
    }
}

ZOCALO_IN_EVERY_WORLD(connected_datagrams);

class unix_datagrams : public zocalo::tests::in_every_world {};

io::task<std::string> unix_talk() {
    io::datagram server = co_await io::open_datagram(net::endpoint::autobind());
    const net::endpoint there = server.local_endpoint();
    io::datagram client = co_await io::connect_datagram(there, net::endpoint::autobind());
    const std::string question = "question";
    co_await client.send(question);
    std::string came = co_await receive(server, client.local_endpoint());
    const std::string answer = "answer";
    co_await server.send_to(answer, client.local_endpoint());
    came += ' ';
    came += co_await receive(client, there);
    server.close();
    try {
        co_await client.send(question);
    } catch (const std::system_error& error) {
        if (error.code() == std::errc::connection_refused) came += " refused";
    }
    co_return came;
}

TEST_P(unix_datagrams, talk_to_one_peer) {
    EXPECT_EQ(run(unix_talk()), "question answer refused");
}

io::task<int> ttl_of_one_with(io::socket_settings settings) {
    io::datagram server = co_await io::open_datagram(anywhere);
    io::datagram client =
        co_await io::connect_datagram(server.local_endpoint(), {}, std::move(settings));
    co_return client.socket().get<net::option::ip::ttl>().value;
}

TEST_P(unix_datagrams, and_others_get_settings_first) {
    io::socket_settings settings;
    settings.set(net::option::ip::ttl{7});
    EXPECT_EQ(run(ttl_of_one_with(settings)), 7);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(unix_datagrams);

}  // namespace
