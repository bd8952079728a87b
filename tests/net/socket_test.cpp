// SPDX-License-Identifier: MIT
#include "zocalo/net/socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "zocalo/net/stop.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

socket listening_on_loopback() {
    socket server{family::inet};
    server.bind({"localhost", 0});
    server.listen(5);
    return server;
}

TEST(socket, greets_a_client) {
    socket server = listening_on_loopback();
    socket client{family::inet};
    client.connect(server.local_endpoint());
    auto [connection, peer] = server.accept();
    EXPECT_EQ(peer, client.local_endpoint());
    connection.send_all("Thank you for connecting");
    connection.close();
    EXPECT_EQ(client.recv(1024), "Thank you for connecting");
    EXPECT_EQ(client.recv(1024), "");
}

TEST(socket, accept_times_out) {
    socket server = listening_on_loopback();
    server.set_timeout(20ms);
    try {
        (void)server.accept();
        FAIL();
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::timed_out);
        EXPECT_THAT(e.what(), testing::HasSubstr("accept on 127.0.0.1:"));
        EXPECT_THAT(e.what(), testing::HasSubstr("after 20 ms"));
    }
}

TEST(socket, a_stop_ends_a_wait) {
    socket server = listening_on_loopback();
    stop_source stop;
    server.stop_with(stop);
    std::jthread stopper([&] { stop.request_stop(); });
    std::error_code error;
    EXPECT_FALSE(server.try_accept(error));
    EXPECT_EQ(error, std::errc::operation_canceled);
    EXPECT_THROW((void)server.accept(), stopped);
}

TEST(socket, connect_takes_all_spellings_of_a_host) {
    socket server = listening_on_loopback();
    const auto port = server.local_endpoint().port();
    for (const host_port& peer :
         {host_port{"127.0.0.1", port}, host_port{"127.1", port}, host_port{"0x7f.1", port},
          host_port{2130706433, port}, host_port{"localhost", std::to_string(port)}}) {
        socket client{family::inet};
        client.connect(peer);
        EXPECT_EQ(client.peer_endpoint(), server.local_endpoint()) << peer;
    }
}

}  // namespace
}  // namespace zocalo::net
