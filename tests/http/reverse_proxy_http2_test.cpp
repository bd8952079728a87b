// SPDX-License-Identifier: MIT
// A proxy with HTTP/2 on either side: dialogues, trailers, and what becomes of both when one ends.
#include <gmock/gmock.h>

#include "http/http2_caller.hpp"
#include "http/proxy_under_test.hpp"
#include "zocalo/http/reverse_proxy.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;
using zocalo::const_buffer;
using zocalo::tests::ask_through;
using zocalo::tests::http2_caller;
using zocalo::tests::proxy_world;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;

/// Says what it hears at once, and behind it what it has heard last.
io::task<> echo(http::exchange& asked) {
    asked.response().fields.add("X-Version", to_text(asked.request().version));
    asked.response().fields.add("X-TE", asked.request().fields.get("TE"));
    asked.begin();
    for (;;) {
        io::task<const_buffer> reading = asked.read();
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        const std::string text(piece.text());
        io::task<> writing = asked.write(text);
        co_await std::move(writing);
        io::task<> flushing = asked.flush();
        co_await std::move(flushing);
    }
    http::fields last;
    last.add("grpc-status", "0");
    for (const http::field each : asked.trailers())
        last.add(std::string("heard-") += each.name, each.value);
    asked.end(last);
}

http::site echoing() {
    http::site site;
    site.routes.post("/echo", echo);
    site.routes.get("/version",
                    [](http::exchange& asked) { asked.reply(to_text(asked.request().version)); });
    site.routes.post("/early", [](http::exchange& asked) { asked.reply("enough"); });
    site.routes.post("/status", [](http::exchange& asked) {
        asked.response().fields.add("grpc-status", "12");
        asked.reply(std::string_view(), {});
    });
    site.routes.post("/never", [](http::exchange&) -> io::task<> {
        co_await io::sleep(zocalo::timeout::none());
    });
    site.routes.post("/breaks", [](http::exchange& asked) -> io::task<> {
        asked.begin();
        io::task<> writing = asked.write("some");
        co_await std::move(writing);
        io::task<> flushing = asked.flush();
        co_await std::move(flushing);
        throw std::runtime_error("broken");
    });
    return site;
}

/// A proxy before an upstream that echoes, which is spoken to like that.
class echo_world {
 public:
    explicit echo_world(std::string scheme, http::reverse_proxy_options how = {})
        : world({site_.handler()}, std::move(how)) {
        world.scheme = std::move(scheme);
    }

 private:
    http::site site_ = echoing();

 public:
    proxy_world world;
};

io::task<> until(http2_caller& caller, std::uint32_t stream, std::string content) {
    while (!caller.over && caller.answers[stream].content != content) {
        EXPECT_FALSE(caller.answers[stream].has_ended || caller.answers[stream].was_reset);
        if (caller.answers[stream].has_ended || caller.answers[stream].was_reset) co_return;
        io::task<> next = caller.turn();
        co_await std::move(next);
    }
}

io::task<> talk(net::endpoint where) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    const std::uint32_t stream = caller.post("/echo");
    std::string all;
    for (const char* each : {"one", "two", "three"}) {
        caller.engine.send_data(stream, std::string_view(each));
        all += each;
        io::task<> hearing = until(caller, stream, all);
        co_await std::move(hearing);
    }
    http::fields last;
    last.add("x-sum", "11");
    last.add("x-forwarded-for", "192.0.2.1");
    caller.engine.send_end(stream, last);
    io::task<> ending = caller.wait_for(stream);
    co_await std::move(ending);
    const auto& answer = caller.answers[stream];
    EXPECT_TRUE(answer.has_ended);
    EXPECT_EQ(answer.head.fields.get("X-Version"), "HTTP/2");
    EXPECT_EQ(answer.trailers.get("grpc-status"), "0");
    EXPECT_EQ(answer.trailers.get("heard-x-sum"), "11");
    EXPECT_FALSE(answer.trailers.contains("heard-x-forwarded-for"));
}

TEST(reverse_proxy_http2, passes_a_dialogue_on_while_it_goes_on) {
    echo_world made("h2c://");
    made.world.run([](net::endpoint where) { return talk(std::move(where)); });
    EXPECT_EQ(made.world.state().at(0).failures, 0U);
}

/// Posts "abc", waits, and tells how that ended: the status, and the content.
io::task<> post(net::endpoint where, std::string target, bool ends, std::string& outcome) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    const std::uint32_t stream = caller.post(std::move(target));
    caller.engine.send_data(stream, std::string_view("abc"));
    if (ends) caller.engine.send_end(stream);
    io::task<> ending = caller.wait_for(stream);
    co_await std::move(ending);
    const auto& answer = caller.answers[stream];
    outcome = std::to_string(number(answer.head.status)) + " " + answer.content;
    outcome += caller.engine.content(stream).text();  // what came together with a reset
    if (answer.was_reset && !answer.has_ended) outcome += " reset";
    if (answer.head.fields.contains("content-length"))
        outcome += " of " + std::string(answer.head.fields.get("content-length"));
}

