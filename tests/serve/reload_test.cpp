// SPDX-License-Identifier: MIT
// Certificates that are replaced while several loops shake hands: under the thread sanitizer, too.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "tls/ends.hpp"
#include "zocalo/serve/fleet.hpp"

namespace {

using namespace zocalo::tests;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;

class reloads : public in_every_world {};

io::task<> echo_securely(serve::connection& client, tls::server_context context) {
    co_await client.secure(context);
    co_await echo(client);
}

io::task<> visit(net::endpoint where, tls::client_context context) {
    io::stream line = co_await io::connect(where);
    io::task<io::stream> handshake = tls::connect(std::move(line), context, "localhost");
    io::stream secured = co_await std::move(handshake);
    const std::string answer = co_await ask(secured, "still here?");
    EXPECT_EQ(answer, "still here?");
}

TEST_P(reloads, harm_no_handshake_on_any_loop) {
    constexpr int visits = 20;
    const tls::server_context context(server_as(localhost()));
    serve::fleet fleet([&](serve::connection& client) { return echo_securely(client, context); },
                       {.loops = 2, .backend = *GetParam()});
    const net::endpoint where = fleet.listen({net::address::loopback_v4(), 0});
    fleet.start();
    std::atomic<int> left = 2;
    std::vector<std::jthread> visitors;
    for (int i = 0; i < 2; ++i) {
        visitors.emplace_back([&] {
            // One each: TSan cannot see how OpenSSL counts who has a session.
            const tls::client_context visitor(client_trusting(localhost()));
            for (int k = 0; k < visits; ++k)
                visit(where, visitor).get();
            --left;
        });
    }
    while (left > 0) {
        context.replace(server_as(localhost()));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // others want a processor, too
    }
    visitors.clear();
    fleet.stop();
    fleet.wait();
    EXPECT_EQ(fleet.counters().accepted, 2 * visits);
    EXPECT_EQ(fleet.counters().cut_off, 0);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(reloads);

}  // namespace
