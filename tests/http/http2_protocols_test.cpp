// SPDX-License-Identifier: MIT
// Another protocol on a stream of HTTP/2 (RFC 8441): who may ask, how it begins, how it ends.
#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <system_error>

#include "http/http2_caller.hpp"
#include "http/http2_frames.hpp"
#include "http/http2_outcome.hpp"
#include "http/http2_pair.hpp"
#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/server.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests::http2;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using http::http2_error;
using zocalo::tests::http2_caller;
using zocalo::tests::http2_pair;
using zocalo::tests::read_all;

http::http2_limits with_protocols() {
    http::http2_limits also;
    also.other_protocols = true;
    return also;
}

http::request_head asking_for(std::string protocol, std::string path = "/chat") {
    return {.method = http::method::connect,
            .target = std::move(path),
            .fields = {{"Host", "example.org"}},
            .protocol = std::move(protocol)};
}

// --- The engine

TEST(http2_protocols, are_not_asked_for_where_they_are_not_offered) {
    http2_pair two;
    two.talk();
    EXPECT_FALSE(two.client.can_connect());
    EXPECT_THROW((void)two.client.send(asking_for("websocket"), {}, "https"), std::logic_error);
}

TEST(http2_protocols, are_refused_here_before_anything_is_sent) {
    http2_pair two({}, with_protocols());
    two.talk();
    ASSERT_TRUE(two.client.can_connect());
    http::request_head with_get = asking_for("websocket");
    with_get.method = http::method::get;
    for (const http::request_head& each :
         {asking_for("web socket"), asking_for("a", "a:80"), asking_for("a", "*"), with_get})
        EXPECT_THROW((void)two.client.send(each, {}, "https"), std::invalid_argument);
    EXPECT_THROW((void)two.client.send(asking_for("a"), 1, "https"), std::invalid_argument);
}

struct tunnel : http2_pair {
    tunnel() : http2_pair({.content = 10}, with_protocols()) {
        talk();
        stream = client.send(asking_for("websocket"), {}, "https");
        talk();
        server.send(stream, {});
        talk();
    }
    std::uint32_t stream = 0;
};

TEST(http2_protocols, begin_with_a_path_and_a_name) {
    tunnel two;
    const http::request_head& asked = two.server.request(two.stream);
    EXPECT_EQ(asked.method, http::method::connect);
    EXPECT_EQ(asked.target, "/chat");
    EXPECT_EQ(asked.protocol, "websocket");
    EXPECT_EQ(asked.fields.get("Host"), "example.org");
    EXPECT_TRUE(two.server.is_tunnel(two.stream));
    EXPECT_TRUE(two.client.is_tunnel(two.stream));
    EXPECT_FALSE(two.client.response(two.stream).fields.contains("Content-Length"));
}

TEST(http2_protocols, go_both_ways_beyond_the_limit_of_content) {
    tunnel two;
    for (int i = 0; i < 5; ++i) {
        two.client.send_data(two.stream, std::string_view("from client"));
        two.server.send_data(two.stream, std::string_view("from server"));
        two.talk();
        EXPECT_EQ(read_all(two.server, two.stream), "from client");
        EXPECT_EQ(read_all(two.client, two.stream), "from server");
    }
}

TEST(http2_protocols, have_ends_of_their_own_in_both_directions) {
    tunnel two;
    two.client.send_end(two.stream);
    two.talk();
    EXPECT_TRUE(two.server.has_received_all(two.stream));
    two.server.send_data(two.stream, std::string_view("last words"));
    two.server.send_end(two.stream);
    two.talk();
    EXPECT_EQ(read_all(two.client, two.stream), "last words");
    EXPECT_TRUE(two.client.has_received_all(two.stream));
    EXPECT_FALSE(two.find(two.at_server, kind::reset));
}

TEST(http2_protocols, are_content_with_a_limit_when_they_are_refused) {
    http2_pair two({.content = 10}, with_protocols());
    two.talk();
    const std::uint32_t stream = two.client.send(asking_for("websocket"), {}, "https");
    two.client.send_data(stream, std::string(11, 'x'));
    two.talk();
    EXPECT_TRUE(two.find(two.at_server, kind::reset, stream));
}

// --- Peers that break the rules

/// What a server makes of one head.
outcome hear(std::initializer_list<http::field> head, const http::http2_limits& also) {
    http::http2_server_engine engine({}, also);
    outcome seen;
    engine.receive(preface(), start);
    engine.receive(frame(headers, end_headers, 1, block(head)), start);
    note(engine, seen);
    return seen;
}

