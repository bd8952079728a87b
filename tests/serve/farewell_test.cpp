// SPDX-License-Identifier: MIT
// What clients are told who are turned away or ended, and limits that change.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "tls/ends.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using namespace zocalo::tests;

class farewells : public in_every_world {};

/// What a client gets who says that and closes its half only when the server has.
io::task<std::string> call(net::endpoint where, std::string what) {
    io::stream server = co_await io::connect(where);
    if (!what.empty()) co_await server.write(what);
    co_return co_await read_all(server);
}

TEST_P(farewells, are_said_to_who_is_turned_away) {
    serve::server server(echo, saying({.per_address = 1, .linger = 1s}));
    run(with_server(server, [](serve::server& self, net::endpoint where) -> io::task<> {
        io::stream first = co_await io::connect(where);
        EXPECT_EQ(co_await ask(first, "here"), "here");
        for (int i = 0; i < 20; ++i) {
            // What it says is not read by a handler: closing at once would reset the connection.
            const std::string told = co_await call(where, "a long request\r\n");
            EXPECT_EQ(told, goodbye(serve::ending::too_many_from_there));
        }
        EXPECT_EQ(self.counters().refused_address, 20);
        EXPECT_EQ(co_await ask(first, "still"), "still");
    }));
}

io::task<> be_turned_away(net::endpoint one, net::endpoint other) {
    io::stream first = co_await io::connect(one);
    EXPECT_EQ(co_await ask(first, "here"), "here");
    EXPECT_EQ(co_await call(one, ""), "not at " + one.to_string());
    EXPECT_EQ(co_await call(other, ""), "not at " + other.to_string());
}

io::task<> serve_at_two_ports(serve::server& server) {
    const net::endpoint any(net::address::loopback_v4(), 0);
    const net::endpoint one = co_await server.listen(any);
    const net::endpoint other = co_await server.listen(any);
    co_await zocalo::tests::beside(server, be_turned_away(one, other));
}

TEST_P(farewells, depend_on_where_the_client_has_come_to) {
    serve::server_options options = saying({.per_address = 1, .linger = 1s});
    options.hooks.farewell = [](const serve::peer&, serve::ending, const net::endpoint& at) {
        return "not at " + at.to_string();
    };
    serve::server server(echo, options);
    run(serve_at_two_ports(server));
}

TEST_P(farewells, are_said_to_a_few_at_once) {
    serve::server server(echo, saying({.per_address = 1, .linger = 100ms}));
    run(with_server(server, [](serve::server& self, net::endpoint where) -> io::task<> {
        io::stream first = co_await io::connect(where);
        EXPECT_EQ(co_await ask(first, "here"), "here");
        std::vector<io::stream> silent;  // they take the farewell, and do not close
        for (std::size_t i = 0; i < serve::most_farewells; ++i)
            silent.push_back(co_await io::connect(where));
        while (self.counters().refused_address < serve::most_farewells)
            co_await io::sleep(1ms);
        EXPECT_EQ(co_await call(where, ""), "");  // no more of them
        co_await io::sleep(200ms);
        EXPECT_EQ(co_await call(where, ""), goodbye(serve::ending::too_many_from_there));
    }));
}

io::task<> wait_for_head(serve::connection& client) {
    client.enter(serve::phase::head);
    return echo(client);
}
io::task<> wait_for_body(serve::connection& client) {
    client.enter(serve::phase::body);
    return echo(client);
}
io::task<> rest(serve::connection& client) {
    client.enter(serve::phase::resting);
    return echo(client);
}
/// More than any queue holds: the write is broken off.
io::task<> flood(serve::connection& client) {
    const std::string much(64 * 1024 * 1024, 'x');
    co_await client.stream().write(much);
}

TEST_P(farewells, are_said_to_who_passes_a_limit) {
    const serve::limits limits{.idle = 20ms, .head = 10ms};
    const std::pair<serve::handler, std::string> cases[] = {
        {echo, goodbye(serve::ending::idle)},
        {wait_for_head, goodbye(serve::ending::no_whole_head)},
        {wait_for_body, ""},  // something may be half said
    };
    for (const auto& [talk, expected] : cases) {
        serve::server server(talk, saying(limits));
        run(with_server(server, [&](serve::server&, net::endpoint where) -> io::task<> {
            EXPECT_EQ(co_await call(where, ""), expected);
        }));
    }
}

