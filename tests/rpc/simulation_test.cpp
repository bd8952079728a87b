// SPDX-License-Identifier: MIT
// Calls over bad networks, in XML-RPC and JSON-RPC, by HTTP/1.1 and HTTP/2, one by one and several
// in one request: none is executed twice, none is answered that was not executed, and no answer
// that was cut off is taken for whole.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <system_error>
#include <vector>

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
    /// An answer of many packets.
    std::string print(int number) {
        ++executed[number];
        return page(number);
    }
    static std::string page(int number) {
        std::string text(static_cast<std::size_t>(number) * 211,
                         static_cast<char>('a' + number % 26));
        return text += std::to_string(number);
    }
};

struct outcome {
    int whole = 0;
    int failed = 0;
};

http::site make_site(ledger& book) {
    rpc::methods methods;
    methods.add("execute", book, &ledger::execute).add("print", book, &ledger::print);
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

io::task<> execute(rpc::proxy& server, int number) {
    io::task<int> calling = server.call<int>("execute", number);
    const int got = co_await std::move(calling);
    EXPECT_EQ(got, -number);
}

io::task<> print(rpc::proxy& server, int number) {
    io::task<std::string> calling = server.call<std::string>("print", number);
    const std::string got = co_await std::move(calling);
    EXPECT_EQ(got, ledger::page(number));
}

std::vector<rpc::invocation> both_of(int number) {
    std::vector<rpc::invocation> all;
    all.push_back({"print", {number}});
    all.push_back({"execute", {number + 1}});
    return all;
}

io::task<> call_both(rpc::proxy& server, int number) {
    io::task<std::vector<rpc::outcome>> calling = server.invoke_all(both_of(number));
    const std::vector<rpc::outcome> got = co_await std::move(calling);
    EXPECT_EQ(got.at(0).get(), rpc::value(ledger::page(number)));
    EXPECT_EQ(got.at(1).get(), rpc::value(-number - 1));
}

io::task<> call_one(rpc::proxy& server, int number) {
    if (number % 3 == 0) return execute(server, number);
    return number % 3 == 1 ? print(server, number) : call_both(server, number);
}

io::task<> call_once(rpc::proxy& server, int number, const ledger& book, outcome& came) {
    bool is_whole = false;
    try {
        io::task<> calling = io::timeout(2s, call_one(server, number));
        co_await std::move(calling);
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
    for (int i = 0; i < 6; ++i) {
        io::task<> calling = call_once(server, first + 2 * i, book, came);
        co_await std::move(calling);
        co_await io::sleep(5ms);
    }
}

rpc::proxy_options any_options(sim::world& world) {
    const bool is_xml = world.random().below(2) == 0;
    const bool is_2 = world.random().below(3) == 0;
    rpc::proxy_options options;
    options.speaks = is_xml ? rpc::protocol::xml : rpc::protocol::json;
    options.http.versions = is_2 ? http::versions::http_2 : http::versions::any;
    options.http.retries = 2;  // which is nothing for what may not be sent twice
    options.http.decode = world.random().below(2) == 0;
    return options;
}

io::task<> call_often(net::endpoint where, rpc::proxy_options options, const ledger& book,
                      outcome& came) {
    rpc::proxy server("http://" + where.to_string() + "/RPC2", std::move(options));
    co_await io::all(call_in_turn(server, 1, book, came), call_in_turn(server, 101, book, came));
}

void run_one(sim::world& world, outcome& all) {
    world.set_link(sim::any_link(world.random()));
    sim::host& server = world.host("server");
    sim::host& client = world.host("client");
    ledger book;
    const http::site site = make_site(book);
    server.on_start([&] { return serve_site(server.at(8080), site); });
    zocalo::tests::disturb(world, server, client, 200ms);
    client.run(call_often(server.at(8080), any_options(world), book, all));
    for (const auto& [number, times] : book.executed)
        EXPECT_EQ(times, 1) << number;
}

class rpc_simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(rpc_simulation, executes_no_call_twice_and_takes_no_part_for_the_whole) {
    outcome all;
    sim::for_seeds(zocalo::tests::seeds_of_part, [&](sim::world& world) { run_one(world, all); },
                   {.first = 1 + GetParam() * zocalo::tests::seeds_of_part,
                    .failed = testing::Test::HasFailure});
    if (std::getenv("ZOCALO_SEED") == nullptr) {
        EXPECT_GT(all.whole, 0);
        EXPECT_GT(all.failed, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(part, rpc_simulation,
                         testing::Range<std::uint64_t>(0, zocalo::tests::parts_of_seeds));

}  // namespace
