// SPDX-License-Identifier: MIT
// Clients and a site, over both versions of HTTP, in every world.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "ws/transcript.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/ws/client.hpp"
#include "zocalo/ws/server.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace ws = zocalo::ws;
using namespace std::chrono_literals;
using zocalo::tests::bytes;
using zocalo::tests::masked;

/// Sends back what comes; "bye" is its last word.
io::task<> echo(ws::connection& peer, const http::exchange& /*asked*/) {
    for (;;) {
        io::task<std::optional<ws::message>> next = peer.receive();
        std::optional<ws::message> got = co_await std::move(next);
        if (!got) co_return;
        const bool is_last = got->data == "bye";
        io::task<> sending = peer.send(*std::move(got));
        co_await std::move(sending);
        if (is_last) {
            io::task<> closing = peer.close(ws::close_code{4001}, "you said so");
            co_await std::move(closing);
        }
    }
}

io::task<> fail(ws::connection& /*peer*/, const http::exchange& /*asked*/) {
    co_await io::sleep(1ms);
    throw std::runtime_error("on purpose");
}

/// Says how long each message is, without keeping it.
io::task<> measure(ws::connection& peer, const http::exchange& /*asked*/) {
    std::size_t size = 0;
    for (;;) {
        io::task<std::optional<ws::piece>> next = peer.receive_piece();
        const std::optional<ws::piece> got = co_await std::move(next);
        if (!got) co_return;
        size += got->data.size();
        if (!got->is_last) continue;
        io::task<> sending = peer.send(std::to_string(size));
        co_await std::move(sending);
        size = 0;
    }
}

http::site make_site() {
    http::site site;
    ws::serve_options options;
    options.terms.subprotocols = {"echo", "other"};
    options.terms.deflate.emplace();
    options.terms.deflate->from = 0;
    ws::add_route(site.routes, "/echo", echo, options);
    ws::add_route(site.routes, "/fail", fail);
    ws::add_route(site.routes, "/measure", measure);
    const auto move = [](http::exchange& asked) {
        asked.response().fields.set("Location", "ws://" + std::string(asked.authority()) + "/echo");
        asked.reply(http::status::found);
    };
    site.routes.get("/moved", move).add(http::method::connect, "/moved", move);
    return site;
}

io::task<> connect(http::versions which, std::string url, ws::dialogue talk,
                   ws::connect_options options) {
    http::client_options how;
    how.versions = which;
    http::client by(std::move(how));
    io::task<> talking = ws::connect(by, std::move(url), std::move(talk), std::move(options));
    co_await std::move(talking);
}

class ws_dialogue : public zocalo::tests::in_every_world {
 protected:
    void with_site(ws::dialogue talk, const std::string& path = "/echo",
                   const ws::connect_options& options = {}) {
        for (const http::versions which : {http::versions::any, http::versions::http_2})
            with_site(which, talk, path, options);
    }
    void with_site(http::versions which, const ws::dialogue& talk, const std::string& path,
                   const ws::connect_options& options) {
        SCOPED_TRACE(which == http::versions::http_2 ? "HTTP/2" : "HTTP/1.1");
        const http::site site = make_site();
        serve::server running(site.handler());
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return connect(which, "ws://" + where.to_string() + path, talk, options);
        }));
    }
};

// --- Helpers of clients

io::task<std::string> hear(ws::connection& from) {
    io::task<std::optional<ws::message>> next = from.receive();
    const std::optional<ws::message> got = co_await std::move(next);
    if (!got) co_return "closed " + std::to_string(number(from.peer_reason()->code));
    co_return (got->kind == ws::kind::text ? "" : "binary ") + got->data;
}

io::task<std::string> ask(ws::connection& peer, std::string text) {
    io::task<> sending = peer.send(std::move(text));
    co_await std::move(sending);
    io::task<std::string> hearing = hear(peer);
    std::string got = co_await std::move(hearing);
    co_return got;
}

// --- Messages

