// SPDX-License-Identifier: MIT
// What a site asks of clients of HTTP/2, and of those who speak something else.
#include <gmock/gmock.h>

#include <string>

#include "http/http2_caller.hpp"
#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;
using zocalo::tests::http2_caller;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

using dialogue = io::task<> (*)(net::endpoint where);

class http2_site : public zocalo::tests::in_every_world {
 protected:
    void talk(dialogue says) {
        site.routes.post("/echo", [](http::exchange& asked) -> io::task<> {
            const std::string all = co_await asked.content(1000);
            asked.reply(all);
        });
        site.routes.post("/stream", [](http::exchange& asked) -> io::task<> {
            asked.begin();
            const std::string all = co_await asked.content(1000);
            co_await asked.write(all);
            asked.end();
        });
        site.routes.get("/", [](http::exchange& asked) { asked.reply("here"); });
        serve::server running(site.handler());
        run(zocalo::tests::with_server(
            running, [&](serve::server&, net::endpoint where) { return says(std::move(where)); }));
    }

    http::site site;
};

/// A byte each 30 ms, ten of them.
io::task<> trickle(http2_caller& to, std::uint32_t stream) {
    for (int i = 0; i < 10 && to.engine.is_open(stream); ++i) {
        to.engine.send_data(stream, std::string_view("a"));
        io::task<> sending = to.send();
        co_await std::move(sending);
        co_await io::sleep(30ms);
    }
}

io::task<> send_slowly(net::endpoint where) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    const std::uint32_t slow = caller.post("/echo", 10);
    io::task<> sending = trickle(caller, slow);
    co_await std::move(sending);
    io::task<> ending = caller.wait_for(slow);
    co_await std::move(ending);
    EXPECT_EQ(caller.answers[slow].head.status, http::status::request_timeout);
    // Of the connection nothing else has ended.
    const std::uint32_t good = caller.post("/echo", 2);
    caller.engine.send_data(good, std::string_view("ab"));
    caller.engine.send_end(good);
    ending = caller.wait_for(good);
    co_await std::move(ending);
    EXPECT_EQ(caller.answers[good].content, "ab");
}

TEST_P(http2_site, ends_a_stream_whose_content_comes_too_slowly) {
    site.stream_bytes_per_second = 1000;
    site.stream_grace = 100ms;
    talk(send_slowly);
}

io::task<> talk_slowly(net::endpoint where) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    const std::uint32_t slow = caller.post("/stream", 10);
    io::task<> sending = trickle(caller, slow);
    co_await std::move(sending);
    caller.engine.send_end(slow);
    io::task<> ending = caller.wait_for(slow);
    co_await std::move(ending);
    EXPECT_EQ(caller.answers[slow].content, "aaaaaaaaaa");
}

TEST_P(http2_site, lets_who_is_answered_already_talk_slowly) {
    site.stream_bytes_per_second = 1000;
    site.stream_grace = 100ms;
    talk(talk_slowly);
}

io::task<> ask_in_both(net::endpoint where) {
    io::stream old = co_await io::connect(where);
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    co_await old.write(text);
    io::task<std::string> reading = zocalo::tests::read_all(old);
    const std::string all = co_await std::move(reading);
    EXPECT_THAT(all, StartsWith("HTTP/1.1 505 "));
    EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(all.find("HTTP/1.1", 8), std::string::npos);
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    const std::uint32_t one = caller.get("/");
    io::task<> ending = caller.wait_for(one);
    co_await std::move(ending);
    EXPECT_EQ(caller.answers[one].content, "here");
}

TEST_P(http2_site, may_speak_http_2_alone) {
    site.http_1 = false;
    talk(ask_in_both);
}

io::task<http::status> ask_as(http2_caller& caller, std::string scheme) {
    http::request_head head;
    head.fields.add("Host", "example.org");
    const std::uint32_t asked = caller.engine.send(head, 0, scheme);
    io::task<> ending = caller.wait_for(asked);
    co_await std::move(ending);
    co_return caller.answers[asked].head.status;
}

io::task<> ask_for_both(net::endpoint where) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    for (const char* const scheme : {"https", "http"}) {
        io::task<http::status> asking = ask_as(caller, scheme);
        EXPECT_EQ(co_await std::move(asking), http::status::ok) << scheme;
    }
}

/// A gateway writes `https` for what came to it without TLS, too.
TEST_P(http2_site, is_there_for_either_scheme_without_tls) {
    talk(ask_for_both);
}

ZOCALO_IN_EVERY_WORLD(http2_site);

}  // namespace
