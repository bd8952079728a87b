// SPDX-License-Identifier: MIT
// A time-out of nothing, with which a server takes the connections that are there when it stops,
// ended before io_uring was asked: they were reset when the listener went.
#include <gtest/gtest.h>

#include <system_error>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/socket.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

constexpr std::size_t count = 5;

std::vector<net::socket> clients_of(const net::endpoint& where) {
    std::vector<net::socket> all;
    for (std::size_t i = 0; i < count; ++i) {
        all.emplace_back(where.family());
        all.back().connect(where);
    }
    return all;
}

io::task<std::size_t> take_those_that_are_there(io::listener& from) {
    std::size_t taken = 0;
    try {
        for (;; ++taken) {
            const io::stream next = co_await io::timeout(zocalo::timeout::zero(), from.accept());
        }
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
    co_return taken;
}

/// Those that the backend has accepted already, while somebody waited for the first, are there too.
io::task<std::size_t> take_after_the_first(io::listener& from) {
    const net::endpoint where = from.local_endpoint();
    std::size_t taken = 0;
    try {
        co_await io::timeout(1ms, from.accept());
    } catch (const std::system_error&) {
        taken = 0;
    }
    const std::vector<net::socket> clients = clients_of(where);
    taken += co_await take_those_that_are_there(from);
    co_return taken;
}

class stops : public zocalo::tests::in_every_world {};

TEST_P(stops, lose_no_connection_that_is_there) {
    io::listener listener(net::create_server(net::endpoint::parse("127.0.0.1:0")));
    const std::vector<net::socket> clients = clients_of(listener.local_endpoint());
    EXPECT_EQ(run(take_those_that_are_there(listener)), count);
    EXPECT_EQ(run(take_after_the_first(listener)), count);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(stops);

}  // namespace
