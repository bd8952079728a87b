// SPDX-License-Identifier: MIT
// Calls over bad networks: none is executed twice, and none is answered that was not executed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <system_error>

#include "support/disturbance.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/rpc/client.hpp"
#include "zocalo/rpc/server.hpp"
#include "zocalo/serve/server.hpp"
#include "zocalo/sim/seeds.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace rpc = zocalo::rpc;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

/// What one world has seen.
struct ledger {
    std::map<int, int> executed;  ///< how often each call was

    io::task<int> execute(int number) {
        ++executed[number];
        co_await io::sleep(1ms * (number % 7));
        co_return -number;
    }
};

struct outcome {
    int whole = 0;
    int failed = 0;
};

http::site make_site(ledger& book) {
    rpc::methods methods;
    methods.add("execute", book, &ledger::execute);
    http::site site;
    rpc::add_methods(site.routes, "/RPC2", std::move(methods));
    return site;
}

io::task<> serve_site(net::endpoint where, const http::site& site) {
    serve::server server(site.handler());
    const net::endpoint listening = co_await server.listen(where);
    (void)listening;
    co_await server.run();
}

io::task<> call_once(rpc::proxy& server, int number, const ledger& book, outcome& came) {
    bool is_whole = false;
    try {
        io::task<int> calling = io::timeout(2s, server.call<int>("execute", number));
        const int got = co_await std::move(calling);
        EXPECT_EQ(got, -number);
        is_whole = true;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        is_whole = false;
    } catch (const zocalo::protocol_error&) {  // an answer that was cut off
        is_whole = false;
    }
    if (is_whole) {
        EXPECT_EQ(book.executed.count(number), 1U) << number;
    }
    ++(is_whole ? came.whole : came.failed);
}

/// One after the other, so that connections are used again.
io::task<> call_in_turn(rpc::proxy& server, int first, const ledger& book, outcome& came) {
    for (int i = 0; i < 10; ++i) {
        io::task<> calling = call_once(server, first + i, book, came);
        co_await std::move(calling);
        co_await io::sleep(5ms);
    }
}

io::task<> call_often(net::endpoint where, rpc::protocol speaks, const ledger& book,
                      outcome& came) {
    rpc::proxy_options options;
    options.speaks = speaks;
    options.http.retries = 2;  // which is nothing for what may not be sent twice
    rpc::proxy server("http://" + where.to_string() + "/RPC2", options);
    co_await io::all(call_in_turn(server, 1, book, came), call_in_turn(server, 101, book, came));
}

void run_one(sim::world& world, outcome& all) {
    world.set_link(sim::any_link(world.random()));
    sim::host& server = world.host("server");
    sim::host& client = world.host("client");
    ledger book;
    const http::site site = make_site(book);
    const bool is_xml = world.random().below(2) == 0;
    server.on_start([&] { return serve_site(server.at(8080), site); });
    zocalo::tests::disturb(world, server, client, 200ms);
    client.run(
        call_often(server.at(8080), is_xml ? rpc::protocol::xml : rpc::protocol::json, book, all));
    for (const auto& [number, times] : book.executed)
        EXPECT_EQ(times, 1) << number;
}

#ifdef ZOCALO_SANITIZED
constexpr std::uint64_t seeds = 250;
#else
constexpr std::uint64_t seeds = 1'000;
#endif

TEST(rpc_simulation, executes_no_call_twice) {
    outcome all;
    sim::for_seeds(seeds, [&](sim::world& world) { run_one(world, all); },
                   {.first = 1, .failed = testing::Test::HasFailure});
    if (std::getenv("ZOCALO_SEED") == nullptr) {
        EXPECT_GT(all.whole, 0);
        EXPECT_GT(all.failed, 0);
    }
}

}  // namespace
