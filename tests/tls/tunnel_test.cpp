// SPDX-License-Identifier: MIT
#include "zocalo/tls/tunnel.hpp"

#include <gmock/gmock.h>

#include "tls/ends.hpp"

namespace zocalo::tls {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using tests::client_trusting;
using tests::localhost;
using tests::server_as;

class tls_tunnels : public tests::in_every_world {};
ZOCALO_IN_EVERY_WORLD(tls_tunnels);

constexpr auto https = io::proxy::protocol::https;

/// A proxy that speaks TLS, lets everybody through, and is the other end as well.
io::task<std::string> let_through(io::stream line, server_context as) {
    io::stream client = co_await accept(std::move(line), as);
    const io::chunk asked = co_await client.read();
    std::string question(asked.text());
    co_await client.write("HTTP/1.1 200 OK\r\n\r\nwelcome");
    co_await client.finish();
    co_return question;
}

io::task<std::string> read_through(io::stream line, io::proxy proxy, client_context as) {
    io::stream made = co_await tunnel(std::move(line), proxy, as, "example.org", 25);
    co_return co_await tests::read_all(made);
}

TEST_P(tls_tunnels, go_through_a_proxy_that_speaks_tls) {
    const auto exchange = []() -> io::task<> {
        auto [ours, theirs] = io::stream::pair();
        const io::proxy proxy{.kind = https, .host = "localhost", .port = 443, .user = "me"};
        auto [said, asked] = co_await io::all(
            read_through(std::move(ours), proxy, client_context(client_trusting(localhost()))),
            let_through(std::move(theirs), server_context(server_as(localhost()))));
        EXPECT_EQ(said, "welcome");
        EXPECT_THAT(asked, StartsWith("CONNECT example.org:25 HTTP/1.1\r\n"));
        EXPECT_THAT(asked, HasSubstr("Proxy-Authorization: Basic "));
    };
    run(exchange());
}

/// How an attempt ended.
template <class T>
io::task<std::string> outcome_of(io::task<T> what) {
    try {
        co_await std::move(what);
    } catch (const std::system_error& error) {
        co_return error.what();
    }
    co_return "fine";
}

TEST_P(tls_tunnels, tell_nothing_to_a_proxy_that_is_another) {
    const auto exchange = []() -> io::task<> {
        auto [ours, theirs] = io::stream::pair();
        const io::proxy proxy{.kind = https, .host = "proxy.example", .user = "me"};
        auto [said, asked] = co_await io::all(
            outcome_of(
                read_through(std::move(ours), proxy, client_context(client_trusting(localhost())))),
            outcome_of(let_through(std::move(theirs), server_context(server_as(localhost())))));
        EXPECT_THAT(said, HasSubstr("proxy.example"));
        EXPECT_NE(asked, "fine");
    };
    run(exchange());
}

}  // namespace
}  // namespace zocalo::tls
