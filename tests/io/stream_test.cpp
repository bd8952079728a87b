// SPDX-License-Identifier: MIT
#include "zocalo/io/stream.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/option_tcp.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class streams : public zocalo::tests::in_every_world {};

io::task<> echo(io::stream peer) {
    for (;;) {
        const io::chunk got = co_await peer.read();
        if (got.empty()) break;
        co_await peer.write(zocalo::const_buffer(got.data(), got.size()));
    }
    co_await peer.finish();
}

using zocalo::tests::read_all;

using zocalo::tests::write_and_finish;

io::task<std::string> there_and_back(std::string what) {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    const net::endpoint where = listener.local_endpoint();
    auto [server, client] = co_await io::all(listener.accept(), io::connect(where));
    auto [nothing, none, back] =
        co_await io::all(echo(std::move(server)), write_and_finish(client, what), read_all(client));
    co_return back;
}

TEST_P(streams, carry_bytes_there_and_back) {
    EXPECT_EQ(run(there_and_back("hello")), "hello");
    const std::string much(10'000'000, 'x');
    EXPECT_EQ(run(there_and_back(much)), much);
}

/// What connections have that are accepted, connected, and connected with settings that say else.
io::task<std::vector<bool>> promptness(bool is_simulated) {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    const net::endpoint where = listener.local_endpoint();
    auto [server, client] = co_await io::all(listener.accept(), io::connect(where));
    io::socket_settings slow;
    slow.set(net::option::tcp::no_delay{false});
    io::stream other = co_await io::connect(where, {}, &slow);
    std::vector<bool> prompt;
    for (const io::stream* each : {&server, &client, &other}) {
        prompt.push_back(each->get<net::option::tcp::no_delay>().value);
        if (is_simulated) continue;
        const auto unsent = each->get<net::option::tcp::not_sent_low_water>().value;
        EXPECT_EQ(unsent, 48U * 1024);
    }
    co_return prompt;
}

TEST_P(streams, send_at_once_unless_told_otherwise) {
    EXPECT_EQ(run(promptness(is_simulated())), (std::vector<bool>{true, true, false}));
}

io::task<> connect_to(net::endpoint where) {
    co_await io::connect(where);
}

TEST_P(streams, refused_connection_names_the_address) {
    net::endpoint free = net::create_server(net::endpoint::parse("127.0.0.1:0")).local_endpoint();
    try {
        run(connect_to(free));
        FAIL() << "connected to a closed port";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::connection_refused);
        EXPECT_NE(std::string(error.what()).find("connect to " + free.to_string()),
                  std::string::npos)
            << error.what();
    }
}

io::task<> read_for_a_moment() {
    auto [one, other] = io::stream::pair();
    co_await io::timeout(20ms, one.read());
}

TEST_P(streams, time_out_says_what_it_waited_for) {
    try {
        run(read_for_a_moment());
        FAIL() << "read something";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
        EXPECT_NE(std::string(error.what()).find("receive from"), std::string::npos)
            << error.what();
        EXPECT_NE(std::string(error.what()).find("20 ms"), std::string::npos) << error.what();
    }
}

io::task<std::string> read_text(io::stream& from) {
    const io::chunk got = co_await from.read();
    co_return std::string(got.text());
}

io::task<std::string> lose_a_race() {
    auto [one, other] = io::stream::pair();
    co_await io::any(read_text(one), io::sleep(10ms));
    co_await other.write("late");
    co_return co_await read_text(one);
}

TEST_P(streams, cancelled_read_loses_nothing) {
    EXPECT_EQ(run(lose_a_race()), "late");
}

io::task<> accept_clients(io::listener& from, io::scope& clients, int count) {
    for (int i = 0; i < count; ++i)
        clients.spawn(echo(co_await from.accept()));
}

io::task<std::size_t> ask(net::endpoint where, std::string what) {
    io::stream server = co_await io::connect(where);
    co_await write_and_finish(server, what);
    co_return (co_await read_all(server)).size();
}

io::task<std::size_t> ask_many(net::endpoint where, int count) {
    std::vector<io::task<std::size_t>> asking;
    for (int i = 0; i < count; ++i)
        asking.push_back(ask(where, std::string(1000, 'y')));
    std::size_t sum = 0;
    for (const std::size_t each : co_await io::all(std::move(asking)))
        sum += each;
    co_return sum;
}

io::task<std::size_t> serve_and_ask(int count) {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    io::scope clients;
    auto [nothing, sum] = co_await io::all(clients.run(accept_clients(listener, clients, count)),
                                           ask_many(listener.local_endpoint(), count));
    co_return sum;
}

TEST_P(streams, server_has_many_clients_at_once) {
    EXPECT_EQ(run(serve_and_ask(100)), 100'000U);
}

TEST(stream, blocks_without_a_loop) {
    auto [one, other] = io::stream::pair();
    one.write("ping").get();
    EXPECT_EQ(other.read().get().text(), "ping");
    other.close();
    EXPECT_TRUE(one.read().get().empty());
    EXPECT_THROW(one.write("x").get(), std::system_error);
}

TEST(stream, closed_one_says_so) {
    io::stream none;
    try {
        none.read().get();
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::bad_file_descriptor);
    }
}

ZOCALO_IN_EVERY_WORLD(streams);

}  // namespace