std::string outcome_of(const std::string& scheme, const std::string& target, bool ends = true,
                       http::reverse_proxy_options how = {}) {
    echo_world made(scheme, std::move(how));
    std::string outcome;
    made.world.run(
        [&](net::endpoint where) { return post(std::move(where), target, ends, outcome); });
    return outcome;
}

TEST(reverse_proxy_http2, hears_the_end_of_a_response_before_that_of_the_request) {
    for (const char* scheme : {"h2c://", "http://"})
        EXPECT_THAT(outcome_of(scheme, "/early", false), StartsWith("200 enough of 6")) << scheme;
}

TEST(reverse_proxy_http2, passes_a_head_alone_on_as_one) {
    EXPECT_EQ(outcome_of("h2c://", "/status"), "200  of 0");
}

TEST(reverse_proxy_http2, answers_for_upstreams_that_are_too_slow_or_break_off) {
    http::reverse_proxy_options hasty;
    hasty.stall = 100ms;
    EXPECT_THAT(outcome_of("h2c://", "/never", true, hasty), StartsWith("504 "));
    EXPECT_THAT(outcome_of("h2c://", "/breaks"), testing::EndsWith(" reset"));
    EXPECT_THAT(outcome_of("h2c://", "/breaks", false), testing::EndsWith(" reset"));
    EXPECT_THAT(outcome_of("h2c://", "/none"), StartsWith("404 "));
}

/// The server's time begins when it has all that was to be sent.
io::task<> post_slowly(net::endpoint where, std::string& content) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    const std::uint32_t stream = caller.post("/echo");
    for (int i = 0; i < 5; ++i) {
        caller.engine.send_data(stream, std::string_view("a"));
        io::task<> sending = caller.send();
        co_await std::move(sending);
        co_await io::sleep(60ms);
    }
    caller.engine.send_end(stream);
    io::task<> ending = caller.wait_for(stream);
    co_await std::move(ending);
    content = caller.answers[stream].content;
}

TEST(reverse_proxy_http2, waits_for_clients_that_pause_longer_than_upstreams_may) {
    http::reverse_proxy_options hasty;
    hasty.stall = 30ms;
    echo_world made("h2c://", hasty);
    std::string content;
    made.world.run([&](net::endpoint where) { return post_slowly(std::move(where), content); });
    EXPECT_EQ(content, "aaaaa");
}

TEST(reverse_proxy_http2, asks_an_upstream_that_speaks_it_for_clients_of_http_1) {
    constexpr auto asks = "GET /version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    echo_world known("h2c://");
    EXPECT_THAT(ask_through(known.world, asks), testing::EndsWith("\r\n\r\nHTTP/2"));
    echo_world unknown("http://");
    EXPECT_THAT(ask_through(unknown.world, asks), testing::EndsWith("\r\n\r\nHTTP/1.1"));
}

TEST(reverse_proxy_http2, passes_trailers_of_requests_on) {
    constexpr auto asks =
        "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close, TE\r\nTE: trailers\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n0\r\nX-Sum: 6\r\nForwarded: for=192.0.2.1\r\nHost: b\r\n\r\n";
    for (const char* scheme : {"h2c://", "http://"}) {
        echo_world made(scheme);
        const std::string heard = ask_through(made.world, asks);
        EXPECT_THAT(heard, StartsWith("HTTP/1.1 200 OK\r\n")) << scheme;
        EXPECT_THAT(heard, testing::ContainsRegex("[Xx]-[Tt][Ee]: trailers\r\n")) << scheme;
        EXPECT_THAT(heard, HasSubstr("abc\r\n0\r\ngrpc-status: 0\r\n")) << scheme;
        EXPECT_THAT(heard, testing::ContainsRegex("heard-[Xx]-[Ss]um: 6\r\n\r\n$")) << scheme;
    }
}

TEST(reverse_proxy_http2, changes_to_other_protocols_by_http_1) {
    zocalo::tests::scripted_upstream upstream(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n!");
    proxy_world world({upstream.handler()});
    world.scheme = "h2c://";
    const std::string heard =
        ask_through(world,
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    "\r\n");
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(heard, testing::EndsWith("\r\n\r\n!"));
}

io::task<> post_many(net::endpoint where, std::size_t& came) {
    io::stream line = co_await io::connect(where);
    http2_caller caller(std::move(line));
    const std::string text(200'000, 'x');
    std::vector<std::uint32_t> streams;
    for (int i = 0; i < 20; ++i) {
        streams.push_back(caller.post("/echo"));
        caller.engine.send_data(streams.back(), text);
        caller.engine.send_end(streams.back());
    }
    for (const std::uint32_t each : streams) {
        io::task<> ending = caller.wait_for(each);
        co_await std::move(ending);
        came += caller.answers[each].content.size();
    }
}

TEST(reverse_proxy_http2, passes_many_on_at_once_over_one_connection) {
    echo_world made("h2c://");
    std::size_t came = 0;
    made.world.run([&](net::endpoint where) { return post_many(std::move(where), came); });
    EXPECT_EQ(came, 20U * 200'000U);
    EXPECT_EQ(made.world.accepted(), 1U);
}

}  // namespace
