// SPDX-License-Identifier: MIT
#include "relay/relay.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <thread>

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
                program::relay relay(&local, &local, remote, rules);
                run(relay, stop);
                sent = relay.outgoing().moved();
            } catch (const std::system_error& thrown) {
                error = thrown.code();
            }
            user_end.close();
            peer_end.close();
        });
    }
    void join() { runner.join(); }

    net::socket user, user_end, peer, peer_end;
    socket_channel local{user_end};
    socket_channel remote{peer_end};
    net::stop_source stop;
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

TEST(relay, ends_with_the_peer_when_told_so) {
    stage on;
    on.start({.end_with_peer = true});
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
    on.start();
    on.user.set_timeout(200ms);
    const std::string chunk(64 * 1024, 'x');
    std::size_t taken = 0;
    for (net::transfer sent; !sent.error && taken < 64'000'000; taken += sent.size) {
        sent = on.user.try_send(chunk);
    }
    // The kernel's four buffers, the flow, and a read more.
    EXPECT_LT(taken, flow::capacity + 4'000'000);
    on.stop.request_stop();
    on.join();
    EXPECT_EQ(on.error, std::errc::operation_canceled);
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

    net::stop_source stop;
    socket_channel link(here);
    program::relay relay(nullptr, nullptr, link, {});
    try {
        run(relay, stop);
        FAIL() << "a reset was taken for the end";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::connection_reset);
    }
}

}  // namespace
}  // namespace zocalo::program
