// SPDX-License-Identifier: MIT
// Of two events that epoll reported at once the first led to the second one's descriptor being
// closed and its number given to a connection in the making: the second event, of the old socket,
// made that "connected".
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/socket.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

/// A listener whose queue is full: connecting to it takes for ever.
class deaf_server {
 public:
    deaf_server() {
        for (net::socket& each : queue_) {
            each.set_blocking(false);
            (void)each.try_connect(where());
        }
    }
    [[nodiscard]] net::endpoint where() const { return listening_.local_endpoint(); }

 private:
    net::socket listening_ =
        net::create_server(net::endpoint::parse("127.0.0.1:0"), {.backlog = 0});
    std::array<net::socket, 4> queue_{
        net::socket(net::family::inet), net::socket(net::family::inet),
        net::socket(net::family::inet), net::socket(net::family::inet)};
};

struct scene {
    net::endpoint nobody;
    io::stream first;
    io::stream wakes_first;
    io::stream second;
    io::stream ends_second;
    int number = -1;  ///< of the second
};

/// From now on the backend watches it.
io::task<> wait_in_vain(io::stream& on) {
    io::task<> brief = io::detail::as_task(io::sleep(0ns));
    co_await io::any(on.read(), std::move(brief));
}

io::task<> reuse_the_number(scene& of) {
    co_await of.first.read();
    of.second.close();
    const int next = ::dup(0);
    ::close(next);
    EXPECT_EQ(next, of.number) << "the connection has another number";
    std::error_code outcome;
    try {
        co_await io::timeout(50ms, io::connect(of.nobody));
    } catch (const std::system_error& error) {
        outcome = error.code();
    }
    EXPECT_EQ(outcome, std::errc::timed_out) << outcome.message();
}

/// Both sockets have something to say before the backend looks.
io::task<> wake_both(scene& of) {
    co_await io::sleep(0ns);
    co_await of.wakes_first.write("x");
    of.ends_second.close();
}

io::task<> play(scene& of) {
    co_await wait_in_vain(of.first);
    co_await wait_in_vain(of.second);
    co_await io::all(reuse_the_number(of), wake_both(of));
}

class reused_numbers : public zocalo::tests::in_every_world {};

TEST_P(reused_numbers, are_not_taken_for_their_predecessors) {
    const deaf_server server;
    scene of;
    of.nobody = server.where();
    std::tie(of.first, of.wakes_first) = io::stream::pair();
    auto [one, other] = net::socket::pair();
    of.number = one.fileno();
    of.second = io::stream(std::move(one));
    of.ends_second = io::stream(std::move(other));
    run(play(of));
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(reused_numbers);

}  // namespace
