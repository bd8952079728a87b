// SPDX-License-Identifier: MIT
// A server for which there is no memory loses that request, and goes on.
#include <gtest/gtest.h>

#include <atomic>

#include "allocations/allocations.hpp"
#include "support/serving.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/server.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

TEST(server_without_memory, loses_one_client_and_goes_on) {
    std::atomic<int> seen{0};
    server_options options;
    options.hooks.verify_request = [&](const endpoint&) {
        tests::allocations::refuse(++seen == 1);
        return true;
    };
    options.hooks.service_actions = [] { tests::allocations::refuse(false); };
    const auto echo = [](connection& client) {
        client.socket().send_all(client.socket().recv(100));
    };
    stream_server server{test::bound_to_loopback(), echo, options};
    const test::serving running{server};

    socket refused = create_connection(server.local_endpoint(), {.timeout = 5s});
    refused.set_timeout(5s);
    EXPECT_EQ(refused.recv(100), "");
    socket served = create_connection(server.local_endpoint(), {.timeout = 5s});
    served.set_timeout(5s);
    served.send_all("still here");
    EXPECT_EQ(served.recv(100), "still here");
    EXPECT_EQ(server.counters().refused, 1U);
}

}  // namespace
}  // namespace zocalo::net
