// SPDX-License-Identifier: MIT
#include "zocalo/serve/server.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/mutex.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace zocalo::tests;

class servers : public in_every_world {
 protected:
    template <class Client>
    void run_with(serve::server& server, Client client) {
        run(with_server(server, client));
    }
};

io::task<> greet(net::endpoint where, std::string what) {
    io::stream peer = co_await io::connect(where);
    EXPECT_EQ(co_await ask(peer, what), what);
}

io::task<> greet_twice(serve::server& server, net::endpoint where) {
    co_await io::all(greet(where, "one"), greet(where, "two"));
    EXPECT_EQ(server.counters().accepted, 2);
}

TEST_P(servers, serve_several_clients_at_once) {
    serve::server server(echo);
    run_with(server, greet_twice);
    const serve::counters done = server.counters();
    EXPECT_EQ(done.handled, 2);
    EXPECT_EQ(done.active, 0);
    EXPECT_EQ(done.bytes_received, 6);
    EXPECT_EQ(done.bytes_sent, 6);
}

io::task<> at_two_addresses(serve::server& server) {
    const net::endpoint any(net::address::loopback_v4(), 0);
    const net::endpoint one = co_await server.listen(any);
    const net::endpoint two = co_await server.listen(any);
    EXPECT_EQ(server.local_endpoints(), (std::vector{one, two}));
    co_await beside(server, io::all(std::vector<io::task<>>{}));
}

io::task<> greet_both(serve::server& server) {
    const net::endpoint any(net::address::loopback_v4(), 0);
    const net::endpoint one = co_await server.listen(any);
    const net::endpoint two = co_await server.listen(any);
    std::vector<io::task<>> clients;
    clients.push_back(greet(one, "first"));
    clients.push_back(greet(two, "second"));
    co_await beside(server, io::all(std::move(clients)));
}

TEST_P(servers, listen_at_several_addresses) {
    std::vector<net::endpoint> seen;
    serve::server server([&](serve::connection& client) {
        seen.push_back(client.local_endpoint());
        EXPECT_EQ(client.peer().address.ip(), net::address::loopback_v4());
        return echo(client);
    });
    run(greet_both(server));
    ASSERT_EQ(seen.size(), 2);
    EXPECT_NE(seen[0], seen[1]);

    serve::server idle(echo);
    run(at_two_addresses(idle));
    EXPECT_EQ(idle.counters().accepted, 0);
}

TEST_P(servers, need_a_listener) {
    serve::server server(echo);
    EXPECT_THROW(run(server.run()), std::logic_error);
}

io::task<> listen_again(serve::server& server, net::endpoint where) {
    const net::endpoint any(net::address::loopback_v4(), 0);
    EXPECT_THROW(co_await server.listen(any), std::logic_error);
    io::listener made = co_await io::listen(any);
    EXPECT_THROW(server.add(std::move(made)), std::logic_error);
    EXPECT_THROW(co_await server.run(), std::logic_error);
    co_await greet(where, "it goes on");
}

TEST_P(servers, take_no_listener_while_they_run) {
    serve::server server(echo);
    run_with(server, listen_again);
    EXPECT_EQ(server.counters().handled, 1);
}

// --- Limits in number

io::task<> third_is_turned_away(serve::server& /*server*/, net::endpoint where) {
    io::stream one = co_await io::connect(where);
    io::stream two = co_await io::connect(where);
    EXPECT_EQ(co_await ask(one, "1"), "1");
    EXPECT_EQ(co_await ask(two, "2"), "2");
    io::stream three = co_await io::connect(where);
    EXPECT_TRUE(co_await has_ended(three));
    co_await one.finish();
    EXPECT_TRUE(co_await has_ended(one));
    one.close();
    co_await greet(where, "again");
}

TEST_P(servers, turn_away_who_has_his_share) {
    serve::server server(echo, {.limits = {.per_address = 2, .linger = 0s}});
    run_with(server, third_is_turned_away);
    EXPECT_EQ(server.counters().refused_address, 1);
    EXPECT_EQ(server.counters().accepted, 4);
}

