// SPDX-License-Identifier: MIT
#include "zocalo/serve/fleet.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/poller.hpp"
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
    std::set<std::uint64_t> numbers;
    const auto talk = [&](serve::connection& client) {
        {
            const std::lock_guard lock(mutex);
            threads.insert(std::this_thread::get_id());
            numbers.insert(client.number());
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
    EXPECT_EQ(numbers.size(), 64);
    EXPECT_EQ(*numbers.rbegin(), 64);
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

/// Echoes, and remembers how many it has done so for at once.
class counting_echo {
 public:
    io::task<> operator()(serve::connection& client) {
        const int now = ++open_;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        struct leaving {
            std::atomic<int>& open;
            ~leaving() { --open; }
        } const at_the_end{open_};
        co_await echo(client);
    }
    std::atomic<int> most = 0;

 private:
    std::atomic<int> open_ = 0;
};

/// Closes the clients one by one, each when it has its answer.
void let_go(std::vector<net::socket>& crowd) {
    net::poller answers;
    for (std::size_t i = 0; i < crowd.size(); ++i)
        answers.add(crowd[i], net::event::read, i);
    for (std::size_t left = crowd.size(); left > 0;) {
        const auto ready = answers.wait(30s);
        ASSERT_FALSE(ready.empty());
        for (const auto& each : ready) {
            answers.remove(crowd[each.data]);
            crowd[each.data].close();
            --left;
        }
    }
}

TEST_P(fleets, never_have_more_open_than_they_may) {
    counting_echo talk;
    serve::fleet_options options = on(2);
    options.server.limits = {.connections = 3};
    serve::fleet fleet([&](serve::connection& client) { return talk(client); }, options);
    const net::endpoint where = fleet.listen(any_port);
    fleet.start();
    std::vector<net::socket> crowd;
    for (int i = 0; i < 32; ++i) {
        crowd.push_back(net::create_connection(where));
        crowd.back().send_all("x");
    }
    // Three have a place, and of each loop one more waits for one.
    while (fleet.counters().active < 3 || fleet.counters().accepted < 5)
        std::this_thread::yield();
    let_go(crowd);
    fleet.stop();
    fleet.wait();
    EXPECT_EQ(talk.most, 3);
    EXPECT_EQ(fleet.counters().accepted, 32);
}

TEST_P(fleets, have_no_more_loops_than_connections) {
    serve::fleet_options options = on(4);
    options.server.limits = {.connections = 2};
    serve::fleet fleet(echo, options);
    EXPECT_EQ(fleet.loops(), 2);
    EXPECT_NO_THROW(fleet.replace({.connections = 2}));
    EXPECT_NO_THROW(fleet.replace({.connections = 0}));
    EXPECT_THROW(fleet.replace({.connections = 1}), std::invalid_argument);
}

TEST_P(fleets, accept_at_one_rate) {
    serve::fleet_options options = on(8);
    options.server.limits = {.accept_rate = 10};
    serve::fleet fleet(echo, options);
    const net::endpoint where = fleet.listen(any_port);
    const auto before = std::chrono::steady_clock::now();
    fleet.start();
    std::vector<net::socket> crowd;
    for (int i = 0; i < 15; ++i)
        crowd.push_back(net::create_connection(where));
    for (net::socket& each : crowd)
        EXPECT_EQ(ask(each, "x"), "x");
    // A second's worth at once, and then one each tenth of a second.
    EXPECT_GE(std::chrono::steady_clock::now() - before, 500ms);
}

TEST_P(fleets, need_an_address) {
    serve::fleet fleet(echo, on(1));
    EXPECT_THROW(fleet.start(), std::logic_error);
}

#ifndef ZOCALO_SANITIZED  // a sanitizer needs more memory than one may have here
/// While it lives the process has room for one more thread.
class room_for_one_thread {
 public:
    room_for_one_thread() {
        constexpr std::size_t stack = std::size_t{512} << 20;  // more than is kept of old ones
        ::pthread_attr_init(&attributes_);
        ::pthread_getattr_default_np(&attributes_);
        ::pthread_attr_getstacksize(&attributes_, &usual_);
        set(stack);
        ::getrlimit(RLIMIT_AS, &before_);
        const rlimit less{taken() + stack + stack / 2, before_.rlim_max};
        ::setrlimit(RLIMIT_AS, &less);
    }
    room_for_one_thread(const room_for_one_thread&) = delete;
    room_for_one_thread& operator=(const room_for_one_thread&) = delete;
    ~room_for_one_thread() {
        ::setrlimit(RLIMIT_AS, &before_);
        set(usual_);
        ::pthread_attr_destroy(&attributes_);
    }

 private:
    void set(std::size_t stack) {
        ::pthread_attr_setstacksize(&attributes_, stack);
        ::pthread_setattr_default_np(&attributes_);
    }
    static std::size_t taken() {
        std::size_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    }

    pthread_attr_t attributes_{};
    std::size_t usual_ = 0;
    rlimit before_{};
};

TEST_P(fleets, do_not_begin_without_a_thread_for_each_loop) {
    serve::fleet fleet(echo, on(3));
    fleet.listen(any_port);
    const room_for_one_thread room;
    EXPECT_THROW(fleet.start(), std::system_error);
    EXPECT_TRUE(fleet.ended().stopped());
}
#endif

ZOCALO_ON_EVERY_KERNEL_BACKEND(fleets);

}  // namespace
