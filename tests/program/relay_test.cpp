// SPDX-License-Identifier: MIT
#include "relay/relay.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <thread>

#include "zocalo/io/any.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::program {
namespace {

using namespace std::chrono_literals;

/// A relay between two socket pairs: the test plays the user and the peer.
struct stage {
    explicit stage(net::type type = net::type::stream) {
        std::tie(user, user_end) = net::socket::pair(type);
        std::tie(peer, peer_end) = net::socket::pair(type);
        user.set_timeout(5s);
        peer.set_timeout(5s);
    }

    void start(const relay_rules& rules = {}) {
        runner = std::jthread([this, rules] {
            try {
                io::loop loop;
                loop.run(relaying(rules));
            } catch (const std::system_error& thrown) {
                error = thrown.code();
            }
        });
    }
    void join() { runner.join(); }

    io::task<> relaying(relay_rules rules) {
        io::stream local(std::move(user_end));
        io::stream remote(std::move(peer_end));
        program::relay relay(local, remote, rules, stop, nullptr);
        co_await io::any(relay.run(), stop_after(stop_in));
        sent = relay.sent();
    }
    /// As Ctrl-C would.
    io::task<> stop_after(timeout span) {
        co_await io::sleep(span);
        stop.set();
        co_await io::sleep(timeout::none());
    }

    net::socket user, user_end, peer, peer_end;
    io::event stop;
    timeout stop_in = timeout::none();
    std::uint64_t sent = 0;
    std::error_code error;
    std::jthread runner;
};

std::string read_to_end(net::socket& from) {
    std::string all;
    for (std::string piece = from.recv(65536); !piece.empty(); piece = from.recv(65536)) {
        all += piece;
    }
    return all;
}

TEST(relay, waits_for_the_reply_after_the_end_of_the_input) {
    stage on;
    on.start();
    on.user.send_all("question");
    on.user.shutdown(net::direction::write);
    EXPECT_EQ(read_to_end(on.peer), "question");  // returns because the end was passed on
    std::this_thread::sleep_for(50ms);
    on.peer.send_all("late answer");
    on.peer.close();
    EXPECT_EQ(read_to_end(on.user), "late answer");
    on.join();
    EXPECT_FALSE(on.error);
    EXPECT_EQ(on.sent, 8U);
}

TEST(relay, goes_on_sending_to_a_peer_that_has_closed_its_half) {
    stage on;
    on.start();
    on.peer.shutdown(net::direction::write);
    std::this_thread::sleep_for(50ms);
    on.user.send_all("still here");
    on.user.shutdown(net::direction::write);
    EXPECT_EQ(read_to_end(on.peer), "still here");
}

TEST(relay, ends_with_the_peer_when_nobody_says_more) {
    stage on;
    on.start({.has_input = false});
    on.peer.send_all("bye");
    on.peer.close();
    EXPECT_EQ(read_to_end(on.user), "bye");
    on.join();
    EXPECT_FALSE(on.error);
}

TEST(relay, moves_megabytes_both_ways_at_once_through_slow_readers) {
    stage on;
    on.start();
    std::string up(3'000'000, 'u');
    std::string down(4'000'000, 'd');
    for (std::size_t i = 0; i < up.size(); i += 7)
        up[i] = static_cast<char>(i);
    std::jthread user([&] {
        on.user.send_all(up);
        on.user.shutdown(net::direction::write);
    });
    std::jthread peer([&] {
        on.peer.send_all(down);
        on.peer.shutdown(net::direction::write);
    });
    std::string got_up;
    std::jthread peer_reader([&] { got_up = read_to_end(on.peer); });
    const std::string got_down = read_to_end(on.user);
    peer_reader.join();
    EXPECT_TRUE(got_up == up);
    EXPECT_TRUE(got_down == down);
}

TEST(relay, holds_no_more_than_its_bound_for_a_reader_that_does_not_read) {
    stage on;
    on.stop_in = 300ms;
    on.start();
    on.user.set_timeout(200ms);
    const std::string chunk(64 * 1024, 'x');
    std::size_t taken = 0;
    for (net::transfer sent; !sent.error && taken < 64'000'000; taken += sent.size) {
        sent = on.user.try_send(chunk);
    }
    EXPECT_LT(taken, 4'000'000U);  // the kernel's four buffers, and one read
    on.join();
}

TEST(relay, hands_over_what_has_come_before_a_stop) {
    stage on;
    on.stop_in = 100ms;
    on.start();
    const std::string data(1'000'000, 'd');
    std::jthread peer([&] { (void)on.peer.try_send_all(data); });
    std::this_thread::sleep_for(200ms);
    const std::string got = read_to_end(on.user);
    on.join();
    EXPECT_GE(got.size(), 400'000U);  // all but what the peer could not send
    EXPECT_FALSE(on.error);
}

TEST(relay, ends_after_a_stop_although_the_reader_sleeps) {
    stage on;
    on.stop_in = 50ms;
    on.start();
    on.peer.set_timeout(200ms);
    (void)on.peer.try_send_all(std::string(8'000'000, 'x'));
    on.join();
    EXPECT_FALSE(on.error);
}

TEST(relay, keeps_the_boundaries_of_messages) {
    stage on(net::type::seqpacket);
    on.start();
    on.user.send_all("one");
    on.user.send_all("two");
    EXPECT_EQ(on.peer.recv(100), "one");
    EXPECT_EQ(on.peer.recv(100), "two");
    on.peer.close();
    on.user.close();
}

TEST(relay, reports_an_idle_conversation_as_a_time_out) {
    stage on;
    on.start({.idle = 50ms});
    on.join();
    EXPECT_EQ(on.error, std::errc::timed_out);
}

TEST(relay, lingers_for_a_peer_that_does_not_end_but_not_for_ever) {
    stage on;
    on.start({.linger = 80ms});
    on.user.shutdown(net::direction::write);
    on.join();
    EXPECT_FALSE(on.error);
}

TEST(relay, says_that_the_peer_broke_the_connection) {
    net::socket listener{net::family::inet, net::type::stream};
    listener.bind({"127.0.0.1", 0});
    listener.listen();
    net::socket here{net::family::inet, net::type::stream};
    here.connect(listener.local_endpoint());
    auto [there, peer] = listener.accept();
    here.send_all("unread, so that closing resets");
    std::this_thread::sleep_for(20ms);
    there.close();

    io::event stop;
    io::stream local;
    io::stream link(std::move(here));
    program::relay relay(local, link, {.has_input = false, .has_output = false}, stop, nullptr);
    try {
        relay.run().get();
        FAIL() << "a reset was taken for the end";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::connection_reset);
    }
}

}  // namespace
}  // namespace zocalo::program