TEST(http2_protocols, of_wrong_requests_reach_nobody) {
    const http::field connect{":method", "CONNECT"};
    const http::field get{":method", "GET"};
    const http::field scheme{":scheme", "https"};
    const http::field path{":path", "/"};
    const http::field host{":authority", "a"};
    const http::field protocol{":protocol", "websocket"};
    const http::http2_limits with = with_protocols();
    EXPECT_TRUE(hear({connect, protocol, scheme, path, host}, with).has(kind::head));
    const outcome all[] = {
        hear({connect, protocol, scheme, path, host}, {}),
        hear({get, protocol, scheme, path, host}, with),
        hear({connect, protocol, protocol, scheme, path, host}, with),
        hear({connect, protocol, path, host}, with),
        hear({connect, protocol, scheme, host}, with),
        hear({connect, protocol, scheme, path}, with),
        hear({connect, scheme, path, host}, with),
        hear({connect, protocol, scheme, {":path", "*"}, host}, with),
    };
    for (const outcome& each : all) {
        EXPECT_FALSE(each.has(kind::head));
        EXPECT_EQ(each.streams, 0U);
        EXPECT_FALSE(each.closed);
    }
    const outcome refused[] = {
        hear({connect, {":protocol", "web socket"}, scheme, path, host}, with),
        hear({connect, protocol, {":scheme", "wss"}, path, host}, with),
        hear({connect, protocol, scheme, path, host, {"content-length", "0"}}, with),
    };
    for (const outcome& each : refused)
        EXPECT_TRUE(each.has(kind::refused) && !each.has(kind::head));
}

TEST(http2_protocols, are_offered_with_one_and_never_taken_back) {
    for (const std::uint32_t second : {0U, 2U}) {
        http::http2_client_engine engine;
        outcome seen;
        engine.receive(frame(settings, 0, 0, setting(8, 1)), start);
        note(engine, seen);
        EXPECT_TRUE(engine.can_connect());
        engine.receive(frame(settings, 0, 0, setting(8, second)), start);
        note(engine, seen);
        EXPECT_EQ(seen.closed, http2_error::protocol_error) << second;
    }
}

// --- A site

/// What a handler of a stream has seen.
struct ledger {
    std::string heard;
    std::error_code failed;
    bool has_ended = false;
};

io::task<> take_part(http::exchange& asked, ledger& book) {
    asked.begin();
    io::task<io::stream> taking = asked.take_over();
    io::stream line = co_await std::move(taking);
    try {
        for (;;) {
            const io::chunk came = co_await line.read();
            if (came.empty()) break;
            book.heard += came.text();
            if (book.heard == "much") {
                const std::string much(std::size_t{1024} * 1024, 'x');
                co_await line.write(much);
            }
            co_await line.write(came.text());
        }
        io::task<> finishing = line.finish();
        co_await std::move(finishing);
    } catch (const std::system_error& error) {
        book.failed = error.code();
    }
    book.has_ended = true;
}

using talk_type = std::function<io::task<>(http2_caller& by, std::uint32_t stream)>;

class http2_site_protocols : public zocalo::tests::in_every_world {
 protected:
    void with_site(const talk_type& talk, const std::string& path = "/shout") {
        http::site site;
        site.stalled_stream = 300ms;
        site.routes.get("/page", [](http::exchange& asked) { asked.reply("a page"); });
        site.routes.add(http::method::connect, "/shout",
                        [&](http::exchange& asked) { return take_part(asked, book); });
        serve::server running(site.handler());
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return zocalo::tests::call_with(where, asking_for("shout", path), talk);
        }));
    }
    ledger book;
};

io::task<> shout(http2_caller& by, std::uint32_t stream) {
    by.engine.send_data(stream, std::string_view("hello"));
    co_await by.wait_for(stream, "hello");
    EXPECT_EQ(number(by.answers[stream].head.status), 200);
    by.engine.send_end(stream);
    co_await by.wait_for(stream);
    EXPECT_TRUE(by.answers[stream].has_ended);
    EXPECT_FALSE(by.answers[stream].was_reset);
}

TEST_P(http2_site_protocols, have_a_stream_of_their_own) {
    with_site(shout);
    EXPECT_EQ(book.heard, "hello");
    EXPECT_FALSE(book.failed) << book.failed.message();
}

io::task<> see_405(http2_caller& by, std::uint32_t stream) {
    co_await by.wait_for(stream);
    EXPECT_EQ(number(by.answers[stream].head.status), 405);
}

TEST_P(http2_site_protocols, are_nothing_for_other_routes) {
    with_site(see_405, "/page");
}

io::task<> reset_it(http2_caller& by, std::uint32_t stream) {
    by.engine.send_data(stream, std::string_view("hello"));
    co_await by.wait_for(stream, "hello");
    co_await by.break_off(stream);
}

TEST_P(http2_site_protocols, are_told_of_a_reset_as_of_one_of_a_connection) {
    with_site(reset_it);
    EXPECT_TRUE(book.has_ended);
    EXPECT_EQ(book.failed, std::errc::connection_reset);
}

io::task<> take_nothing(http2_caller& by, std::uint32_t stream) {
    by.reads = false;
    by.engine.send_data(stream, std::string_view("much"));
    while (!by.answers[stream].was_reset)
        co_await by.turn();
}

TEST_P(http2_site_protocols, end_with_a_client_that_takes_nothing) {
    with_site(take_nothing);
    EXPECT_EQ(book.failed, std::errc::timed_out);
}

ZOCALO_IN_EVERY_WORLD(http2_site_protocols);

}  // namespace
