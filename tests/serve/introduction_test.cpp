// SPDX-License-Identifier: MIT
// Servers with a proxy in front.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/serve/proxy_header.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace zocalo::tests;
using net::literals::operator""_net;

const serve::proxy_options loopback_is_a_proxy{.from = {"127.0.0.0/8"_net}};

class introductions : public in_every_world {
 protected:
    /// What a server of echoes says about one client, and what that got.
    void play(const std::string& sent, const serve::server_options& options) {
        const auto talk = [this](serve::connection& client) {
            seen.push_back(client.peer());
            local = client.local_endpoint();
            return echo(client);
        };
        serve::server_options all = options;
        all.hooks.failed = [this](const serve::connection&, std::exception_ptr error) {
            try {
                std::rethrow_exception(error);
            } catch (const std::exception& what) {
                reason = what.what();
            }
        };
        serve::server server(talk, all);
        run(with_server(server, [&](serve::server&, net::endpoint where) {
            return send_and_read(where, sent);
        }));
        counted = server.counters();
    }

    io::task<> send_and_read(net::endpoint where, std::string sent) {
        io::stream peer = co_await io::connect(where);
        try {
            for (const char byte : sent)  // a byte at a time
                co_await peer.write(std::string_view(&byte, 1));
            co_await peer.finish();
            answer = co_await read_all(peer);
        } catch (const std::system_error&) {
            answer = "reset";
        }
    }

    std::vector<serve::peer> seen;
    net::endpoint local;
    std::string answer;
    std::string reason;
    serve::counters counted;
};

TEST_P(introductions, say_who_the_client_is) {
    play("PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\nhello", {.proxies = loopback_is_a_proxy});
    ASSERT_EQ(seen.size(), 1);
    EXPECT_EQ(seen[0].to_string(), "192.0.2.1:4711");
    EXPECT_EQ(local, net::endpoint::parse("198.51.100.2:443"));
    ASSERT_TRUE(seen[0].proxy);
    EXPECT_EQ(seen[0].proxy->proxy.ip(), net::address::loopback_v4());
    EXPECT_EQ(answer, "hello");
}

TEST_P(introductions, of_a_proxy_itself_change_nothing) {
    play("PROXY UNKNOWN\r\nhello", {.proxies = loopback_is_a_proxy});
    ASSERT_EQ(seen.size(), 1);
    EXPECT_EQ(seen[0].address.ip(), net::address::loopback_v4());
    EXPECT_EQ(answer, "hello");
}

TEST_P(introductions, by_strangers_are_data) {
    const std::string claim = "PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n";
    play(claim, {.proxies = {.from = {"10.0.0.0/8"_net}}});
    ASSERT_EQ(seen.size(), 1);
    EXPECT_EQ(seen[0].address.ip(), net::address::loopback_v4());
    EXPECT_FALSE(seen[0].proxy);
    EXPECT_EQ(answer, claim);
}

TEST_P(introductions, must_be_there) {
    play("GET / HTTP/1.1\r\n", {.proxies = loopback_is_a_proxy});
    EXPECT_TRUE(seen.empty());
    EXPECT_NE(reason.find("PROXY header: there is none"), std::string::npos) << reason;
    EXPECT_EQ(counted.failed, 1);
}

TEST_P(introductions, must_be_whole) {
    play("PROXY TCP4 192.0.2.1", {.proxies = loopback_is_a_proxy});
    EXPECT_TRUE(seen.empty());
    EXPECT_NE(reason.find("ends within"), std::string::npos) << reason;
}

TEST_P(introductions, are_not_needed_to_look_whether_we_are_there) {
    play("", {.proxies = loopback_is_a_proxy});
    EXPECT_TRUE(seen.empty());
    EXPECT_EQ(reason, "");
    EXPECT_EQ(counted.handled, 1);
}

TEST_P(introductions, decide_whose_share_it_is) {
    serve::server_options options{.limits = {.address_rate = 1}, .proxies = loopback_is_a_proxy};
    const auto talk = [](serve::connection& client) { return echo(client); };
    serve::server server(talk, options);
    run(with_server(server, [&](serve::server&, net::endpoint where) -> io::task<> {
        for (int i = 0; i < 12; ++i) {
            const std::string ip = i < 11 ? "192.0.2.1" : "192.0.2.2";
            co_await send_and_read(where, "PROXY TCP4 " + ip + " 192.0.2.9 1 1\r\nx");
            EXPECT_EQ(answer, i == 10 ? "" : "x") << i;
        }
    }));
    EXPECT_EQ(server.counters().refused_rate, 1);
}

io::task<> say_half(net::endpoint where) {
    io::stream peer = co_await io::connect(where);
    co_await peer.write("PROXY TCP4 ");
    EXPECT_TRUE(co_await has_ended(peer));
}

TEST_P(introductions, have_to_be_there_in_time) {
    serve::proxy_options proxies = loopback_is_a_proxy;
    proxies.within = 20ms;
    serve::server server(echo, {.proxies = proxies});
    run(with_server(server, [](serve::server&, net::endpoint where) { return say_half(where); }));
    EXPECT_EQ(server.counters().failed, 1);
}

ZOCALO_IN_EVERY_WORLD(introductions);

}  // namespace
