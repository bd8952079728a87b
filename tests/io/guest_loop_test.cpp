// SPDX-License-Identifier: MIT
#include "zocalo/io/guest_loop.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <string>

#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

/// Another program's loop: poll(2), and what it does meanwhile.
class foreign_loop {
 public:
    explicit foreign_loop(io::guest_loop& guest) : guest_(guest) {}

    void run_until_empty() {
        while (guest_.size() > 0) {
            const auto span = guest_.time_to_wait().value();
            const auto wait =
                span ? std::chrono::ceil<std::chrono::milliseconds>(*span).count() : 60'000;
            pollfd watched{guest_.fileno(), POLLIN, 0};
            const int ready = ::poll(&watched, 1, static_cast<int>(wait));
            ASSERT_TRUE(ready > 0 || span) << "nothing happened for a minute";
            ++turns;
            guest_.run_ready();
        }
    }
    int turns = 0;

 private:
    io::guest_loop& guest_;
};

io::task<> echo_once(io::listener& listener) {
    io::stream peer = co_await listener.accept();
    std::string came = co_await zocalo::tests::read_all(peer);
    co_await zocalo::tests::write_and_finish(peer, std::move(came));
}

io::task<> ask(net::endpoint where, std::string& answer) {
    io::stream server = co_await io::connect(where);
    co_await io::sleep(3ms);
    co_await zocalo::tests::write_and_finish(server, std::string(500'000, 'x'));
    answer = co_await zocalo::tests::read_all(server);
}

io::task<> talk(std::string& answer) {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    co_await io::all(echo_once(listener), ask(listener.local_endpoint(), answer));
}

TEST(guest_loop, runs_in_somebody_elses) {
    io::guest_loop guest;
    std::string answer;
    guest.spawn(talk(answer));
    guest.spawn(talk(answer));
    EXPECT_TRUE(guest.time_to_wait().is_zero()) << "they want to begin";
    EXPECT_EQ(guest.size(), 2U);
    foreign_loop(guest).run_until_empty();
    EXPECT_EQ(answer, std::string(500'000, 'x'));
    EXPECT_TRUE(guest.time_to_wait().is_none());
}

io::task<> compute(std::atomic<int>& value) {
    value = co_await io::spawn_blocking([] { return 42; });
}
io::task<> fail_soon() {
    co_await io::sleep(1ms);
    throw std::runtime_error("of its own");
}

TEST(guest_loop, hears_from_threads_and_of_errors) {
    io::guest_loop guest;
    std::atomic<int> value = 0;
    guest.spawn(compute(value));
    foreign_loop(guest).run_until_empty();
    EXPECT_EQ(value, 42);
    guest.spawn(fail_soon());
    EXPECT_THROW(foreign_loop(guest).run_until_empty(), std::runtime_error);
    EXPECT_EQ(guest.size(), 0U);
}

io::task<> wait_for_ever(bool& stopped) {
    try {
        co_await io::sleep(1h);
    } catch (const net::stopped&) {
        stopped = true;
        throw;
    }
}

TEST(guest_loop, ends_what_is_left) {
    bool stopped = false;
    {
        io::guest_loop guest;
        guest.spawn(wait_for_ever(stopped));
        guest.run_ready();
        EXPECT_FALSE(stopped);
        guest.spawn(wait_for_ever(stopped));  // never begins
    }
    EXPECT_TRUE(stopped);
}

TEST(guest_loop, others_may_block_between_its_turns) {
    io::guest_loop guest;
    bool stopped = false;
    guest.spawn(wait_for_ever(stopped));
    guest.run_ready();
    auto [one, other] = io::stream::pair();
    one.write("x").get();
    EXPECT_EQ(other.read().get().text(), "x");
    guest.cancel();
    EXPECT_THROW(foreign_loop(guest).run_until_empty(), net::stopped);
}

}  // namespace