io::task<> wait_for_a_place(serve::server& server, net::endpoint where) {
    io::stream one = co_await io::connect(where);
    EXPECT_EQ(co_await ask(one, "1"), "1");
    io::stream two = co_await io::connect(where);
    co_await two.write("2");
    co_await io::sleep(30ms);
    EXPECT_EQ(server.counters().active, 1);
    co_await one.finish();
    EXPECT_TRUE(co_await has_ended(one));
    EXPECT_EQ(co_await ask(two, ""), "");
    std::string answer(1, '\0');
    const zocalo::mutable_buffer room(answer.data(), 1);
    EXPECT_EQ(co_await two.read_exactly(room), 1);
    EXPECT_EQ(answer, "2");
}

TEST_P(servers, let_wait_when_they_are_full) {
    serve::server server(echo, {.limits = {.connections = 1, .linger = 0s}});
    run_with(server, wait_for_a_place);
    EXPECT_EQ(server.counters().handled, 2);
}

io::task<> knock_too_fast(serve::server& /*server*/, net::endpoint where) {
    for (int i = 0; i < 10; ++i)
        co_await greet(where, "x");
    io::stream beyond = co_await io::connect(where);
    EXPECT_TRUE(co_await has_ended(beyond));
}

TEST_P(servers, turn_away_who_knocks_too_fast) {
    serve::server server(echo, {.limits = {.address_rate = 1, .linger = 0s}});
    run_with(server, knock_too_fast);
    EXPECT_EQ(server.counters().refused_rate, 1);
}

TEST_P(servers, ask_their_owner_whom_to_admit) {
    serve::server server(echo, {.hooks = {.admit = [](const serve::peer& who) {
                                    return who.address.ip() != net::address::loopback_v4();
                                }}});
    run_with(server, [](serve::server&, net::endpoint where) -> io::task<> {
        io::stream peer = co_await io::connect(where);
        EXPECT_TRUE(co_await has_ended(peer));
    });
    EXPECT_EQ(server.counters().refused_by_owner, 1);
}

/// Keeps what the server says about errors.
auto keep_in(std::vector<std::string>& errors) {
    return [&errors](const serve::connection&, std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& what) {
            errors.emplace_back(what.what());
        }
    };
}

io::task<> second_is_served(serve::server& /*server*/, net::endpoint where) {
    io::stream first = co_await io::connect(where);
    EXPECT_TRUE(co_await has_ended(first));
    co_await greet(where, "second");
}

TEST_P(servers, lose_one_client_when_their_owner_throws) {
    std::vector<std::string> errors;
    std::size_t ended = 0;
    const auto once = [&](const serve::peer&) {
        if (errors.empty()) throw std::runtime_error("no list of guests");
        return true;
    };
    const auto see = [&](const serve::connection&) { ++ended; };
    serve::server server(echo, {.hooks = {.admit = once, .failed = keep_in(errors), .ended = see}});
    run_with(server, second_is_served);
    EXPECT_EQ(errors, (std::vector<std::string>{"no list of guests"}));
    EXPECT_EQ(ended, 2);
    EXPECT_EQ(server.counters().failed, 1);
    EXPECT_EQ(server.counters().handled, 1);
}

// --- Errors

io::task<> fail_on_x(serve::connection& client) {
    const io::chunk got = co_await client.stream().read();
    if (got.text() == "x") throw std::runtime_error("x was said");
    co_await client.stream().write(got.text());
}

io::task<> one_says_x(serve::server& /*server*/, net::endpoint where) {
    io::stream good = co_await io::connect(where);
    io::stream bad = co_await io::connect(where);
    co_await bad.write("x");
    EXPECT_TRUE(co_await has_ended(bad));
    EXPECT_EQ(co_await ask(good, "y"), "y");
}

TEST_P(servers, keep_an_error_to_its_connection) {
    std::vector<std::string> errors;
    std::size_t ended = 0;
    serve::server server(
        fail_on_x, {.hooks = {.failed = keep_in(errors), .ended = [&](const auto&) { ++ended; }}});
    run_with(server, one_says_x);
    EXPECT_EQ(errors, (std::vector<std::string>{"x was said"}));
    EXPECT_EQ(ended, 2);
    EXPECT_EQ(server.counters().failed, 1);
    EXPECT_EQ(server.counters().handled, 1);
}

TEST_P(servers, live_through_exhaustion) {
    faults = io::fail_nth(io::operation_kind::accept, 1, std::errc::too_many_files_open);
    serve::server server(echo);
    run_with(server, greet_twice);
    EXPECT_EQ(server.counters().exhausted, 1);
}