TEST_P(farewells, do_not_stand_within_something_else) {
    serve::server server(flood, saying({.idle = 50ms, .linger = 50ms}));
    run(with_server(server, [](serve::server& self, net::endpoint where) -> io::task<> {
        io::stream slow = co_await io::connect(where);
        while (self.counters().timed_out == 0)
            co_await io::sleep(10ms);
        std::string all;
        try {
            all = co_await read_all(slow);
        } catch (const std::system_error&) {
            co_return;  // a reset tells nothing false either
        }
        EXPECT_EQ(all.find("goodbye"), std::string::npos);
    }));
}

io::task<> stop_soon(serve::server& server, io::stream& client) {
    EXPECT_EQ(co_await ask(client, "here"), "here");
    server.stop();
}

TEST_P(farewells, are_said_at_the_end_of_the_server) {
    serve::server server(rest, saying({}));
    run(with_server(server, [](serve::server& self, net::endpoint where) -> io::task<> {
        io::stream client = co_await io::connect(where);
        co_await stop_soon(self, client);
        EXPECT_EQ(co_await read_all(client), goodbye(serve::ending::drained));
    }));
}

TEST_P(farewells, wait_for_nobody_who_needs_the_place) {
    serve::server server(rest, saying({.connections = 1, .linger = 1min}));
    run(with_server(server, [](serve::server&, net::endpoint where) -> io::task<> {
        io::stream first = co_await io::connect(where);
        EXPECT_EQ(co_await ask(first, "first"), "first");
        io::stream second = co_await io::connect(where);
        EXPECT_EQ(co_await ask(second, "second"), "second");  // within the minute
        EXPECT_EQ(co_await read_all(first), goodbye(serve::ending::evicted));
    }));
    EXPECT_EQ(server.counters().evicted, 1);
}

TEST_P(farewells, follow_limits_that_change) {
    serve::server server(echo, saying({.per_address = 1}));
    run(with_server(server, [](serve::server& self, net::endpoint where) -> io::task<> {
        io::stream first = co_await io::connect(where);
        EXPECT_EQ(co_await ask(first, "first"), "first");
        EXPECT_EQ(co_await call(where, ""), goodbye(serve::ending::too_many_from_there));
        self.replace({.per_address = 2, .idle = 30ms});
        io::stream second = co_await io::connect(where);
        EXPECT_EQ(co_await ask(second, "second"), "second");
        EXPECT_EQ(co_await call(where, ""), goodbye(serve::ending::too_many_from_there));
        EXPECT_EQ(co_await read_all(second), goodbye(serve::ending::idle));
        EXPECT_EQ(co_await ask(first, "keeps"), "keeps");  // its own limits
    }));
}

// --- Where every dialogue begins with a handshake of TLS

serve::server_options saying_within_tls(const serve::limits& limits) {
    serve::server_options options = saying(limits);
    options.begins_with_tls = true;
    return options;
}

io::task<> turned_away_in_silence(serve::server& self, net::endpoint where) {
    io::stream first = co_await io::connect(where);
    while (self.counters().active == 0)
        co_await io::sleep(1ms);
    EXPECT_EQ(co_await call(where, ""), "");
    EXPECT_EQ(self.counters().refused_address, 1);
}

TEST_P(farewells, are_not_said_to_who_will_begin_with_tls) {
    const tls::server_context context(server_as(localhost()));
    const auto talk = [&](serve::connection& client) { return client.secure(context); };
    serve::server server(talk, saying_within_tls({.per_address = 1}));
    run(with_server(server, turned_away_in_silence));
}

TEST_P(farewells, are_not_said_before_the_handshake) {
    serve::server server(rest, saying_within_tls({}));
    run(with_server(server, [](serve::server& self, net::endpoint where) -> io::task<> {
        io::stream client = co_await io::connect(where);
        co_await stop_soon(self, client);
        EXPECT_EQ(co_await read_all(client), "");
    }));
}

io::task<> rest_within_tls(serve::connection& client, tls::server_context context) {
    co_await client.secure(std::move(context));
    co_await rest(client);
}

TEST_P(farewells, are_said_within_tls) {
    const tls::server_context context(server_as(localhost()));
    const auto talk = [&](serve::connection& client) { return rest_within_tls(client, context); };
    serve::server server(talk, saying_within_tls({}));
    run(with_server(server, [](serve::server& self, net::endpoint where) -> io::task<> {
        const tls::client_context trusting(client_trusting(localhost()));
        io::stream below = co_await io::connect(where);
        io::stream client = co_await tls::connect(std::move(below), trusting, "localhost");
        co_await stop_soon(self, client);
        EXPECT_EQ(co_await read_all(client), goodbye(serve::ending::drained));
    }));
}

ZOCALO_IN_EVERY_WORLD(farewells);

}  // namespace