io::task<> exchange_some(ws::connection& server) {
    EXPECT_EQ(server.is_compressed(), server.subprotocol().empty());
    for (const std::size_t size : {0U, 1U, 125U, 126U, 65535U, 65536U, 300'000U}) {
        const std::string text(size, 'x');
        io::task<std::string> asking = ask(server, text);
        const std::string got = co_await std::move(asking);
        EXPECT_TRUE(got == text) << size;
        io::task<> sending = server.send_binary(text);
        co_await std::move(sending);
        io::task<std::string> hearing = hear(server);
        const std::string back = co_await std::move(hearing);
        EXPECT_TRUE(back == "binary " + text) << size;
    }
}

TEST_P(ws_dialogue, brings_messages_there_and_back) {
    with_site(exchange_some);
    ws::connect_options options;
    options.wish = {.subprotocols = {"unknown", "other"}, .deflate = std::nullopt};
    with_site(exchange_some, "/echo", options);
}

io::task<> expect_other(ws::connection& server) {
    EXPECT_EQ(server.subprotocol(), "other");
    EXPECT_FALSE(server.is_compressed());
    co_await io::sleep(0ms);
}

TEST_P(ws_dialogue, agrees_on_a_subprotocol) {
    ws::connect_options options;
    options.wish = {.subprotocols = {"unknown", "other"}, .deflate = std::nullopt};
    with_site(expect_other, "/echo", options);
}

io::task<> say_much(ws::connection& server, char who) {
    for (int i = 0; i < 20; ++i) {
        std::string text(1000, who);
        text += std::to_string(i);
        io::task<> sending = server.send(std::move(text));
        co_await std::move(sending);
    }
}
io::task<> hear_all(ws::connection& server, std::vector<int>& next, int count) {
    for (int i = 0; i < count; ++i) {
        io::task<std::string> hearing = hear(server);
        const std::string got = co_await std::move(hearing);
        const auto who = static_cast<std::size_t>(got.at(0) - 'a');
        EXPECT_EQ(got, std::string(1000, got[0]) + std::to_string(next.at(who)++));
    }
}
io::task<> speak_at_once(ws::connection& server) {
    std::vector<int> next(3);
    co_await io::all(say_much(server, 'a'), say_much(server, 'b'), say_much(server, 'c'),
                     hear_all(server, next, 60));
}

TEST_P(ws_dialogue, keeps_messages_of_several_writers_whole_and_in_order) {
    ws::connect_options options;
    options.connection.queue.most_bytes = 2500;
    with_site(speak_at_once, "/echo", options);
}

io::task<> send_long(ws::connection& server) {
    io::task<ws::long_message> beginning = server.begin(ws::kind::text);
    ws::long_message message = co_await std::move(beginning);
    for (int i = 0; i < 100; ++i) {
        io::task<> writing = message.write(std::string(10'000, 'x'));
        co_await std::move(writing);
        io::task<> pinging = server.ping("between");
        co_await std::move(pinging);
    }
    io::task<> writing = message.write("\xC3");
    co_await std::move(writing);
    io::task<> finishing = message.finish("\xA9");
    co_await std::move(finishing);
}
io::task<> send_two(ws::connection& server) {
    co_await io::all(send_long(server), server.send(std::string("short")));
    for (const std::string expected : {"1000002", "5"}) {
        io::task<std::string> hearing = hear(server);
        const std::string got = co_await std::move(hearing);
        EXPECT_EQ(got, expected);
    }
}

TEST_P(ws_dialogue, sends_long_messages_in_fragments) {
    with_site(send_two, "/measure");
}

io::task<> leave_unfinished(ws::connection& server) {
    {
        io::task<ws::long_message> beginning = server.begin(ws::kind::text);
        ws::long_message message = co_await std::move(beginning);
        io::task<> writing = message.write("half");
        co_await std::move(writing);
    }
    io::task<std::string> hearing = hear(server);
    const std::string got = co_await std::move(hearing);
    EXPECT_EQ(got, "closed 1011");
}

TEST_P(ws_dialogue, ends_with_a_message_that_is_not_finished) {
    with_site(leave_unfinished);
}

io::task<> give_up_often(ws::connection& server) {
    for (int i = 0; i < 50; ++i) {
        std::string text = "message " + std::to_string(i);
        io::task<> sending = server.send(text);
        co_await std::move(sending);
        std::string got;
        while (got.empty()) {
            try {
                io::task<std::string> hearing = io::timeout(100us, hear(server));
                got = co_await std::move(hearing);
            } catch (const std::system_error& error) {
                EXPECT_EQ(error.code(), std::errc::timed_out);
            }
        }
        EXPECT_EQ(got, text);
    }
}

TEST_P(ws_dialogue, loses_nothing_when_receiving_is_given_up) {
    with_site(give_up_often);
}

// --- The end

io::task<> be_told(ws::connection& server) {
    io::task<std::string> asking = ask(server, "bye");
    const std::string echoed = co_await std::move(asking);
    EXPECT_EQ(echoed, "bye");
    io::task<std::string> hearing = hear(server);
    std::string got = co_await std::move(hearing);
    EXPECT_EQ(got, "closed 4001");
    EXPECT_EQ(server.peer_reason()->text, "you said so");
    hearing = hear(server);
    got = co_await std::move(hearing);
    EXPECT_EQ(got, "closed 4001");
    std::error_code why;
    try {
        io::task<> sending = server.send(std::string("too late"));
        co_await std::move(sending);
    } catch (const std::system_error& error) {
        why = error.code();
    }
    EXPECT_EQ(why, std::errc::broken_pipe);
}

TEST_P(ws_dialogue, ends_when_the_server_closes) {
    with_site(be_told);
}

io::task<> close_at_once(ws::connection& server) {
    io::task<> sending = server.send(std::string("not read"));
    co_await std::move(sending);
    io::task<> closing = server.close(ws::close_code{3000}, "enough");
    co_await std::move(closing);
    EXPECT_EQ(server.peer_reason(), ws::close_reason{.code = ws::close_code{3000}});
}

TEST_P(ws_dialogue, ends_when_the_client_closes) {
    with_site(close_at_once);
}

io::task<> close_wrongly(ws::connection& server) {
    bool is_refused = false;
    try {
        io::task<> closing = server.close(ws::close_code::abnormal);
        co_await std::move(closing);
    } catch (const std::invalid_argument&) {
        is_refused = true;
    }
    EXPECT_TRUE(is_refused);
    io::task<std::string> asking = ask(server, "still there");
    const std::string got = co_await std::move(asking);
    EXPECT_EQ(got, "still there");
}

TEST_P(ws_dialogue, goes_on_after_a_code_that_is_never_sent) {
    with_site(close_wrongly);
}

io::task<> be_failed(ws::connection& server) {
    io::task<std::string> hearing = hear(server);
    const std::string got = co_await std::move(hearing);
    EXPECT_EQ(got, "closed 1011");
}

TEST_P(ws_dialogue, tells_that_a_handler_has_failed) {
    with_site(be_failed, "/fail");
}

io::task<> stop_server(serve::server& server) {
    co_await io::sleep(10ms);
    server.stop();
}
/// The server says it with its own stop, and does not only look for one now and then.
io::task<> hear_stop_at_once(ws::connection& from, bool time_is_simulated) {
    const io::time_point began = co_await io::now();
    io::task<std::string> hearing = hear(from);
    const std::string got = co_await std::move(hearing);
    EXPECT_EQ(got, "closed 1001");
    const io::time_point ended = co_await io::now();
    if (time_is_simulated) {
        EXPECT_LT(ended - began, 100ms);
    }
}
io::task<> wait_beside(serve::server& server, ws::connection& peer, bool time_is_simulated) {
    io::task<std::string> asking = ask(peer, "hello");
    co_await std::move(asking);
    co_await io::all(stop_server(server), hear_stop_at_once(peer, time_is_simulated));
}

TEST_P(ws_dialogue, ends_when_the_server_stops) {
    for (const http::versions which : {http::versions::any, http::versions::http_2}) {
        const http::site site = make_site();
        serve::server running(site.handler());
        run(zocalo::tests::with_server(running, [&](serve::server& server, net::endpoint where) {
            const auto talk = [&](ws::connection& peer) {
                return wait_beside(server, peer, is_simulated());
            };
            return connect(which, "ws://" + where.to_string() + "/echo", talk, {});
        }));
    }
}

// --- Handshakes

io::task<> say_hello(ws::connection& server) {
    io::task<std::string> asking = ask(server, "hello");
    const std::string got = co_await std::move(asking);
    EXPECT_EQ(got, "hello");
}

TEST_P(ws_dialogue, follows_redirects) {
    with_site(say_hello, "/moved");
}

TEST_P(ws_dialogue, tells_other_statuses) {
    for (const auto& [path, status] : {std::pair{"/nothing", 404}, std::pair{"/echo", 403}}) {
        ws::connect_options options;
        options.fields.add("Origin", "https://evil.example");
        for (const http::versions which : {http::versions::any, http::versions::http_2}) {
            try {
                with_site(which, say_hello, path, options);
                ADD_FAILURE() << path;
            } catch (const http::error_response& answer) {
                EXPECT_EQ(number(answer.status()), status) << path;
            }
        }
    }
    for (const char* url : {"ftp://a/", "a", "ws://a/#b", "ws:a"})
        EXPECT_THROW(ws::connect(url, say_hello).get(), std::invalid_argument) << url;
}

ZOCALO_IN_EVERY_WORLD(ws_dialogue);

}  // namespace
