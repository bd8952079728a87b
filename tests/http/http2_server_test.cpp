// SPDX-License-Identifier: MIT
// A site, spoken with in HTTP/2.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "http/http2_talk.hpp"
#include "zocalo/http/event_sender.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using http::http2_error;
using testing::HasSubstr;
using testing::StartsWith;
using zocalo::tests::http2_answer;
using zocalo::tests::http2_caller;
using zocalo::tests::witness;

class http2_server : public zocalo::tests::http2_talk {};

io::task<> echo(http::exchange& asked) {
    asked.begin();
    for (;;) {
        const zocalo::const_buffer piece = co_await asked.read();
        if (piece.empty()) break;
        co_await asked.write(piece);
    }
    asked.end(asked.trailers());
}

io::task<> reply_late(http::exchange& asked) {
    co_await io::sleep(50ms);
    asked.reply("late");
}

io::task<> ask_side_by_side(http2_caller& to) {
    const std::uint32_t late = to.get("/late");
    const std::uint32_t early = to.get("/early?a=b");
    const std::uint32_t nowhere = to.get("/nowhere");
    co_await to.wait_for(early);
    EXPECT_FALSE(to.answers[late].has_ended);
    co_await to.wait_for(late);
    co_await to.wait_for(nowhere);
    EXPECT_EQ(to.answers[early].head.status, http::status::ok);
    EXPECT_EQ(to.answers[early].content, "early a=b example.org");
    EXPECT_EQ(to.answers[early].head.fields.get("Content-Length"), "21");
    EXPECT_TRUE(to.answers[early].head.fields.contains("Date"));
    EXPECT_EQ(to.answers[late].content, "late");
    EXPECT_EQ(to.answers[nowhere].head.status, http::status::not_found);
}

TEST_P(http2_server, answers_requests_side_by_side) {
    std::vector<std::string> log;
    site.routes.get("/late", reply_late);
    site.routes.get("/early", [](http::exchange& asked) {
        asked.reply("early " + std::string(asked.query()) + " " + std::string(asked.authority()));
    });
    site.answered = [&](const http::exchange& asked, http::status answer) {
        log.push_back(http::access_line(asked, answer).text());
    };
    talk(ask_side_by_side);
    ASSERT_EQ(log.size(), 3U);
    EXPECT_THAT(log[0], HasSubstr("target=\"/early?a=b\" status=200 size=21 version=HTTP/2"));
    EXPECT_THAT(log[1], HasSubstr("target=/nowhere status=404"));
    EXPECT_THAT(log[2], HasSubstr("target=/late status=200"));
}

io::task<> send_much(http2_caller& to) {
    const std::string much(3'000'000, 'm');
    const std::uint32_t stream = to.post("/echo");
    to.engine.send_data(stream, much);
    to.engine.send_end(stream, {{"x-sum", "m"}});
    co_await to.wait_for(stream);
    EXPECT_EQ(to.answers[stream].content, much);
    EXPECT_EQ(to.answers[stream].trailers.get("X-Sum"), "m");
}

TEST_P(http2_server, content_goes_both_ways_through_small_windows) {
    site.routes.post("/echo", echo);
    site.http2.stream_window = 70'000;
    site.http2.connection_window = 100'000;
    within.stream_window = 80'000;
    within.connection_window = 90'000;
    talk(send_much);
}

io::task<> reset_and_go_on(http2_caller& to) {
    const std::uint32_t waits = to.get("/waits");
    const std::uint32_t other = to.get("/other");
    co_await to.wait_for(other);
    to.engine.reset(waits, http2_error::cancel);
    const std::uint32_t again = to.get("/other");
    co_await to.wait_for(again);
    EXPECT_EQ(to.answers[again].content, "other");
}

io::task<> wait_long(http::exchange& asked, bool& has_ended) {
    const witness end{has_ended};
    co_await io::sleep(1h);
    asked.reply("never");
}

TEST_P(http2_server, a_request_that_is_reset_ends_its_handler) {
    bool has_ended = false;
    site.routes.get("/waits", [&](http::exchange& asked) { return wait_long(asked, has_ended); });
    site.routes.get("/other", [](http::exchange& asked) { asked.reply("other"); });
    talk(reset_and_go_on);
    EXPECT_TRUE(has_ended);
}

io::task<> wait_until_left(http::exchange& asked, bool& has_left) {
    asked.begin();
    co_await asked.write(std::string_view("begun"));
    co_await asked.client_left();
    has_left = true;
}

