// SPDX-License-Identifier: MIT
#include "zocalo/tls/dial.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "serve/dialogue.hpp"
#include "tls/ends.hpp"

namespace zocalo::tls {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using tests::client_trusting;
using tests::localhost;
using tests::server_as;

/// A host that is a proxy first, and then the TLS server behind it.
io::task<> be_proxy_and_server(serve::connection& client) {
    std::string asked;
    while (asked.find("\r\n\r\n") == std::string::npos) {
        const io::chunk got = co_await client.stream().read();
        if (got.empty()) co_return;
        asked += got.text();
    }
    const bool is_refused = asked.starts_with("CONNECT refused:");
    if (is_refused) {
        co_await client.stream().write("HTTP/1.1 403 No\r\n\r\n");
        co_return;
    }
    const bool is_silent = asked.starts_with("CONNECT silent:");
    co_await client.stream().write("HTTP/1.1 200 OK\r\n\r\n");
    if (is_silent) {
        co_await client.stream().read();  // no handshake, ever
        co_await io::sleep(1h);
    }
    const server_context context(server_as(localhost()));
    io::task<> securing = client.secure(context);
    co_await std::move(securing);
    co_await client.stream().write("welcome");
    co_await client.stream().finish();
}

/// How a way to `host` ends, and what the report says of it.
struct way {
    std::string outcome;
    net::connect_report told;
    std::vector<std::string> watched = {};  ///< proxies
};
io::task<way> go(net::endpoint proxy, std::string host) {
    dial_options options;
    io::proxy through;
    through.host = proxy.ip().to_string();
    through.port = proxy.port();
    through.user = "me";
    options.proxies.push_back(through);
    options.tls = client_context(client_trusting(localhost()));
    options.server_name = "localhost";
    options.within = 5s;
    way came;
    options.over_proxy = [&came](io::stream made, const io::proxy& with) {
        came.watched.push_back(with.host);
        EXPECT_TRUE(made.is_open());
        return made;
    };
    try {
        const net::host_port there(host, 443);
        io::task<io::stream> dialling = dial(there, options, &came.told);
        io::stream made = co_await std::move(dialling);
        io::task<std::string> reading = tests::read_all(made);
        came.outcome = co_await std::move(reading);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        came.outcome = error.what();
    }
    co_return came;
}

io::task<> try_ways(net::endpoint where) {
    io::task<way> going = go(where, "example.org");
    way came = co_await std::move(going);
    EXPECT_EQ(came.outcome, "welcome");
    EXPECT_EQ(came.told.target, "example.org:443");
    EXPECT_EQ(came.told.attempts.size(), 1U);
    EXPECT_EQ(came.told.layers.size(), 2U);
    EXPECT_FALSE(came.told.error);
    EXPECT_THAT(came.told.layers.at(0).name, HasSubstr("tunnel through http://me@"));
    EXPECT_EQ(came.told.layers.at(1).name, "TLS with localhost");
    EXPECT_EQ(came.watched, std::vector{where.ip().to_string()});

    going = go(where, "refused");
    came = co_await std::move(going);
    EXPECT_THAT(came.outcome, HasSubstr("connect refused:443 through http://me@"));
    EXPECT_EQ(came.told.layers.size(), 1U);
    EXPECT_EQ(came.told.error, std::errc::permission_denied);

    going = go(where, "silent");
    came = co_await std::move(going);
    EXPECT_THAT(came.outcome, HasSubstr("TLS with localhost"));
    EXPECT_EQ(came.told.error, std::errc::timed_out);
}

/// In virtual time: one of the ways takes all of its limit.
TEST(dial, goes_through_a_proxy_to_tls_and_tells_each_step) {
    serve::server running(be_proxy_and_server);
    sim::world world(1);
    world.host("here").run(
        tests::with_server(running, [](serve::server& server, net::endpoint where) -> io::task<> {
            io::task<> trying = try_ways(std::move(where));
            co_await std::move(trying);
            server.stop_now();
        }));
}

}  // namespace
}  // namespace zocalo::tls
