// SPDX-License-Identifier: MIT
#include "zocalo/io/listener.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "io/worlds.hpp"
#include "support/folder.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/net/option_tcp.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
using net::option::tcp::no_delay;
using net::option::tcp::not_sent_low_water;

constexpr unsigned little = 48 << 10;

class listeners : public zocalo::tests::in_every_world {};

io::task<io::stream> accept_one(io::listener& from) {
    const net::endpoint where = from.local_endpoint();
    auto [accepted, client] = co_await io::all(from.accept(), io::connect(where));
    co_return std::move(accepted);
}

io::task<> what_is_prepared() {
    net::listen_options options;
    options.prepare = [](net::socket& made) {
        EXPECT_TRUE(made.get<no_delay>().value);
        made.set(no_delay{false});
        made.set(not_sent_low_water{1U << 20});
    };
    const net::endpoint any = net::endpoint::parse("127.0.0.1:0");
    io::task<io::listener> opening = io::listen(any, std::move(options));
    io::listener own = co_await std::move(opening);
    io::task<io::stream> accepting = accept_one(own);
    const io::stream accepted = co_await std::move(accepting);
    EXPECT_FALSE(accepted.get<no_delay>().value);
    EXPECT_EQ(accepted.get<not_sent_low_water>().value, 1U << 20);
}

TEST_P(listeners, give_their_connections_what_was_prepared) {
    run(what_is_prepared());
}

io::task<> what_is_taken_over(net::socket given) {
    io::listener own(std::move(given));
    io::task<io::stream> accepting = accept_one(own);
    const io::stream accepted = co_await std::move(accepting);
    EXPECT_TRUE(accepted.get<no_delay>().value);
    EXPECT_EQ(accepted.get<not_sent_low_water>().value, little);
}

TEST_P(listeners, that_are_taken_over_send_promptly) {
    run(what_is_taken_over(net::create_server(net::endpoint::parse("127.0.0.1:0"))));
}

io::task<> connect_by_path(net::socket given) {
    io::listener own(std::move(given));
    io::task<io::stream> accepting = accept_one(own);
    const io::stream accepted = co_await std::move(accepting);
    EXPECT_TRUE(accepted.is_open());
}

TEST_P(listeners, that_are_taken_over_may_be_of_a_path) {
    const zocalo::tests::folder folder;
    run(connect_by_path(net::create_server(net::endpoint::local(folder.file("socket")))));
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(listeners);

}  // namespace
