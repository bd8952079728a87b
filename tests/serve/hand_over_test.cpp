// SPDX-License-Identifier: MIT
#include "zocalo/serve/hand_over.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

#include "zocalo/net/connect.hpp"
#include "zocalo/net/listen.hpp"

namespace {

using namespace std::chrono_literals;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

class hand_overs : public testing::Test {
 protected:
    hand_overs() {
        const net::endpoint any(net::address::loopback_v4(), 0);
        for (const char* const name : {"http", ""})
            sockets.push_back({name, net::create_server(any)});
    }
    ~hand_overs() override { std::filesystem::remove(path); }

    /// The old process; `done` when somebody has taken over.
    std::jthread waiting() {
        return std::jthread([this] {
            try {
                serve::hand_over(serve::open_door(path), sockets, stop);
                done = true;
            } catch (const net::stopped&) {
            }
        });
    }
    serve::take_over taking_over() {
        for (;;) {
            serve::take_over attempt(path);
            if (!attempt.sockets().empty()) return attempt;
            std::this_thread::sleep_for(1ms);
        }
    }

    std::string path = testing::TempDir() + "hand_over." + std::to_string(::getpid());
    std::vector<serve::inherited_socket> sockets;
    net::stop_source stop;
    std::atomic<bool> done = false;
};

TEST_F(hand_overs, give_the_same_sockets) {
    std::jthread old = waiting();
    serve::take_over next = taking_over();
    ASSERT_EQ(next.sockets().size(), 2);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(next.sockets()[i].name, sockets[i].name);
        EXPECT_EQ(next.sockets()[i].socket.local_endpoint(), sockets[i].socket.local_endpoint());
    }
    EXPECT_FALSE(done);
    next.ready();
    old.join();
    EXPECT_TRUE(done);
    net::socket client = net::create_connection(sockets[0].socket.local_endpoint());
    EXPECT_EQ(next.sockets()[0].socket.accept().peer, client.local_endpoint());
}

TEST_F(hand_overs, go_on_when_the_next_process_fails) {
    std::jthread old = waiting();
    {
        const serve::take_over fails = taking_over();
    }
    serve::take_over next = taking_over();
    next.ready();
    old.join();
    EXPECT_TRUE(done);
}

TEST_F(hand_overs, are_for_this_user_alone) {
    std::jthread old = waiting();
    static_cast<void>(taking_over());
    const auto mode = std::filesystem::status(path).permissions();
    EXPECT_EQ(mode, std::filesystem::perms(0600));
    stop.request_stop();
    old.join();
    EXPECT_FALSE(done);
}

TEST_F(hand_overs, need_sockets) {
    const std::vector<serve::inherited_socket> none;
    EXPECT_THROW(serve::hand_over(serve::open_door(path), none, stop), std::invalid_argument);
}

TEST_F(hand_overs, of_nobody_give_nothing) {
    serve::take_over next(path);
    EXPECT_TRUE(next.sockets().empty());
    next.ready();
}

}  // namespace
