// SPDX-License-Identifier: MIT
// Connections whose handler has gone while they rest.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace zocalo::tests;
using net::literals::operator""_net;

/// Long enough for whoever rests to be parked.
constexpr auto a_rest = 60ms;

class parking : public in_every_world {
 protected:
    /// Sends back what comes, in requests of one piece, and may be parked between them.
    io::task<> talk(serve::connection& client) {
        ++calls;
        numbers.push_back(client.number());
        for (;;) {
            client.may_park();
            const io::chunk got = co_await client.stream().read();
            if (got.empty()) co_return;
            client.enter(serve::phase::open);
            client.remember(client.remembered() + 1);
            remembered = client.remembered();
            co_await client.stream().write(got.text());
        }
    }

    template <class Client>
    void play(serve::server_options options, Client client) {
        options.limits.park = 10ms;
        options.hooks.ended = [this](const serve::connection& one) {
            ++ended;
            last = one.peer();
            local = one.local_endpoint();
        };
        serve::handler on_demand([this](serve::connection& one) { return talk(one); });
        on_demand.on_demand = true;
        serve::server server(on_demand, options);
        run(with_server(server, client));
        counted = server.counters();
        EXPECT_EQ(counted.active, 0);
        EXPECT_EQ(ended, counted.accepted - counted.refused_address);
    }

    std::size_t calls = 0;
    std::size_t ended = 0;
    std::vector<std::uint64_t> numbers;
    std::uint32_t remembered = 0;
    serve::peer last;
    net::endpoint local;
    serve::counters counted;
};

TEST_P(parking, calls_nobody_before_the_first_word) {
    play({}, [this](serve::server& server, net::endpoint where) -> io::task<> {
        io::stream peer = co_await io::connect(where);
        co_await io::sleep(a_rest);
        EXPECT_EQ(server.counters().active, 1);
        EXPECT_EQ(calls, 0);
        const std::string answer = co_await ask(peer, "hello");
        EXPECT_EQ(answer, "hello");
        EXPECT_EQ(calls, 1);
    });
    EXPECT_EQ(counted.handled, 1);
}

TEST_P(parking, goes_on_where_it_was) {
    play({}, [this](serve::server& server, net::endpoint where) -> io::task<> {
        io::stream peer = co_await io::connect(where);
        for (std::size_t i = 1; i <= 3; ++i) {
            const std::string first = co_await ask(peer, "a");
            const std::string second = co_await ask(peer, "b");
            EXPECT_EQ(first + second, "ab");
            EXPECT_EQ(calls, i);
            EXPECT_EQ(remembered, 2 * i);
            co_await io::sleep(a_rest);
            EXPECT_EQ(server.counters().active, 1);
        }
    });
    EXPECT_EQ(numbers, (std::vector<std::uint64_t>{1, 1, 1}));
    EXPECT_EQ(counted.handled, 1);
    EXPECT_EQ(counted.bytes_received, 6);
    EXPECT_EQ(counted.bytes_sent, 6);
}

io::task<> wait_to_be_ended(serve::server& /*server*/, net::endpoint where) {
    io::stream peer = co_await io::connect(where);
    const std::string answer = co_await ask(peer, "a");
    EXPECT_EQ(answer, "a");
    EXPECT_TRUE(co_await has_ended(peer));
}

TEST_P(parking, is_idle_after_a_while) {
    std::string reason;
    serve::server_options options{.limits = {.idle = 80ms, .linger = 0s}};
    options.hooks.failed = [&](const serve::connection&, std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& what) {
            reason = what.what();
        }
    };
    play(options, wait_to_be_ended);
    EXPECT_EQ(counted.timed_out, 1);
    EXPECT_NE(reason.find("idle (limit 80 ms)"), std::string::npos) << reason;
}

TEST_P(parking, grows_too_old) {
    play({.limits = {.total = 80ms, .linger = 0s}}, wait_to_be_ended);
    EXPECT_EQ(counted.timed_out, 1);
}

TEST_P(parking, is_told_goodbye_when_its_time_is_up) {
    play(saying({.idle = 80ms}), [](serve::server&, net::endpoint where) -> io::task<> {
        io::stream peer = co_await io::connect(where);
        const std::string said = co_await read_all(peer);
        EXPECT_EQ(said, goodbye(serve::ending::idle));
    });
}

