// SPDX-License-Identifier: MIT
#include "zocalo/serve/fleet.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/socket.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using zocalo::tests::echo;

const net::endpoint any_port(net::address::loopback_v4(), 0);

class fleets : public zocalo::tests::in_every_world {
 protected:
    [[nodiscard]] serve::fleet_options on(std::size_t loops) const {
        return {.loops = loops, .backend = *GetParam()};
    }
};

std::string ask(net::socket& server, const std::string& what) {
    server.send_all(what);
    std::string answer(what.size(), '\0');
    answer.resize(server.recv_exactly(zocalo::mutable_buffer(answer.data(), answer.size())));
    return answer;
}

TEST_P(fleets, serve_on_every_loop) {
    std::mutex mutex;
    std::set<std::thread::id> threads;
    const auto talk = [&](serve::connection& client) {
        {
            const std::lock_guard lock(mutex);
            threads.insert(std::this_thread::get_id());
        }
        return echo(client);
    };
    serve::fleet fleet(talk, on(2));
    const net::endpoint where = fleet.listen(any_port);
    EXPECT_EQ(fleet.local_endpoints(), (std::vector{where}));
    fleet.start();
    for (int i = 0; i < 64; ++i) {
        net::socket client = net::create_connection(where);
        EXPECT_EQ(ask(client, "hello"), "hello");
    }
    EXPECT_EQ(threads.size(), 2);
    fleet.stop();
    fleet.wait();
    EXPECT_TRUE(fleet.ended().stopped());
    EXPECT_EQ(fleet.counters().accepted, 64);
    EXPECT_EQ(fleet.counters().active, 0);
}

TEST_P(fleets, share_a_socket_that_cannot_be_opened_twice) {
    serve::fleet fleet(echo, on(2));
    fleet.listen(net::endpoint::autobind());
    const net::endpoint where = fleet.local_endpoints().at(0);
    fleet.start();
    for (int i = 0; i < 16; ++i) {
        net::socket client = net::create_connection(where);
        EXPECT_EQ(ask(client, "local"), "local");
    }
    fleet.stop();
    fleet.wait();
    EXPECT_EQ(fleet.counters().accepted, 16);
}

TEST_P(fleets, know_the_process_at_a_unix_socket) {
    serve::peer who;
    serve::fleet fleet(
        [&](serve::connection& client) {
            who = client.peer();
            return echo(client);
        },
        on(1));
    fleet.listen(net::endpoint::autobind());
    fleet.start();
    net::socket client = net::create_connection(fleet.local_endpoints().at(0));
    EXPECT_EQ(ask(client, "who"), "who");
    client.close();
    fleet.stop();
    fleet.wait();
    ASSERT_TRUE(who.process);
    EXPECT_EQ(who.to_string(), "pid " + std::to_string(who.process->process) + " uid " +
                                   std::to_string(who.process->user));
}

TEST_P(fleets, refuse_after_a_stop_but_let_dialogues_end) {
    serve::fleet fleet(echo, on(2));
    const net::endpoint where = fleet.listen(any_port);
    fleet.start();
    net::socket client = net::create_connection(where);
    EXPECT_EQ(ask(client, "before"), "before");
    fleet.stop();
    for (bool refused = false; !refused;) {
        net::socket late(net::family::inet);
        refused = late.try_connect(where) == std::errc::connection_refused;
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_EQ(ask(client, "after"), "after");
    EXPECT_FALSE(fleet.ended().stopped());
    client.close();
    fleet.wait();
}

TEST_P(fleets, end_now_when_asked_twice) {
    serve::fleet fleet(echo, on(2));
    const net::endpoint where = fleet.listen(any_port);
    fleet.start();
    net::socket client = net::create_connection(where);
    EXPECT_EQ(ask(client, "here"), "here");
    fleet.stop();
    fleet.stop_now();
    fleet.wait();
    EXPECT_EQ(fleet.counters().cut_off, 1);
}

TEST_P(fleets, deal_out_sockets_of_another_number_of_loops) {
    for (const std::size_t loops : {1U, 3U}) {
        serve::fleet opens(echo, on(2));
        const net::endpoint where = opens.listen(any_port);
        serve::fleet serves(echo, on(loops));
        serves.add(opens.sockets());
        serves.start();
        for (int i = 0; i < 32; ++i) {
            net::socket client = net::create_connection(where);
            EXPECT_EQ(ask(client, "dealt"), "dealt");
        }
    }
}

TEST_P(fleets, need_an_address) {
    serve::fleet fleet(echo, on(1));
    EXPECT_THROW(fleet.start(), std::logic_error);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(fleets);

}  // namespace
