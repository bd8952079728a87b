// SPDX-License-Identifier: MIT
#include "zocalo/http/client_connection.hpp"

#include <gmock/gmock.h>

#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::HasSubstr;

const http::request_head get{.fields = {{"Host", "a"}}};

io::task<> echo(http::exchange& asked) {
    asked.begin();
    for (;;) {
        const zocalo::const_buffer piece = co_await asked.read();
        if (piece.empty()) break;
        co_await asked.write(piece);
    }
    asked.end({{"X-Sum", "1"}});
}

http::site make_site() {
    http::site site;
    site.routes.get("/{n}", [](http::exchange& asked) { asked.reply(asked.parameter("n")); });
    site.routes.post("/echo", echo);
    site.routes.get("/hints", [](http::exchange& asked) {
        asked.send_interim({.status = http::status::early_hints, .fields = {{"Link", "</a>"}}});
        asked.reply("hinted");
    });
    site.routes.post("/no", [](http::exchange& asked) { asked.reply(http::status::forbidden); });
    return site;
}

class client_connection : public zocalo::tests::in_every_world {
 protected:
    /// Talks with a server of the site above.
    void with_site(io::task<> (*talk)(http::client_connection& server)) {
        const http::site site = make_site();
        serve::server running(site.handler());
        run(zocalo::tests::with_server(running, [talk](serve::server&, net::endpoint where) {
            return connect_and(talk, std::move(where));
        }));
    }
    static io::task<> connect_and(io::task<> (*talk)(http::client_connection& server),
                                  net::endpoint where) {
        io::stream line = co_await io::connect(where);
        http::client_connection server(std::move(line));
        co_await talk(server);
    }
};

io::task<> ask_ten_times(http::client_connection& server) {
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(server.is_idle());
        server.send({.target = "/" + std::to_string(i), .fields = {{"Host", "a"}}});
        EXPECT_FALSE(server.is_idle());
        co_await server.receive();
        EXPECT_EQ(server.response().status, http::status::ok);
        const std::string text = co_await server.content(100);
        EXPECT_EQ(text, std::to_string(i));
    }
}

TEST_P(client_connection, asks_again_and_again) {
    with_site(ask_ten_times);
}

io::task<> send_pieces(http::client_connection& server) {
    server.begin({.method = http::method::post, .target = "/echo", .fields = {{"Host", "a"}}}, {});
    const std::string piece(40'000, 'x');
    co_await server.write(piece);
    co_await server.write("end");
    server.end();
    co_await server.receive();
    const std::string back = co_await server.content(100'000);
    EXPECT_EQ(back, piece + "end");
    EXPECT_EQ(server.trailers().get("X-Sum"), "1");
    EXPECT_TRUE(server.is_idle());
}

TEST_P(client_connection, streams_both_ways) {
    with_site(send_pieces);
}

io::task<> hear_hints(http::client_connection& server) {
    std::string links;
    server.send({.target = "/hints", .fields = {{"Host", "a"}}});
    co_await server.receive(
        [&links](const http::response_head& head) { links += head.fields.get("Link"); });
    EXPECT_EQ(links, "</a>");
    const std::string text = co_await server.content(100);
    EXPECT_EQ(text, "hinted");
}

TEST_P(client_connection, hears_what_comes_before_the_response) {
    with_site(hear_hints);
}

io::task<> send_too_much(http::client_connection& server) {
    server.begin({.method = http::method::post, .target = "/no", .fields = {{"Host", "a"}}},
                 50'000'000);
    const std::string piece(500'000, 'x');
    for (int i = 0; i < 100; ++i)
        co_await server.write(piece);
    server.end();
    co_await server.receive();
    EXPECT_EQ(server.response().status, http::status::forbidden);
    const std::string text = co_await server.content(100);
    EXPECT_EQ(text, "403 Forbidden\n");
    EXPECT_FALSE(server.is_idle());
}

TEST_P(client_connection, hears_why_its_content_was_not_wanted) {
    with_site(send_too_much);
}

/// What a server sends to whoever asks, and then closes.
std::string outcome_of(const std::string& sent, std::size_t limit = 100) {
    auto [line, peer] = io::stream::pair();
    std::string outcome;
    http::client_connection server(std::move(line));
    try {
        peer.write(sent).get();
        peer.finish().get();
        server.send(get);
        server.receive().get();
        outcome = server.content(limit).get();
    } catch (const std::system_error& error) {
        outcome = error.code() == std::errc::connection_reset ? "reset" : error.what();
    } catch (const zocalo::protocol_error& error) {
        outcome = std::string("broken: ") + error.what();
    }
    return outcome;
}

TEST(client_connection_alone, notices_servers_that_do_not_answer) {
    EXPECT_EQ(outcome_of(""), "reset");
    EXPECT_THAT(outcome_of("HTTP/1.1 20"), HasSubstr("broken: "));
    EXPECT_THAT(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"),
                HasSubstr("broken: "));
    EXPECT_THAT(outcome_of("HTTP/1.1 200 OK\r\n\r\nhello"), "hello");
    EXPECT_THAT(outcome_of("HTTP/1.1 200 OK\r\n\r\nhello", 4), HasSubstr("more than 4 bytes"));
}

TEST(client_connection_alone, keeps_its_turn) {
    auto [line, peer] = io::stream::pair();
    http::client_connection server(std::move(line));
    EXPECT_THROW(server.receive().get(), std::logic_error);
    EXPECT_THROW((void)server.take_over(), std::logic_error);
    server.send(get);
    EXPECT_THROW(server.send(get), std::logic_error);
}

TEST(client_connection_alone, takes_tunnels_over) {
    auto [line, peer] = io::stream::pair();
    http::client_connection server(std::move(line));
    peer.write("HTTP/1.1 200 Yes\r\n\r\nfirst").get();
    server.send({.method = http::method::connect, .target = "a:1", .fields = {{"Host", "a:1"}}});
    server.receive().get();
    io::stream tunnel = server.take_over();
    std::string got(5, '\0');
    const std::size_t size = tunnel.read_exactly(zocalo::mutable_buffer(got)).get();
    EXPECT_EQ(got.substr(0, size), "first");
}

ZOCALO_IN_EVERY_WORLD(client_connection);

}  // namespace