TEST_P(parking, makes_place_for_others) {
    play({.limits = {.connections = 2, .linger = 0s}},
         [](serve::server&, net::endpoint where) -> io::task<> {
             io::stream one = co_await io::connect(where);
             const std::string first = co_await ask(one, "1");
             co_await io::sleep(a_rest);
             io::stream two = co_await io::connect(where);
             const std::string second = co_await ask(two, "2");
             co_await io::sleep(a_rest);
             io::stream three = co_await io::connect(where);
             const std::string third = co_await ask(three, "3");
             EXPECT_EQ(first + second + third, "123");
             EXPECT_TRUE(co_await has_ended(one));
             const std::string fourth = co_await ask(two, "4");
             EXPECT_EQ(fourth, "4");
         });
    EXPECT_EQ(counted.evicted, 1);
}

TEST_P(parking, keeps_its_share) {
    play({.limits = {.per_address = 1, .linger = 0s}},
         [](serve::server&, net::endpoint where) -> io::task<> {
             io::stream one = co_await io::connect(where);
             const std::string first = co_await ask(one, "1");
             EXPECT_EQ(first, "1");
             co_await io::sleep(a_rest);
             io::stream two = co_await io::connect(where);
             EXPECT_TRUE(co_await has_ended(two));
             one.close();
             co_await io::sleep(a_rest);
             io::stream three = co_await io::connect(where);
             const std::string third = co_await ask(three, "3");
             EXPECT_EQ(third, "3");
         });
    EXPECT_EQ(counted.refused_address, 1);
}

TEST_P(parking, ends_when_the_server_stops) {
    play(saying({}), [](serve::server& server, net::endpoint where) -> io::task<> {
        io::stream silent = co_await io::connect(where);
        io::stream resting = co_await io::connect(where);
        const std::string answer = co_await ask(resting, "x");
        EXPECT_EQ(answer, "x");
        co_await io::sleep(a_rest);
        server.stop();
        const std::string one = co_await read_all(silent);
        const std::string other = co_await read_all(resting);
        EXPECT_EQ(one, goodbye(serve::ending::drained));
        EXPECT_EQ(other, goodbye(serve::ending::drained));
    });
    EXPECT_EQ(counted.handled, 2);
}

TEST_P(parking, ends_with_its_client) {
    play({}, [this](serve::server& server, net::endpoint where) -> io::task<> {
        io::stream silent = co_await io::connect(where);
        io::stream resting = co_await io::connect(where);
        const std::string answer = co_await ask(resting, "x");
        EXPECT_EQ(answer, "x");
        co_await io::sleep(a_rest);
        silent.close();
        resting.close();
        co_await io::sleep(a_rest);
        EXPECT_EQ(server.counters().active, 0);
        EXPECT_EQ(calls, 1);
    });
    EXPECT_EQ(counted.handled, 2);
}

TEST_P(parking, remembers_whom_a_proxy_has_introduced) {
    play({.proxies = {.from = {"127.0.0.0/8"_net}}},
         [this](serve::server&, net::endpoint where) -> io::task<> {
             io::stream peer = co_await io::connect(where);
             co_await peer.write("PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n");
             const std::string first = co_await ask(peer, "1");
             co_await io::sleep(a_rest);
             const std::string second = co_await ask(peer, "2");
             EXPECT_EQ(first + second, "12");
             EXPECT_EQ(calls, 2);
         });
    EXPECT_EQ(last.to_string(), "192.0.2.1:4711");
    EXPECT_EQ(local, net::endpoint::parse("198.51.100.2:443"));
}

io::task<> cancel_with_one_parked(serve::server& server) {
    const net::endpoint any(net::address::loopback_v4(), 0);
    const net::endpoint where = co_await server.listen(any);
    auto running = server.run();
    auto client = [](net::endpoint at) -> io::task<> {
        io::stream peer = co_await io::connect(at);
        co_await io::sleep(a_rest);
    }(where);
    co_await io::any(std::move(running), std::move(client));
}

TEST_P(parking, ends_when_everything_is_cancelled) {
    serve::handler echo_on_demand(echo);
    echo_on_demand.on_demand = true;
    serve::server server(echo_on_demand);
    run(cancel_with_one_parked(server));
    EXPECT_EQ(server.counters().active, 0);
    EXPECT_EQ(server.counters().cut_off, 1);
}

ZOCALO_IN_EVERY_WORLD(parking);

}  // namespace