/// When there are descriptors again, nobody has come: the next one is waited for as always.
io::task<> come_late(serve::server& /*server*/, net::endpoint where) {
    co_await io::sleep(100ms);
    io::stream peer = co_await io::connect(where);
    const std::string answer = co_await ask(peer, "late");
    EXPECT_EQ(answer, "late");
}

TEST_P(servers, wait_for_the_next_one_after_exhaustion) {
    faults = io::fail_nth(io::operation_kind::accept, 1, std::errc::too_many_files_open);
    serve::server server(echo);
    run_with(server, come_late);
    EXPECT_EQ(server.counters().exhausted, 1);
    EXPECT_EQ(server.counters().accepted, 1);
}

TEST_P(servers, end_when_a_listener_is_broken) {
    faults = io::fail_nth(io::operation_kind::accept, 2, std::errc::bad_file_descriptor);
    serve::server server(echo);
    EXPECT_THROW(run_with(server, greet_twice), std::system_error);
}

// --- The end

io::task<> say_goodbye(serve::connection& client) {
    const io::chunk got = co_await client.stream().read();
    co_await client.stream().write("goodbye");
}

io::task<> send_more_than_is_read(serve::server& /*server*/, net::endpoint where) {
    io::stream peer = co_await io::connect(where);
    co_await peer.write("a");
    co_await io::sleep(5ms);
    co_await peer.write("what the server does not read");
    co_await peer.finish();
    EXPECT_EQ(co_await read_all(peer), "goodbye");
}

TEST_P(servers, do_not_lose_the_last_reply) {
    serve::server server(say_goodbye);
    run_with(server, send_more_than_is_read);
}

io::task<> talk_on_after_the_stop(serve::server& server, net::endpoint where) {
    io::stream resting = co_await io::connect(where);
    EXPECT_EQ(co_await ask(resting, "rest"), "rest");
    io::stream talking = co_await io::connect(where);
    EXPECT_EQ(co_await ask(talking, "talk"), "talk");
    server.stop();
    EXPECT_TRUE(co_await has_ended(resting));
    EXPECT_EQ(co_await ask(talking, "on"), "on");
    bool refused = false;
    try {
        io::stream late = co_await io::connect(where);
        refused = co_await has_ended(late);
    } catch (const std::system_error& error) {
        refused = error.code() == std::errc::connection_refused;
    }
    EXPECT_TRUE(refused);
}

io::task<> rest_after_rest(serve::connection& client) {
    for (;;) {
        const io::chunk got = co_await client.stream().read();
        if (got.empty()) co_return;
        co_await client.stream().write(got.text());
        if (got.text() == "rest") client.enter(serve::phase::resting);
    }
}

TEST_P(servers, let_dialogues_end_after_a_stop) {
    serve::server server(rest_after_rest, {.limits = {.linger = 0s}});
    run_with(server, talk_on_after_the_stop);
    EXPECT_EQ(server.counters().handled, 2);
    EXPECT_EQ(server.counters().cut_off, 0);
}

io::task<> stay(serve::server& server, net::endpoint where) {
    io::stream staying = co_await io::connect(where);
    EXPECT_EQ(co_await ask(staying, "here"), "here");
    server.stop();
    EXPECT_TRUE(co_await has_ended(staying));
}

TEST_P(servers, cut_off_who_stays_too_long) {
    serve::server server(echo, {.limits = {.drain = 20ms}});
    run_with(server, stay);
    EXPECT_EQ(server.counters().cut_off, 1);
    EXPECT_EQ(server.counters().active, 0);
}

io::task<> cancel_with_a_client(serve::server& server) {
    const net::endpoint any(net::address::loopback_v4(), 0);
    const net::endpoint where = co_await server.listen(any);
    auto run = server.run();
    auto client = [](serve::server&, net::endpoint at) -> io::task<> {
        io::stream peer = co_await io::connect(at);
        EXPECT_EQ(co_await ask(peer, "x"), "x");
    }(server, where);
    co_await io::any(std::move(run), std::move(client));
}

TEST_P(servers, end_at_once_when_they_are_cancelled) {
    serve::server server(echo);
    run(cancel_with_a_client(server));
    EXPECT_EQ(server.counters().active, 0);
    EXPECT_EQ(server.counters().accepted, 1);
}

ZOCALO_IN_EVERY_WORLD(servers);

}  // namespace
