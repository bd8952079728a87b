// SPDX-License-Identifier: MIT
// WebSocket of HTTP/2 through a proxy, which makes of it that of HTTP/1.1 (RFC 8441 §5).
#include "zocalo/http/reverse_proxy.hpp"

#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "http/http2_caller.hpp"
#include "http/proxy_under_test.hpp"
#include "io/worlds.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/ws/client.hpp"
#include "zocalo/ws/handshake.hpp"
#include "zocalo/ws/server.hpp"

namespace {

using namespace std::chrono_literals;
using testing::StartsWith;
using zocalo::tests::http2_caller;
using zocalo::tests::proxy_world;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace ws = zocalo::ws;

constexpr std::size_t much = std::size_t{32} << 20;

/// What the upstream has seen.
struct ledger {
    http::request_head asked;
    std::string heard;
    std::size_t written = 0;
    std::string keys;
    bool failed = false;
    bool has_ended = false;
};

/// Agrees, and lends the line.
io::task<io::stream> agree(http::exchange& asked, ledger& book) {
    book.asked = asked.request();
    const std::string_view key = asked.request().fields.get("Sec-WebSocket-Key");
    book.keys += key;
    http::response_head& head = asked.response();
    head.status = http::status::switching_protocols;
    head.fields.set("Connection", "Upgrade");
    head.fields.set("Upgrade", "WebSocket");
    head.fields.set("Sec-WebSocket-Accept", ws::accept_key(key));
    head.fields.set("Sec-WebSocket-Protocol", "chat");
    io::task<std::string> reading = asked.content(0);
    (void)co_await std::move(reading);
    asked.begin();
    io::task<io::stream> taking = asked.take_over();
    co_return co_await std::move(taking);
}

/// Sends back what comes, and something after its end.
io::task<> echo(http::exchange& asked, ledger& book) {
    io::task<io::stream> agreeing = agree(asked, book);
    io::stream line = co_await std::move(agreeing);
    try {
        for (;;) {
            const io::chunk came = co_await line.read();
            if (came.empty()) break;
            book.heard += came.text();
            co_await line.write(came.text());
        }
        co_await line.write(std::string_view("!"));
        io::task<> finishing = line.finish();
        co_await std::move(finishing);
    } catch (const std::system_error&) {
        book.failed = true;
    }
    book.has_ended = true;
}

/// Sends much, as fast as it is taken.
io::task<> flood(http::exchange& asked, ledger& book) {
    io::task<io::stream> agreeing = agree(asked, book);
    io::stream line = co_await std::move(agreeing);
    const std::string piece(std::size_t{64} << 10, 'x');
    while (book.written < much) {
        co_await line.write(piece);
        book.written += piece.size();
    }
    io::task<> finishing = line.finish();
    co_await std::move(finishing);
}

io::task<> say_welcome(ws::connection& peer, const http::exchange& asked) {
    const std::string page(asked.request().fields.get("Origin"));
    io::task<> greeting = peer.send("hello " + page);
    co_await std::move(greeting);
    for (;;) {
        io::task<std::optional<ws::message>> next = peer.receive();
        std::optional<ws::message> got = co_await std::move(next);
        if (!got) co_return;
        io::task<> sending = peer.send(*std::move(got));
        co_await std::move(sending);
    }
}

class reverse_proxy_websocket : public zocalo::tests::in_every_world {
 protected:
    reverse_proxy_websocket() {
        site.routes.get("/echo", [this](http::exchange& asked) { return echo(asked, book); });
        site.routes.get("/flood", [this](http::exchange& asked) { return flood(asked, book); });
        site.routes.get("/wrong", [](http::exchange& asked) -> io::task<> {
            asked.response().status = http::status::switching_protocols;
            asked.response().fields.set("Connection", "Upgrade");
            asked.response().fields.set("Upgrade", "websocket");
            asked.response().fields.set("Sec-WebSocket-Accept", ws::accept_key("x"));
            io::task<std::string> reading = asked.content(0);
            (void)co_await std::move(reading);
            asked.begin();
            io::task<io::stream> taking = asked.take_over();
            const io::stream line = co_await std::move(taking);
        });
        site.routes.get("/page", [](http::exchange& asked) { asked.reply("a page"); });
        site.routes.get("/refused", [](http::exchange& asked) {
            asked.reply(http::status::forbidden, "not you");
        });
        site.routes.get("/elsewhere", [](http::exchange& asked) {
            asked.response().fields.set("Location", "/echo");
            asked.reply(http::status::found);
        });
        site.routes.get("/never", [](http::exchange&) -> io::task<> {
            co_await io::sleep(zocalo::timeout::none());
        });
        ws::serve_options terms;
        terms.terms.subprotocols = {"b"};
        terms.terms.origins = {"*"};
        terms.terms.deflate.emplace();
        ws::add_route(site.routes, "/ws", say_welcome, terms);
    }

