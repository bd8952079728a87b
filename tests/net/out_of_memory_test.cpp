// SPDX-License-Identifier: MIT
// A server for which there is no memory loses that request, and goes on.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "support/serving.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/server.hpp"

namespace {

thread_local bool out_of_memory = false;

void* allocate(std::size_t size) {
    if (out_of_memory) throw std::bad_alloc();
    if (void* made = std::malloc(size == 0 ? 1 : size)) return made;
    throw std::bad_alloc();
}

}  // namespace

// Those for arrays call these.
void* operator new(std::size_t size) {
    return allocate(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

TEST(server_without_memory, loses_one_client_and_goes_on) {
    std::atomic<int> seen{0};
    server_options options;
    options.hooks.verify_request = [&](const endpoint&) {
        out_of_memory = ++seen == 1;
        return true;
    };
    options.hooks.service_actions = [] { out_of_memory = false; };
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
