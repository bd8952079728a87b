// SPDX-License-Identifier: MIT
// Connections over several paths, or TCP where there are none.
#include <gtest/gtest.h>

#include <string>
#include <system_error>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/faults.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/socket.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;

class multipath : public zocalo::tests::in_every_world {};

bool kernel_has_it() {
    try {
        const net::socket probe{net::family::inet, net::type::stream, net::protocol::mptcp};
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

io::task<std::string> talk(net::protocol wanted, net::protocol& spoken) {
    net::listen_options options;
    options.protocol = wanted;
    io::listener listener =
        co_await io::listen(net::endpoint::parse("127.0.0.1:0"), std::move(options));
    const net::host_port where("127.0.0.1", listener.local_endpoint().port());
    io::connect_options how;
    how.protocol = wanted;
    auto both = io::all(listener.accept(), io::connect(where, std::move(how)));
    auto [server, client] = co_await std::move(both);
    spoken = client.get<net::option::protocol>().value;
    const std::string hello = "hello";
    co_await client.write(hello);
    const io::chunk came = co_await server.read();
    co_return std::string(came.text());
}

TEST_P(multipath, is_there_or_tcp_instead) {
    net::protocol spoken{};
    EXPECT_EQ(run(talk(net::protocol::mptcp, spoken)), "hello");
    if (is_simulated()) return;
    const auto expected = kernel_has_it() ? net::protocol::mptcp : net::protocol::tcp;
    EXPECT_EQ(spoken, expected);
}

TEST_P(multipath, is_not_there_unless_it_was_asked_for) {
    net::protocol spoken{};
    EXPECT_EQ(run(talk(net::protocol::automatic, spoken)), "hello");
    if (is_simulated()) return;
    EXPECT_EQ(spoken, net::protocol::tcp);
}

/// What comes late comes as it was asked for.
TEST_P(multipath, survives_a_delay_on_purpose) {
    faults = [](const io::coming_operation& what) {
        io::fault late;
        if (what.kind == io::operation_kind::connect) late.delay = std::chrono::milliseconds(1);
        return late;
    };
    net::protocol spoken{};
    EXPECT_EQ(run(talk(net::protocol::mptcp, spoken)), "hello");
    if (is_simulated() || !kernel_has_it()) return;
    EXPECT_EQ(spoken, net::protocol::mptcp);
}

ZOCALO_IN_EVERY_WORLD(multipath);

}  // namespace