    /// Asks with an extended CONNECT, and goes on with `talk`.
    template <class Talk>
    void with_proxy(http::request_head head, Talk talk) {
        proxy_world world({site.handler()}, how);
        world.site.http2.other_protocols = true;
        run(world.task(
            [&](net::endpoint where) { return zocalo::tests::call_with(where, head, talk); }));
        failures = world.state().at(0).failures;
    }
    /// The status, and the content where there is one.
    std::string answer_to(const http::request_head& head) {
        std::string told;
        with_proxy(head, [&told](http2_caller& by, std::uint32_t stream) -> io::task<> {
            co_await by.wait_for(stream);
            told = std::to_string(number(by.answers[stream].head.status));
            told += " " + by.answers[stream].content;
            told += by.engine.content(stream).text();  // what came together with the end
        });
        return told;
    }

    http::reverse_proxy_options how;
    http::site site;  ///< of the upstream
    ledger book;
    std::uint64_t failures = 0;
};

http::request_head asking_for(std::string path, std::string protocol = "websocket") {
    return {.method = http::method::connect,
            .target = std::move(path),
            .fields = {{"Host", "example.org"},
                       {"Sec-WebSocket-Version", "13"},
                       {"Sec-WebSocket-Protocol", "chat, other"},
                       {"Sec-WebSocket-Key", "mine"}},
            .protocol = std::move(protocol)};
}

io::task<> say_and_end(http2_caller& by, std::uint32_t stream) {
    by.engine.send_data(stream, std::string_view("one"));
    co_await by.wait_for(stream, "one");
    by.engine.send_data(stream, std::string_view("two"));
    by.engine.send_end(stream);
    co_await by.wait_for(stream);
    const zocalo::tests::http2_answer& answer = by.answers[stream];
    EXPECT_EQ(number(answer.head.status), 200);
    EXPECT_EQ(answer.head.fields.get("Sec-WebSocket-Protocol"), "chat");
    for (const char* each : {"Sec-WebSocket-Accept", "Upgrade", "Connection"})
        EXPECT_FALSE(answer.head.fields.contains(each)) << each;
    EXPECT_EQ(answer.content, "onetwo!");
    EXPECT_TRUE(answer.has_ended);
    EXPECT_FALSE(answer.was_reset);
}

TEST_P(reverse_proxy_websocket, becomes_that_of_http_1_and_has_ends_of_its_own) {
    with_proxy(asking_for("/echo?a=b"), say_and_end);
    EXPECT_EQ(book.asked.method, http::method::get);
    EXPECT_EQ(book.asked.target, "/echo?a=b");
    EXPECT_EQ(book.asked.fields.get("Host"), "example.org");
    EXPECT_EQ(book.asked.fields.get("Connection"), "Upgrade");
    EXPECT_EQ(book.asked.fields.get("Upgrade"), "websocket");
    EXPECT_EQ(book.asked.fields.get("Sec-WebSocket-Protocol"), "chat, other");
    EXPECT_THAT(book.asked.fields.get("Via"), StartsWith("2 zocalo-"));
    EXPECT_EQ(book.asked.fields.count("Sec-WebSocket-Key"), 1U);
    EXPECT_EQ(book.heard, "onetwo");
    const std::string first = book.keys;
    EXPECT_EQ(first.size(), 24U);
    with_proxy(asking_for("/echo"), say_and_end);
    EXPECT_NE(book.keys, first + first);
}

TEST_P(reverse_proxy_websocket, begins_only_where_the_upstream_agrees) {
    EXPECT_THAT(answer_to(asking_for("/wrong")), StartsWith("502 "));
    EXPECT_THAT(answer_to(asking_for("/page")), StartsWith("502 "));
    EXPECT_EQ(failures, 0U);
    EXPECT_THAT(answer_to(asking_for("/refused")), testing::MatchesRegex("403 .*not you.*"));
    EXPECT_THAT(answer_to(asking_for("/elsewhere")), StartsWith("302 "));
    EXPECT_THAT(answer_to(asking_for("/none")), StartsWith("404 "));
}

TEST_P(reverse_proxy_websocket, is_refused_where_nobody_knows_what_it_would_be) {
    EXPECT_THAT(answer_to(asking_for("/echo", "webtransport")), StartsWith("501 "));
    EXPECT_THAT(answer_to(asking_for("/a/../echo")), StartsWith("400 "));
    how.upgrades = {"other"};
    EXPECT_THAT(answer_to(asking_for("/echo")), StartsWith("501 "));
    EXPECT_THAT(answer_to(asking_for("/echo", "other")), StartsWith("501 "));
    EXPECT_TRUE(book.keys.empty());
}

TEST_P(reverse_proxy_websocket, is_given_up_with_slow_upstreams) {
    how.stall = 100ms;
    EXPECT_THAT(answer_to(asking_for("/never")), StartsWith("504 "));
}

io::task<> reset_it(http2_caller& by, std::uint32_t stream) {
    by.engine.send_data(stream, std::string_view("one"));
    co_await by.wait_for(stream, "one");
    co_await by.break_off(stream);
    co_await io::sleep(100ms);
}

TEST_P(reverse_proxy_websocket, ends_upstream_with_a_client_that_breaks_off) {
    with_proxy(asking_for("/echo"), reset_it);
    EXPECT_TRUE(book.has_ended);
}

io::task<> say_nothing(http2_caller& by, std::uint32_t stream) {
    co_await by.wait_for(stream);
    EXPECT_EQ(number(by.answers[stream].head.status), 200);
    EXPECT_TRUE(by.answers[stream].was_reset);
}

TEST_P(reverse_proxy_websocket, ends_when_nothing_was_said_for_so_long) {
    how.tunnel_idle = 100ms;
    with_proxy(asking_for("/echo"), say_nothing);
}

TEST_P(reverse_proxy_websocket, reads_nothing_that_nobody_takes) {
    with_proxy(asking_for("/flood"), [this](http2_caller& by, std::uint32_t stream) -> io::task<> {
        by.reads = false;
        while (by.engine.content(stream).size() < 60'000)
            co_await by.turn();
        co_await io::sleep(300ms);
        EXPECT_LT(book.written, much / 2);  // what lines hold by themselves
        by.reads = true;
        by.engine.ping();
        std::size_t came = 0;
        while (!by.over && !by.answers[stream].has_ended) {
            co_await by.turn();
            came += by.answers[stream].content.size();
            by.answers[stream].content.clear();
        }
        EXPECT_EQ(came, much);
    });
}

io::task<> talk_with_page(ws::connection& peer, std::string& heard) {
    for (const std::string& each : {std::string("a"), std::string(100'000, 'b')}) {
        io::task<std::optional<ws::message>> next = peer.receive();
        const std::optional<ws::message> got = co_await std::move(next);
        if (got) heard += got->data.substr(0, 40) + ";";
        io::task<> sending = peer.send(each);
        co_await std::move(sending);
    }
    io::task<std::optional<ws::message>> next = peer.receive();
    const std::optional<ws::message> last = co_await std::move(next);
    if (last) heard += std::to_string(last->data.size());
    heard += ";" + peer.subprotocol() + (peer.is_compressed() ? ";deflate" : "");
}

/// From this library's client by HTTP/2, to its server by HTTP/1.1.
TEST_P(reverse_proxy_websocket, hands_on_what_was_agreed) {
    proxy_world world({site.handler()}, how);
    world.site.http2.other_protocols = true;
    std::string heard;
    run(world.task([&](net::endpoint where) -> io::task<> {
        http::client by;
        ws::connect_options options;
        options.versions = http::versions::http_2;
        options.wish.subprotocols = {"a", "b"};
        options.fields = {{"Origin", "https://example.org"}};
        const std::string url = "ws://" + where.to_string() + "/ws";
        io::task<> talking = ws::connect(
            by, url, [&heard](ws::connection& peer) { return talk_with_page(peer, heard); },
            options);
        co_await std::move(talking);
    }));
    EXPECT_EQ(heard, "hello https://example.org;a;100000;b;deflate");
}

ZOCALO_IN_EVERY_WORLD(reverse_proxy_websocket);

}  // namespace
