// SPDX-License-Identifier: MIT
// Peers that end their lines in LF alone, and servers that are full, in every world.
#include <gmock/gmock.h>

#include <fstream>
#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "support/folder.hpp"
#include "zocalo/gopher/gopher.hpp"

namespace {

using namespace std::chrono_literals;
namespace gopher = zocalo::gopher;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using zocalo::tests::read_all;
using zocalo::tests::with_server;

class gopher_peers : public zocalo::tests::in_every_world {
 protected:
    void SetUp() override {
        in_every_world::SetUp();
        std::ofstream(files.file("readme.txt"), std::ios::binary) << "Hello\n";
    }
    [[nodiscard]] serve::server serving(const serve::limits& limits) const {
        serve::server_options how;
        how.limits = limits;
        how.hooks.farewell = [](const serve::peer&, serve::ending why, const net::endpoint&) {
            return gopher::farewell(why);
        };
        return serve::server(gopher::talk(gopher::make_folder({.path = files.path()})), how);
    }

    zocalo::tests::folder files;
};

gopher::location at(net::endpoint where, gopher::item_type type, std::string selector) {
    return {.host = where.ip().to_string(),
            .port = where.port(),
            .type = type,
            .request = {.selector = std::move(selector)}};
}

/// Says that line, and hears everything.
io::task<std::string> say(net::endpoint where, std::string line) {
    io::stream server = co_await io::connect(where);
    co_await server.write(line);
    std::string all = co_await read_all(server);
    co_return all;
}

TEST_P(gopher_peers, clients_may_end_their_line_in_lf_alone) {
    serve::server server = serving({});
    run(with_server(server, [](serve::server&, net::endpoint where) -> io::task<> {
        for (const char* const line : {"/readme.txt\n", "readme.txt\n", "/readme.txt\r\n"}) {
            io::task<std::string> asking = say(where, line);
            const std::string text = co_await std::move(asking);
            EXPECT_EQ(text, "Hello\r\n.\r\n") << line;
        }
        io::task<std::string> asking = say(where, "\n");
        const std::string menu = co_await std::move(asking);
        EXPECT_THAT(menu, testing::StartsWith("0readme.txt\t/readme.txt\t"));
    }));
}

/// Answers by the first letter of what it is asked.
io::task<> speak_with_lf(serve::connection& client) {
    io::chunk asked = co_await client.stream().read();
    const bool is_menu = asked.text().starts_with("\r\n");
    asked = {};
    const std::string menu = "iWelcome\t\t\t0\n0A\t/a\t127.0.0.1\t70\n.\n";
    const std::string text = "one\n..two\nthree\n.\n";
    co_await client.stream().write(is_menu ? menu : text);
}

TEST_P(gopher_peers, servers_may_end_their_lines_in_lf_alone) {
    serve::server server(speak_with_lf);
    run(with_server(server, [](serve::server&, net::endpoint where) -> io::task<> {
        const gopher::client client;
        const gopher::location top = at(where, gopher::item_type::menu, "");
        io::task<gopher::menu> listing = client.menu(top);
        const gopher::menu items = co_await std::move(listing);
        EXPECT_EQ(items.size(), 2U);
        EXPECT_EQ(items.back().selector, "/a");
        const gopher::location leaf = at(where, gopher::item_type::text, "/a");
        io::task<gopher::answer> fetching = client.fetch(leaf);
        const gopher::answer got = co_await std::move(fetching);
        EXPECT_EQ(got.data, "one\n.two\nthree\n");
        EXPECT_TRUE(got.complete);
    }));
}

TEST_P(gopher_peers, wait_for_a_place_when_the_server_is_full) {
    serve::server server = serving({.connections = 1, .linger = 0s});
    run(with_server(server, [](serve::server& self, net::endpoint where) -> io::task<> {
        io::stream silent = co_await io::connect(where);
        while (self.counters().active == 0)
            co_await io::sleep(1ms);
        bool is_answered = false;
        const auto ask = [&]() -> io::task<> {
            io::task<std::string> asking = say(where, "/readme.txt\r\n");
            const std::string text = co_await std::move(asking);
            is_answered = true;
            EXPECT_EQ(text, "Hello\r\n.\r\n");
        };
        const auto leave = [&]() -> io::task<> {
            co_await io::sleep(50ms);
            EXPECT_FALSE(is_answered);
            silent = {};
        };
        co_await io::all(ask(), leave());
        EXPECT_TRUE(is_answered);
    }));
}

TEST_P(gopher_peers, are_told_when_there_is_never_a_place) {
    serve::server server = serving({.connections = 1, .drain = 20ms});
    std::string said;
    run(with_server(server, [&said](serve::server& self, net::endpoint where) -> io::task<> {
        io::stream silent = co_await io::connect(where);
        while (self.counters().active == 0)
            co_await io::sleep(1ms);
        io::stream second = co_await io::connect(where);
        co_await io::sleep(20ms);  // it is the next one
        self.stop();
        said = co_await read_all(second);
    }));
    EXPECT_THAT(said, testing::StartsWith("3the server has no place for you\t"));
}

ZOCALO_IN_EVERY_WORLD(gopher_peers);

}  // namespace
