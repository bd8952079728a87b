// SPDX-License-Identifier: MIT
// A connection that nobody answers, on every backend: it ends when it is cancelled, and nothing of
// it stays.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "io/outcome.hpp"
#include "io/worlds.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/net/listen.hpp"

namespace {

using namespace std::chrono_literals;
using zocalo::tests::outcome_within;
namespace io = zocalo::io;
namespace net = zocalo::net;

class connecting_in_vain : public zocalo::tests::in_every_world {};

/// A server that answers nobody: its queue is full.
class deaf_server {
 public:
    deaf_server() {
        for (net::socket& each : queue_) {
            each.set_blocking(false);
            EXPECT_EQ(each.try_connect(where()), std::errc::operation_in_progress);
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

io::task<> connect_in_vain(net::endpoint where) {
    co_await io::connect(where);
}

TEST_P(connecting_in_vain, ends_when_cancelled) {
    if (is_simulated()) {
        const net::endpoint nobody = net::endpoint::parse("10.99.99.99:7");
        const auto outcome = run(outcome_within(5ms, connect_in_vain(nobody)));
        EXPECT_EQ(outcome, std::errc::timed_out) << outcome.message();
        run(zocalo::tests::expect_no_beginning(connect_in_vain(nobody)));
        return;
    }
    const deaf_server server;
    const int before = ::dup(0);
    ::close(before);
    for (int i = 0; i < 3; ++i) {
        const auto outcome = run(outcome_within(5ms, connect_in_vain(server.where())));
        EXPECT_EQ(outcome, std::errc::timed_out) << outcome.message();
    }
    run(zocalo::tests::expect_no_beginning(connect_in_vain(server.where())));
    const int after = ::dup(0);
    ::close(after);
    EXPECT_EQ(after, before) << "a descriptor was left open";
}

ZOCALO_IN_EVERY_WORLD(connecting_in_vain);

}  // namespace
