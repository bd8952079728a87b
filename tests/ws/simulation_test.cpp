// SPDX-License-Identifier: MIT
// Through bad networks: whatever comes is a beginning of what was sent, each message whole, once
// and in its place, and where it is not all of it there is an error.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <system_error>

#include "support/disturbance.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/server.hpp"
#include "zocalo/sim/seeds.hpp"
#include "zocalo/ws/client.hpp"
#include "zocalo/ws/server.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;
namespace ws = zocalo::ws;

constexpr int most = 20;

/// The same at both ends, and of no two numbers.
std::string text_of(int number) {
    std::string text = std::to_string(number) + ":";
    for (int i = 0; i < number * 97 % 1500; ++i)
        text += static_cast<char>('a' + (i * (number + 3)) % 26);
    return text;
}

io::task<> send_all(ws::connection& to) {
    for (int i = 0; i < most; ++i) {
        io::task<> sending = to.send(text_of(i));
        co_await std::move(sending);
        if (i % 5 == 0) co_await io::sleep(3ms);
    }
}

/// Counts what comes, which is nothing but the next one.
io::task<> hear_all(ws::connection& from, int& heard) {
    while (heard < most) {
        io::task<std::optional<ws::message>> next = from.receive();
        const std::optional<ws::message> got = co_await std::move(next);
        if (!got) throw std::runtime_error("closed early");
        EXPECT_EQ(got->data, text_of(heard));
        ++heard;
    }
}

io::task<> talk(ws::connection& peer, int& heard) {
    co_await io::all(send_all(peer), hear_all(peer, heard));
}

/// What one world has seen.
struct ledger {
    int at_server = 0;
    int at_client = 0;
};

struct outcome {
    int whole = 0;
    int failed = 0;
};

http::site make_site(ledger& book, bool is_compressed) {
    ws::serve_options options;
    options.connection.ping_every = 200ms;
    options.connection.pong_within = 500ms;
    options.connection.close_within = 1s;
    if (is_compressed) options.terms.deflate.emplace();
    http::site site;
    ws::add_route(
        site.routes, "/",
        [&book](ws::connection& peer, const http::exchange&) {
            book.at_server = 0;
            return talk(peer, book.at_server);
        },
        options);
    return site;
}

io::task<> serve_site(net::endpoint where, const http::site& site) {
    serve::server server(site.handler());
    const net::endpoint listening = co_await server.listen(where);
    (void)listening;
    co_await server.run();
}

io::task<> connect_once(net::endpoint where, http::versions which, ledger& book, outcome& came) {
    http::client_options how;
    how.versions = which;
    http::client by(std::move(how));
    ws::connect_options options;
    options.connection.ping_every = 200ms;
    options.connection.pong_within = 500ms;
    options.connection.close_within = 1s;
    bool is_whole = false;
    try {
        io::task<> talking = io::timeout(
            30s,
            ws::connect(
                by, "ws://" + where.to_string() + "/",
                [&book](ws::connection& peer) { return talk(peer, book.at_client); }, options));
        co_await std::move(talking);
        is_whole = true;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        is_whole = false;
    } catch (const std::runtime_error&) {  // bad_message is one: a network that cuts makes none
        is_whole = false;
    }
    if (is_whole) {
        EXPECT_EQ(book.at_client, most);
    }
    ++(is_whole ? came.whole : came.failed);
}

void run_one(sim::world& world, outcome& all) {
    world.set_link(sim::any_link(world.random()));
    sim::host& server = world.host("server");
    sim::host& client = world.host("client");
    ledger book;
    const http::site site = make_site(book, world.random().below(2) == 0);
    server.on_start([&] { return serve_site(server.at(8080), site); });
    zocalo::tests::disturb(world, server, client, 200ms);
    const bool is_2 = world.random().below(2) == 0;
    const auto which = is_2 ? http::versions::http_2 : http::versions::any;
    client.run(connect_once(server.at(8080), which, book, all));
}

class ws_simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ws_simulation, loses_doubles_and_reorders_nothing_without_an_error) {
    outcome all;
    sim::for_seeds(zocalo::tests::seeds_of_part, [&](sim::world& world) { run_one(world, all); },
                   {.first = 1 + GetParam() * zocalo::tests::seeds_of_part,
                    .failed = testing::Test::HasFailure});
    if (std::getenv("ZOCALO_SEED") == nullptr) {
        EXPECT_GT(all.whole, 0);
        EXPECT_GT(all.failed, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(part, ws_simulation,
                         testing::Range<std::uint64_t>(0, zocalo::tests::parts_of_seeds));

}  // namespace
