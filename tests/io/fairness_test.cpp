// SPDX-License-Identifier: MIT
// A task whose operations are all done at once must not keep others, time-outs among them, from
// their turn.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <system_error>
#include <thread>

#include "io/worlds.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/socket.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class fair_loops : public zocalo::tests::in_every_world {
 protected:
    void expect_timed_out(io::task<> without_end) {
        try {
            run(io::timeout(20ms, std::move(without_end)));
            FAIL() << "ended by itself";
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
        }
    }
};

io::task<> write_for_ever(io::stream to) {
    for (;;)
        co_await to.write(std::string_view("x"));
}

TEST_P(fair_loops, time_out_ends_a_writer_whose_peer_takes_everything) {
    auto [here, there] = net::socket::pair();
    const std::jthread drains([&peer = there] {
        std::array<char, 4096> room;
        while (peer.recv(zocalo::mutable_buffer(room)) > 0) {
        }
    });
    expect_timed_out(write_for_ever(io::stream(std::move(here))));
}

io::task<> receive_for_ever(io::datagram from) {
    std::array<std::byte, 16> room;
    for (;;)
        co_await from.receive_from(zocalo::mutable_buffer(room));
}

TEST_P(fair_loops, time_out_ends_a_receiver_in_a_flood) {
    net::listen_options options;
    options.type = net::type::datagram;
    net::socket bound = net::create_server(net::endpoint::parse("127.0.0.1:0"), options);
    const net::endpoint target = bound.local_endpoint();
    const std::jthread floods([&target](const std::stop_token& enough) {
        net::socket from(net::family::inet, net::type::datagram);
        while (!enough.stop_requested())
            (void)from.try_send_to(std::string_view("x"), target);
    });
    expect_timed_out(receive_for_ever(io::datagram(std::move(bound))));
}

io::task<> be_late_for_ever() {
    for (;;)
        co_await io::sleep_until(io::time_point{});
}

TEST_P(fair_loops, time_out_ends_a_task_that_is_always_late) {
    expect_timed_out(be_late_for_ever());
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(fair_loops);

}  // namespace
