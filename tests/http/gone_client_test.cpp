// SPDX-License-Identifier: MIT
// Clients that go without a word: between two requests that is an end like any other.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "http/http2_caller.hpp"
#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "tls/ends.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/tls/stream.hpp"

namespace {

using namespace std::chrono_literals;
using zocalo::tests::http2_caller;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;

using visit = std::function<io::task<>(io::stream)>;

struct outcome {
    std::uint64_t handled = 0;
    std::uint64_t failed = 0;
    friend bool operator==(const outcome&, const outcome&) = default;
};
constexpr outcome good{.handled = 1, .failed = 0};
constexpr outcome bad{.handled = 0, .failed = 1};

io::task<> reply_late(http::exchange& asked) {
    co_await io::sleep(10s);
    asked.reply("late");
}

io::task<> call(serve::server& one, net::endpoint where, tls::client_context as, std::string alpn,
                visit says) {
    io::stream below = co_await io::connect(where);
    const std::vector<std::string> offers(1, alpn);
    io::task<io::stream> securing =
        tls::connect(std::move(below), std::move(as), "localhost", 0, offers);
    io::stream peer = co_await std::move(securing);
    {
        // What it has by value, its connection, goes with the task.
        io::task<> saying = says(std::move(peer));
        co_await std::move(saying);
    }
    while (one.counters().handled + one.counters().failed == 0)
        co_await io::sleep(1ms);
}

class gone_clients : public zocalo::tests::in_every_world {
 protected:
    /// What the server makes of a connection that is closed without close_notify after `says`.
    outcome after(const std::string& alpn, const visit& says) {
        http::site site;
        site.routes.get("/", [](http::exchange& asked) { asked.reply("here"); });
        site.routes.get("/late", reply_late);
        tls::server_options options = zocalo::tests::server_as(zocalo::tests::localhost());
        options.alpn = {"h2", "http/1.1"};
        const tls::server_context theirs(options);
        const tls::client_context ours(zocalo::tests::client_trusting(zocalo::tests::localhost()));
        const serve::handler talk = site.handler();
        serve::server running([&](serve::connection& client) -> io::task<> {
            io::task<> securing = client.secure(theirs);
            co_await std::move(securing);
            io::task<> talking = talk(client);
            co_await std::move(talking);
        });
        run(zocalo::tests::with_server(running, [&](serve::server& one, net::endpoint where) {
            return call(one, std::move(where), ours, alpn, says);
        }));
        return {running.counters().handled, running.counters().failed};
    }
};

io::task<> say_nothing(io::stream peer) {
    peer.close();
    co_return;
}

io::task<> write_only(io::stream peer, std::string_view text) {
    co_await peer.write(text);
}

io::task<> ask_and_go(io::stream peer) {
    co_await peer.write(std::string_view("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    std::string answer;
    while (!answer.ends_with("here")) {
        const io::chunk got = co_await peer.read();
        if (got.empty()) break;
        answer += got.text();
    }
    EXPECT_TRUE(answer.ends_with("here")) << answer;
}

TEST_P(gone_clients, of_http_1_1_have_not_failed_between_requests) {
    EXPECT_EQ(after("http/1.1", say_nothing), good);
    EXPECT_EQ(after("http/1.1", ask_and_go), good);
}

TEST_P(gone_clients, of_http_1_1_have_failed_in_a_request) {
    for (const std::string_view part :
         {"G", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Le"}) {
        const visit part_only = [part](io::stream peer) {
            return write_only(std::move(peer), part);
        };
        EXPECT_EQ(after("http/1.1", part_only), bad) << part;
    }
}

io::task<> ask_by_http_2(io::stream peer) {
    http2_caller caller(std::move(peer));
    const std::uint32_t stream = caller.get("/");
    io::task<> waiting = caller.wait_for(stream);
    co_await std::move(waiting);
    EXPECT_EQ(caller.answers[stream].content, "here");
}

io::task<> ask_and_do_not_wait(io::stream peer) {
    http2_caller caller(std::move(peer));
    const std::uint32_t first = caller.get("/");
    (void)caller.get("/late");
    io::task<> waiting = caller.wait_for(first);
    co_await std::move(waiting);
}

TEST_P(gone_clients, of_http_2_have_not_failed_between_requests) {
    EXPECT_EQ(after("h2", say_nothing), good);
    EXPECT_EQ(after("h2", ask_by_http_2), good);
}

TEST_P(gone_clients, of_http_2_have_failed_while_a_request_waits) {
    EXPECT_EQ(after("h2", ask_and_do_not_wait), bad);
}

ZOCALO_IN_EVERY_WORLD(gone_clients);

}  // namespace
