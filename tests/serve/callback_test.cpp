// SPDX-License-Identifier: MIT
// Hooks that end or change the server which has called them.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/serve/fleet.hpp"
#include "zocalo/serve/wire_trace.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

enum class place { admit, farewell, failed, ended, watcher };

struct deed {
    const char* name;
    std::function<void(serve::server&)> what;
};

/// One connection for each address, no patience.
constexpr serve::limits strict{.per_address = 1, .drain = 10ms, .linger = 10ms};

const deed deeds[] = {
    {"stops", [](serve::server& server) { server.stop(); }},
    {"stops now", [](serve::server& server) { server.stop_now(); }},
    {"replaces", [](serve::server& server) { server.replace(strict); }},
    {"replaces and stops now",
     [](serve::server& server) {
         server.replace(strict);
         server.stop();
         server.stop_now();
     }},
};

/// A server whose hooks do nothing but at one place, where they do that to the server itself.
class meddled_with {
 public:
    meddled_with(place where, const deed& what) : where_(where), what_(what) {
        serve::server_options options;
        options.limits = strict;
        options.hooks.admit = [this](const serve::peer&) { return act(place::admit); };
        options.hooks.farewell = [this](const serve::peer&, serve::ending why,
                                        const net::endpoint&) {
            act(place::farewell);
            return goodbye(why);
        };
        options.hooks.failed = [this](const serve::connection&, const std::exception_ptr&) {
            act(place::failed);
        };
        options.hooks.ended = [this](const serve::connection&) { act(place::ended); };
        server.emplace([this](serve::connection& client) { return talk(client); }, options);
    }

    std::optional<serve::server> server;
    int acted = 0;

 private:
    bool act(place where) {
        if (where == where_) {
            ++acted;
            what_.what(*server);
        }
        return true;
    }
    io::task<> talk(serve::connection& client) {
        const auto see = [this](serve::flow, std::string_view) { act(place::watcher); };
        client.stream() = serve::watch(std::move(client.stream()), see);
        for (;;) {
            const io::chunk got = co_await client.stream().read();
            if (got.empty()) co_return;
            if (got.text() == "!") throw std::runtime_error("the handler gives up");
            co_await client.stream().write(got.text());
        }
    }

    const place where_;
    const deed& what_;
};

/// Whatever becomes of it.
io::task<> try_to_talk(io::stream& line, std::string what) {
    try {
        co_await line.write(what);
        co_await line.read();
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        // Passed over: the server may have stopped.
    }
}

io::task<io::stream> try_to_connect(net::endpoint where) {
    io::stream line;
    try {
        line = co_await io::connect(where);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        // Passed over, as above.
    }
    co_return line;
}

/// One is served, one is turned away meanwhile, and one makes the handler fail.
io::task<> be_all_kinds_of_clients(const serve::server& server, net::endpoint where) {
    io::stream served = co_await try_to_connect(where);
    co_await try_to_talk(served, "served");
    io::stream turned_away = co_await try_to_connect(where);
    co_await try_to_talk(turned_away, "let me in");
    turned_away.close();
    served.close();
    for (int i = 0; i < 1000 && server.counters().failed == 0; ++i) {
        io::stream failing = co_await try_to_connect(where);
        if (!failing.is_open()) co_return;  // the server has stopped
        co_await try_to_talk(failing, "!");
        co_await io::sleep(1ms);  // the place was not free yet
    }
}

class callbacks : public in_every_world {};

TEST_P(callbacks, may_end_and_change_what_called_them) {
    for (const place where :
         {place::admit, place::farewell, place::failed, place::ended, place::watcher}) {
        for (const deed& what : deeds) {
            SCOPED_TRACE(std::string(what.name) + " in " + std::to_string(static_cast<int>(where)));
            meddled_with one(where, what);
            run(io::timeout(30s,
                            with_server(*one.server, [](serve::server& server, net::endpoint at) {
                                return be_all_kinds_of_clients(server, at);
                            })));
            EXPECT_GE(one.acted, 1);
            EXPECT_EQ(one.server->counters().active, 0);
        }
    }
}

ZOCALO_IN_EVERY_WORLD(callbacks);

// --- The same on threads

class fleet_callbacks : public in_every_world {};

TEST_P(fleet_callbacks, may_end_and_change_what_called_them) {
    const std::function<void(serve::fleet&)> deeds_to_fleets[] = {
        [](serve::fleet& all) { all.stop(); },
        [](serve::fleet& all) { all.stop_now(); },
        [](serve::fleet& all) { all.replace({.connections = 2, .drain = 10ms}); },
    };
    for (const auto& what : deeds_to_fleets) {
        std::optional<serve::fleet> all;
        std::atomic<int> acted = 0;
        serve::fleet_options options{.loops = 2, .backend = *GetParam()};
        options.server.limits.drain = 10ms;
        options.server.hooks.admit = [&](const serve::peer&) {
            what(*all);
            return ++acted > 0;
        };
        options.server.hooks.ended = [&](const serve::connection&) { what(*all); };
        all.emplace(echo, options);
        const net::endpoint where = all->listen({net::address::loopback_v4(), 0});
        all->start();
        for (int i = 0; i < 8; ++i) {
            net::socket client(net::family::inet);
            if (client.try_connect(where)) break;  // it has stopped
        }
        while (acted == 0)
            std::this_thread::yield();
        all->stop();
        all->wait();
        EXPECT_EQ(all->counters().active, 0);
    }
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(fleet_callbacks);

}  // namespace
