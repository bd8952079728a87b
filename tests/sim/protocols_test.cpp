// SPDX-License-Identifier: MIT
// Small protocols in networks as bad as chance makes them, ten thousand of them in all. What each
// promises has to hold in every one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "sim/programs.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/sim/seeds.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;
using zocalo::tests::ask;
using zocalo::tests::echo_server;

constexpr std::uint64_t seeds_each = 2500;

/// The host goes down, one way or the other, and comes back, a few times.
void make_unreliable(sim::world& world, sim::host& host) {
    std::chrono::nanoseconds when{};
    for (std::uint64_t i = world.random().below(4); i > 0; --i) {
        when += world.random().up_to(3s);
        const bool power = world.random().chance(0.5);
        world.after(when, [&host, power] { power ? host.crash() : host.kill(); });
        when += world.random().up_to(2s);
        world.after(when, [&host] { host.restart(); });
    }
}

// --- A client that tries again until it has its answer

io::task<std::optional<std::string>> try_once(net::endpoint where, std::string what) {
    try {
        co_return co_await io::timeout(5s, ask(where, std::move(what)));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        co_return std::nullopt;
    }
}

/// An answer that ends early is as bad as none.
io::task<std::string> ask_until_answered(net::endpoint where, std::string what) {
    for (auto wait = 100ms;; wait = std::min(2 * wait, 5000ms)) {
        const auto answer = co_await try_once(where, what);
        if (answer && answer->size() == what.size()) co_return *answer;
        co_await io::sleep(wait);
    }
}

TEST(protocols, client_that_retries_gets_its_answer) {
    sim::for_seeds(seeds_each,
                   [](sim::world& world) {
                       world.set_link(sim::any_link(world.random()));
                       sim::host& server = world.host("server");
                       server.on_start([] { return echo_server(7); });
                       make_unreliable(world, server);
                       const std::string what(world.random().between(1, 3000), 'q');
                       const std::string answer =
                           world.host("client").run(ask_until_answered(server.at(7), what));
                       EXPECT_EQ(answer, what);
                   },
                   {.failed = testing::Test::HasFailure});
}

// --- Echoes with faults in every operation

/// Short reads and writes, delays, and now and then an error.
io::fault_hook any_faults(sim::random chance) {
    return [chance](const io::coming_operation& what) mutable {
        io::fault wrong;
        if (chance.chance(0.3)) wrong.most = chance.between(1, 50);
        if (chance.chance(0.1)) wrong.delay = chance.up_to(100ms);
        if (what.kind != io::operation_kind::listen && what.kind != io::operation_kind::accept &&
            chance.chance(0.002)) {
            wrong.error = std::errc::connection_reset;
        }
        return wrong;
    };
}

TEST(protocols, echo_is_whole_or_an_error) {
    std::uint64_t whole = 0;
    sim::for_seeds(seeds_each,
                   [&](sim::world& world) {
                       world.set_link(sim::any_link(world.random()));
                       sim::host& server = world.host("server");
                       sim::host& client = world.host("client");
                       server.set_faults(any_faults(world.random().fork()));
                       client.set_faults(any_faults(world.random().fork()));
                       server.on_start([] { return echo_server(7); });
                       std::string what(world.random().below(3000), '\0');
                       world.random().fill(what);
                       const auto answer = client.run(try_once(server.at(7), what));
                       if (!answer || answer->size() < what.size()) return;
                       EXPECT_EQ(*answer, what);
                       ++whole;
                   },
                   {.failed = testing::Test::HasFailure});
    if (std::getenv("ZOCALO_SEED") == nullptr) {
        EXPECT_GT(whole, 0U);
    }
}

// --- A counter that loses nothing that it has confirmed

struct counted {
    unsigned count = 0;
    unsigned last = 0;  ///< the number of the request that was counted last
};

/// What was renamed may be there and not be safe yet: without the first line seed 2646 confirms a
/// request again, from a name that the crash after that takes back.
io::task<counted> load(sim::disk& from) {
    co_await from.sync_names();
    const auto text = co_await from.try_read("count");
    if (!text) co_return counted{};
    const std::size_t space = text->find(' ');
    co_return counted{zocalo::from_digits<unsigned>(text->substr(0, space)).value(),
                      zocalo::from_digits<unsigned>(text->substr(space + 1)).value()};
}

