// SPDX-License-Identifier: MIT
// TLS in networks as bad as chance makes them: what comes out is whole, or there is an error.
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "sim/programs.hpp"
#include "tls/ends.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/sim/seeds.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;
namespace tls = zocalo::tls;

/// The end of the client is the end of the echo; it is answered by one of its own.
io::task<> echo_securely(io::stream below, const tls::server_context& as) {
    try {
        io::stream peer = co_await tls::accept(std::move(below), as);
        std::string all = co_await read_all(peer);
        co_await write_and_finish(peer, std::move(all));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::exception&) {
        co_return;  // whatever becomes of one client
    }
}

io::task<> accept_each(io::listener& from, io::scope& clients, const tls::server_context& as) {
    for (;;)
        clients.spawn(echo_securely(co_await from.accept(), as));
}

io::task<> secure_server(std::uint16_t port, const tls::server_context& as) {
    io::listener listener = co_await io::listen({net::address::any_v4(), port});
    io::scope clients;
    co_await clients.run(accept_each(listener, clients, as));
}

io::task<std::string> ask_securely(net::endpoint where, const tls::client_context& as,
                                   std::string what) {
    io::stream below = co_await io::connect(where);
    io::stream server = co_await tls::connect(std::move(below), as, "localhost", where.port());
    co_await write_and_finish(server, std::move(what));
    co_return co_await read_all(server);
}

io::task<std::optional<std::string>> try_securely(net::endpoint where,
                                                  const tls::client_context& as, std::string what) {
    try {
        io::task<std::string> asking = ask_securely(where, as, std::move(what));
        co_return co_await io::timeout(300s, std::move(asking));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::exception&) {
        co_return std::nullopt;
    }
}

struct weather {
    bool resets = false;
    bool cuts = false;
};

/// How many exchanges were whole.
std::uint64_t exchanges_in(const weather& with, std::uint64_t seeds) {
    const tls::server_context theirs(server_as(localhost()));
    const tls::client_context ours(client_trusting(localhost()));
    std::uint64_t whole = 0;
    sim::for_seeds(seeds,
                   [&](sim::world& world) {
                       world.set_link(sim::any_link(world.random()));
                       sim::host& server = world.host("server");
                       sim::host& client = world.host("client");
                       server.on_start([&] { return secure_server(443, theirs); });
                       const auto moment = world.random().up_to(500ms);
                       if (with.resets)
                           world.after(moment, [&] { world.reset_connections(server, client); });
                       if (with.cuts) world.after(moment, [&] { world.cut_from(server, client); });
                       std::string what(world.random().below(50'000), '\0');
                       world.random().fill(what);
                       const auto answer = client.run(try_securely(server.at(443), ours, what));
                       if (!answer) return;
                       EXPECT_TRUE(*answer == what)
                           << answer->size() << " bytes of " << what.size();
                       ++whole;
                   },
                   {.failed = testing::Test::HasFailure});
    return whole;
}

TEST(tls_weather, loss_and_delay_cost_time_only) {
    if (std::getenv("ZOCALO_SEED") != nullptr) return;  // of another test
    EXPECT_EQ(exchanges_in({}, 60), 60U);
}

TEST(tls_weather, reset_gives_all_or_an_error) {
    const std::uint64_t whole = exchanges_in({.resets = true}, 150);
    if (std::getenv("ZOCALO_SEED") != nullptr) return;
    EXPECT_GT(whole, 0U);
    EXPECT_LT(whole, 150U);
}

TEST(tls_weather, silence_gives_all_or_an_error) {
    const std::uint64_t whole = exchanges_in({.cuts = true}, 60);
    if (std::getenv("ZOCALO_SEED") != nullptr) return;
    EXPECT_GT(whole, 0U);
    EXPECT_LT(whole, 60U);
}

}  // namespace
