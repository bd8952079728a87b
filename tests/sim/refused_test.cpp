// SPDX-License-Identifier: MIT
// What a simulated network does not have, it refuses: docs/simulation.md lists it.
#include <gtest/gtest.h>

#include <string>
#include <system_error>

#include "zocalo/io/connect.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/readiness.hpp"
#include "zocalo/sim/world.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;

template <class T>
std::error_code error_of(io::task<T> what) {
    sim::world world{1};
    try {
        world.host("here").run(std::move(what));
    } catch (const std::system_error& error) {
        return error.code();
    }
    return {};
}

const net::endpoint anywhere = net::endpoint::parse("127.0.0.1:0");

TEST(refused, unix_datagrams) {
    const net::endpoint local = net::endpoint::abstract("here");
    EXPECT_EQ(error_of(io::open_datagram(local)), std::errc::address_family_not_supported);
    EXPECT_EQ(error_of(io::connect_datagram(local)), std::errc::address_family_not_supported);
    EXPECT_FALSE(error_of(io::listen(local)));
}

TEST(refused, options_that_need_a_kernel) {
    net::listen_options shared;
    shared.reuse_port = true;
    net::listen_options prepared;
    prepared.prepare = [](net::socket&) {};
    for (const net::listen_options& each : {shared, prepared}) {
        EXPECT_EQ(error_of(io::listen(anywhere, each)), std::errc::operation_not_supported);
        EXPECT_EQ(error_of(io::open_datagram(anywhere, each)), std::errc::operation_not_supported);
    }
}

TEST(refused, descriptors_of_the_operating_system) {
    EXPECT_THROW(error_of(io::wait_readable(0)), std::logic_error);
    EXPECT_THROW(error_of(io::wait_writable(1)), std::logic_error);
}

}  // namespace