io::task<> save(sim::disk& to, counted what) {
    co_await to.write("count.new", std::to_string(what.count) + ' ' + std::to_string(what.last));
    co_await to.sync("count.new");
    co_await to.rename("count.new", "count");
    co_await to.sync_names();
}

/// A request is its number in a line; the answer is the count in a line, when it is safe.
io::task<> count_requests(sim::disk& on, io::stream client) {
    counted now = co_await load(on);
    io::reader in(client);
    while (const auto line = co_await in.read_until("\n", 20)) {
        const unsigned number = zocalo::from_digits<unsigned>(*line).value();
        if (number > now.last) {
            now = {now.count + 1, number};
            co_await save(on, now);
        }
        co_await client.write(std::to_string(now.count) + '\n');
    }
}

io::task<> count_for_all(sim::disk& on) {
    io::listener listener = co_await io::listen({net::address::any_v4(), 9});
    for (;;) {
        io::stream client = co_await listener.accept();
        try {
            co_await io::timeout(10s, count_requests(on, std::move(client)));
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
        } catch (const zocalo::protocol_error&) {
        }
    }
}

io::task<unsigned> request(net::endpoint where, unsigned number) {
    io::stream server = co_await io::connect(where);
    co_await server.write(std::to_string(number) + '\n');
    io::reader in(server);
    const auto answer = co_await in.read_until("\n", 20);
    if (!answer) throw zocalo::protocol_error("no answer");
    co_return zocalo::from_digits<unsigned>(*answer).value();
}

io::task<unsigned> request_until_answered(net::endpoint where, unsigned number) {
    for (;;) {
        try {
            co_return co_await io::timeout(5s, request(where, number));
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
        } catch (const zocalo::protocol_error&) {
        }
        co_await io::sleep(300ms);
    }
}

io::task<> count_to(net::endpoint where, unsigned count) {
    for (unsigned i = 1; i <= count; ++i) {
        const unsigned answer = co_await request_until_answered(where, i);
        EXPECT_EQ(answer, i) << "lost or counted twice";
    }
}

TEST(protocols, durable_counter_loses_and_doubles_nothing) {
    sim::for_seeds(seeds_each,
                   [](sim::world& world) {
                       world.set_link(sim::any_link(world.random()));
                       sim::host& server = world.host("server");
                       server.disk().set_latency(world.random().up_to(200ms));
                       server.on_start([&] { return count_for_all(server.disk()); });
                       make_unreliable(world, server);
                       world.host("client").run(count_to(server.at(9), 4));
                   },
                   {.failed = testing::Test::HasFailure});
}

// --- Datagrams that are sent again until they are acknowledged

io::task<> send_surely(io::datagram& from, net::endpoint to, unsigned number) {
    const std::string text = std::to_string(number);
    char room[20];
    for (;;) {
        co_await from.send_to(text, to);
        try {
            const auto [size, peer] =
                co_await io::timeout(500ms, from.receive_from(zocalo::mutable_buffer(room)));
            if (std::string_view(&room[0], size) == text) co_return;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
        }
    }
}

io::task<> send_all_surely(net::endpoint to, unsigned count) {
    io::datagram socket = co_await io::open_datagram({net::address::any_v4(), 0});
    for (unsigned i = 1; i <= count; ++i)
        co_await send_surely(socket, to, i);
}

/// What comes twice is acknowledged twice, and counts once.
io::task<> receive_in_order(unsigned& came) {
    io::datagram socket = co_await io::open_datagram({net::address::any_v4(), 53});
    char room[20];
    for (;;) {
        const auto [size, peer] = co_await socket.receive_from(zocalo::mutable_buffer(room));
        const std::string_view text(&room[0], size);
        const unsigned number = zocalo::from_digits<unsigned>(text).value();
        EXPECT_LE(number, came + 1) << "one was left out";
        if (number == came + 1) ++came;
        co_await socket.send_to(text, peer);
    }
}

TEST(protocols, acknowledged_datagrams_arrive_in_order) {
    sim::for_seeds(seeds_each,
                   [](sim::world& world) {
                       world.set_link(sim::any_link(world.random()));
                       unsigned came = 0;
                       sim::host& server = world.host("server");
                       server.on_start([&] { return receive_in_order(came); });
                       world.host("client").run(send_all_surely(server.at(53), 10));
                       EXPECT_EQ(came, 10U);
                   },
                   {.failed = testing::Test::HasFailure});
}

}  // namespace