io::task<> leave(http2_caller& to) {
    const std::uint32_t stream = to.get("/waits");
    while (to.answers[stream].content.empty())
        co_await to.turn();
    to.engine.reset(stream, http2_error::cancel);
    const std::uint32_t other = to.get("/other");
    co_await to.wait_for(other);
}

TEST_P(http2_server, a_handler_learns_that_its_client_has_left) {
    bool has_left = false;
    site.routes.get("/waits",
                    [&](http::exchange& asked) { return wait_until_left(asked, has_left); });
    site.routes.get("/other", [](http::exchange& asked) { asked.reply("other"); });
    talk(leave);
    EXPECT_TRUE(has_left);
}

struct ended_mark {
    bool& has_ended;
    ~ended_mark() { has_ended = true; }
};

/// Looks for a moment whether its client has left, and then waits for something else.
io::task<> look_and_go_on(http::exchange& asked, bool& has_ended) {
    const ended_mark mark{has_ended};
    asked.begin();
    try {
        io::task<> looking = io::timeout(1ms, asked.client_left());
        co_await std::move(looking);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {  // it has not
    }
    co_await asked.write(std::string_view("goes on"));
    co_await io::sleep(zocalo::timeout::none());
}

io::task<> leave_and_ask(http2_caller& to, std::string& hears) {
    const std::uint32_t stream = to.get("/looks");
    while (to.answers[stream].content.empty())
        co_await to.turn();
    to.engine.reset(stream, http2_error::cancel);
    for (int i = 0; i < 2; ++i) {  // the first may be answered in the turn that ends the handler
        const std::uint32_t other = to.get("/has-ended");
        co_await to.wait_for(other);
        hears = to.answers[other].content;
    }
}

TEST_P(http2_server, a_handler_that_has_looked_is_ended_all_the_same) {
    bool has_ended = false;
    std::string hears;
    site.routes.get("/looks",
                    [&](http::exchange& asked) { return look_and_go_on(asked, has_ended); });
    site.routes.get("/has-ended",
                    [&](http::exchange& asked) { asked.reply(has_ended ? "it has" : "no"); });
    talk([&](http2_caller& to) { return leave_and_ask(to, hears); });
    EXPECT_EQ(hears, "it has");
}

io::task<> fail_at_once(http::exchange& /*asked*/) {
    throw std::runtime_error("a mistake");
    co_return;
}
io::task<> fail_later(http::exchange& asked) {
    asked.begin();
    co_await asked.write(std::string_view("half"));
    throw std::runtime_error("a mistake");
}
io::task<> hear_mistakes(http2_caller& to) {
    const std::uint32_t first = to.get("/first");
    const std::uint32_t second = to.get("/second");
    const std::uint32_t none = to.get("/none");
    co_await to.wait_for(first);
    co_await to.wait_for(second);
    co_await to.wait_for(none);
    EXPECT_EQ(to.answers[first].head.status, http::status::internal_server_error);
    EXPECT_TRUE(to.answers[second].was_reset);
    EXPECT_EQ(to.answers[second].why, http2_error::internal_error);
    EXPECT_EQ(to.answers[none].head.status, http::status::internal_server_error);
}

TEST_P(http2_server, a_handler_that_throws_ends_only_its_stream) {
    int failures = 0;
    site.routes.get("/first", fail_at_once);
    site.routes.get("/second", fail_later);
    site.routes.get("/none", [](http::exchange&) {});
    site.failed = [&](const http::exchange&, const std::exception_ptr&) { ++failures; };
    talk(hear_mistakes);
    EXPECT_EQ(failures, 2);
}

io::task<> ask_too_much(http2_caller& to) {
    http::request_head head{.target = "/" + std::string(20'000, 'a')};
    head.fields.add("Host", "example.org");
    const std::uint32_t target = to.engine.send(head, 0, "http");
    head.target = "/";
    for (int i = 0; i < 10; ++i)
        head.fields.add("X-" + std::to_string(i), std::string(10'000, 'b'));
    const std::uint32_t fields = to.engine.send(head, 0, "http");
    co_await to.wait_for(target);
    co_await to.wait_for(fields);
    EXPECT_EQ(to.answers[target].head.status, http::status::uri_too_long);
    EXPECT_EQ(to.answers[fields].head.status, http::status::request_header_fields_too_large);
    const std::uint32_t good = to.get("/");
    co_await to.wait_for(good);
    EXPECT_EQ(to.answers[good].content, "good");
}

TEST_P(http2_server, says_what_is_too_large) {
    site.routes.get("/", [](http::exchange& asked) { asked.reply("good"); });
    talk(ask_too_much);
}

io::task<> ask_and_stop(http2_caller& to, serve::server*& server) {
    const std::uint32_t late = to.get("/late");
    while (to.connection.empty())
        co_await to.turn();
    server->stop();
    co_await to.wait_for_end();
    EXPECT_EQ(to.answers[late].content, "late");
    EXPECT_TRUE(to.engine.is_leaving());
}

TEST_P(http2_server, a_server_that_stops_answers_what_it_has_begun) {
    site.routes.get("/late", reply_late);
    talk([&](http2_caller& to) { return ask_and_stop(to, server_); });
}

io::task<> rest_and_stop(http2_caller& to, serve::server*& server) {
    const std::uint32_t stream = to.get("/late");
    co_await to.wait_for(stream);
    server->stop();
    co_await to.wait_for_end();
    EXPECT_TRUE(to.engine.is_leaving());
}

TEST_P(http2_server, a_connection_that_rests_is_told_of_the_end) {
    site.routes.get("/late", reply_late);
    talk([&](http2_caller& to) { return rest_and_stop(to, server_); });
}

io::task<> listen_and_stop(http2_caller& to, serve::server*& server) {
    const std::uint32_t stream = to.get("/events");
    co_await to.wait_for(stream, "data: news\n\n");
    const io::time_point before = co_await io::now();
    server->stop();
    co_await to.wait_for_end();
    const io::time_point after = co_await io::now();
    EXPECT_LT(after - before, 5s);
    EXPECT_EQ(to.answers[stream].content, "data: news\n\n");
}
io::task<> tell_news(http::event_sender& to) {
    const http::server_event news{.data = "news"};
    io::task<> sending = to.send(news);
    co_await std::move(sending);
    co_await io::sleep(10min);
}

/// It is between two events, and so it rests: nobody waits for its end.
TEST_P(http2_server, a_stream_of_events_is_not_waited_for) {
    site.routes.get("/events",
                    [](http::exchange& asked) { return http::send_events(asked, tell_news); });
    talk([&](http2_caller& to) { return listen_and_stop(to, server_); });
}

io::task<> speak_in_vain(http2_caller& to) {
    const std::uint32_t stream = to.get("/");
    io::task<> sending = to.send();
    co_await std::move(sending);
    const std::string all = co_await zocalo::tests::read_all(to.stream());
    EXPECT_THAT(all, StartsWith("HTTP/1.1 505 "));
    EXPECT_FALSE(to.answers[stream].has_ended);
}

io::task<> ask_and_reset(http2_caller& to) {
    for (int i = 0; i < 50; ++i) {
        const std::uint32_t one = to.get("/count");
        to.engine.produce(SIZE_MAX);
        to.engine.reset(one, http2_error::cancel);
    }
    const std::uint32_t last = to.get("/last");
    co_await to.wait_for(last);
    EXPECT_EQ(to.answers[last].content, "last");
}

TEST_P(http2_server, what_is_asked_for_and_reset_in_one_breath_begins_no_handler) {
    int begun = 0;
    site.routes.get("/count", [&begun](http::exchange&) -> io::task<> {
        ++begun;
        co_await io::sleep(1ms);
    });
    site.routes.get("/last", [](http::exchange& asked) { asked.reply("last"); });
    talk(ask_and_reset);
    EXPECT_LE(begun, 5);  // where the bytes came in several pieces
}

TEST_P(http2_server, a_site_may_speak_http_1_1_alone) {
    site.http_2 = false;
    site.routes.get("/", [](http::exchange& asked) { asked.reply("never"); });
    talk(speak_in_vain);
}

io::task<> speak_in_the_middle(http2_caller& to) {
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    co_await to.stream().write(text);
    const std::string all = co_await zocalo::tests::read_all(to.stream());
    EXPECT_THAT(all, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(all, HasSubstr("HTTP/1.1 505 "));
}

TEST_P(http2_server, http_2_does_not_begin_in_the_middle_of_a_connection) {
    site.routes.get("/", [](http::exchange& asked) { asked.reply("one"); });
    talk(speak_in_the_middle);
}

ZOCALO_IN_EVERY_WORLD(http2_server);

}  // namespace
