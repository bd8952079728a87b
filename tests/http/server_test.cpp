// SPDX-License-Identifier: MIT
#include "zocalo/http/server.hpp"

#include <gmock/gmock.h>

#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/io/all.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string get(std::string_view path, std::string_view fields = {}) {
    std::string text = "GET ";
    text.append(path).append(" HTTP/1.1\r\nHost: a\r\n").append(fields).append("\r\n");
    return text;
}
const std::string last = "Connection: close\r\n";

/// Replies are read to the end of the connection, without their dates.
std::string without_dates(std::string text) {
    for (std::size_t at = 0; (at = text.find("Date: ", at)) != std::string::npos;)
        text.erase(at, text.find("\r\n", at) + 2 - at);
    return text;
}

io::task<> say(io::stream& to, const std::vector<std::string>& pieces) {
    for (const std::string& piece : pieces) {
        co_await to.write(piece);
        co_await io::sleep(5ms);
    }
}
io::task<> hear(io::stream& from, std::string& all) {
    all = co_await zocalo::tests::read_all(from);
}
io::task<> send_and_hear(serve::server&, net::endpoint where, const std::vector<std::string>& says,
                         std::string& hears) {
    io::stream peer = co_await io::connect(where);
    co_await io::all(say(peer, says), hear(peer, hears));
}

class server : public zocalo::tests::in_every_world {
 protected:
    /// What comes back for these pieces, up to the end of the connection.
    std::string ask(const std::vector<std::string>& says) {
        std::string hears;
        serve::server running(site.handler(), options);
        run(zocalo::tests::with_server(running, [&](serve::server& one, net::endpoint where) {
            return send_and_hear(one, std::move(where), says, hears);
        }));
        return without_dates(hears);
    }

    http::site site;
    serve::server_options options;
};

io::task<> echo(http::exchange& asked) {
    asked.begin(asked.request().fields.contains("X-Sized") ? http::content_size(5)
                                                           : http::content_size());
    for (;;) {
        const zocalo::const_buffer piece = co_await asked.read();
        if (piece.empty()) break;
        co_await asked.write(piece);
    }
    asked.end();
}

io::task<> measure(http::exchange& asked) {
    const std::string all = co_await asked.content(10);
    asked.reply(std::to_string(all.size()));
}

TEST_P(server, answers) {
    site.routes.get("/hello/{name}", [](http::exchange& asked) {
        asked.reply("Hello, " + asked.parameter("name") + "?" + std::string(asked.query()));
    });
    EXPECT_EQ(ask({get("/hello/Ad%C3%A4?x=y", last)}),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
              "Connection: close\r\nContent-Length: 15\r\n\r\nHello, Ad\xC3\xA4?x=y");
}

TEST_P(server, tells_an_error_without_what_the_response_would_have_had) {
    site.routes.get("/large", [](http::exchange& asked) {
        asked.response().fields.set("Content-Length", "1000000");
        asked.response().fields.set("ETag", "\"x\"");
        asked.response().fields.set("Retry-After", "9");
        throw http::status_error(http::status::service_unavailable);
    });
    site.routes.get("/nothing", [](http::exchange& asked) {
        asked.response().fields.set("Content-Length", "1000000");
    });
    const std::string said = ask({get("/large"), get("/nothing", last)});
    EXPECT_THAT(said, StartsWith("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 9\r\n"));
    EXPECT_THAT(said, HasSubstr("\r\n\r\n503 Service Unavailable\nHTTP/1.1 500 "));
    EXPECT_THAT(said, Not(HasSubstr("1000000")));
}

/// A browser wants a page, and gets one without anything that a stranger has written into it.
TEST_P(server, tells_an_error_as_the_client_likes_it) {
    site.routes.get("/throws", [](http::exchange&) {
        throw http::status_error(http::status::conflict, "<b>there & here</b>");
    });
    const std::string browser =
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" + last;
    const std::string page = ask({get("/throws", browser)});
    EXPECT_THAT(page, StartsWith("HTTP/1.1 409 Conflict\r\nVary: Accept\r\n"
                                 "Content-Security-Policy: default-src 'none'; "));
    EXPECT_THAT(page, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
    EXPECT_THAT(page, HasSubstr("<h1>409 Conflict</h1>\n"
                                "<p>&lt;b&gt;there &amp; here&lt;/b&gt;</p>\n"));
    EXPECT_THAT(page, Not(HasSubstr("<b>")));
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, EndsWith("</html>\n"));
    EXPECT_THAT(ask({get("/none", browser)}), HasSubstr("<h1>404 Not Found</h1>\n\n</main>"));
    for (const std::string accept : {"", "Accept: */*\r\n", "Accept: text/html;q=0\r\n",
                                     "Accept: text/plain, text/html\r\n"}) {
        const std::string text = ask({get("/throws", accept + last)});
        EXPECT_THAT(text, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n")) << accept;
        EXPECT_THAT(text, EndsWith("\r\n\r\n<b>there & here</b>\n")) << accept;
    }
}

TEST_P(server, tells_errors_in_words_of_its_own) {
    site.error_page = [](http::exchange& asked, http::status answer, std::string_view why) {
        asked.response().fields.set("X-Help", "/help");
        std::string json = "{\"status\": " + std::to_string(http::number(answer)) + ", \"why\": \"";
        return http::error_page{json.append(why).append("\"}"), "application/json"};
    };
    site.routes.get("/throws",
                    [](http::exchange&) { throw http::status_error(http::status::gone, "sold"); });
    site.routes.get("/fine", [](http::exchange& asked) { asked.reply(http::status::created); });
    const std::string said =
        ask({get("/throws"), get("/none"), get("/fine"), "GET / HTTP/1.1\r\n\r\n"});
    EXPECT_THAT(said, StartsWith("HTTP/1.1 410 Gone\r\nX-Help: /help\r\nContent-Type: "
                                 "application/json\r\nContent-Length: 30\r\n\r\n"
                                 "{\"status\": 410, \"why\": \"sold\"}HTTP/1.1 404 "));
    EXPECT_THAT(said, HasSubstr("{\"status\": 404, \"why\": \"\"}HTTP/1.1 201 "));
    EXPECT_THAT(said, HasSubstr("\r\n\r\n201 Created\nHTTP/1.1 400 "));
    EXPECT_THAT(said, EndsWith("{\"status\": 400, \"why\": \"\"}"));
}

TEST_P(server, answers_in_order_what_came_together_and_what_did_not) {
    site.routes.get("/{n}", [](http::exchange& asked) { asked.reply(asked.parameter("n")); });
    std::string all;
    for (int i = 10; i < 99; ++i)
        all += get("/" + std::to_string(i));
    all += get("/99", last);
    const std::string together = ask({all});
    std::size_t at = 0;
    for (int i = 10; i < 100; ++i) {
        at = together.find("\r\n\r\n" + std::to_string(i), at);
        ASSERT_NE(at, std::string::npos) << i;
    }
    EXPECT_EQ(ask({all.substr(0, 20), all.substr(20, 100), all.substr(120)}), together);
}

TEST_P(server, streams_both_ways) {
    site.routes.post("/echo", echo);
    EXPECT_THAT(ask({"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + last +
                         "\r\n5\r\nhel",
                     "lo\r\n3\r\n, y\r\n0\r", "\n\r\n"}),
                EndsWith("\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n3\r\n, y\r\n0\r\n\r\n"));
    const std::string large(300'000, 'x');
    EXPECT_THAT(ask({"POST /echo HTTP/1.0\r\nContent-Length: 300000\r\n\r\n" + large}),
                EndsWith("\r\n\r\n" + large));
    EXPECT_THAT(ask({"POST /echo HTTP/1.1\r\nHost: a\r\nX-Sized: y\r\nContent-Length: 5\r\n" +
                     last + "\r\nhello"}),
                EndsWith("Content-Length: 5\r\n\r\nhello"));
}

TEST_P(server, has_heads_and_options_by_itself) {
    site.routes.get("/", [](http::exchange& asked) { asked.reply("hello"); });
    EXPECT_THAT(ask({"HEAD / HTTP/1.1\r\nHost: a\r\n" + last + "\r\n"}),
                EndsWith("Content-Length: 5\r\n\r\n"));
    EXPECT_THAT(ask({"OPTIONS / HTTP/1.1\r\nHost: a\r\n" + last + "\r\n"}),
                StartsWith("HTTP/1.1 204 No Content\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    EXPECT_THAT(ask({"PUT / HTTP/1.1\r\nHost: a\r\n" + last + "\r\n"}),
                StartsWith("HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    EXPECT_THAT(ask({get("/other", last)}), StartsWith("HTTP/1.1 404 Not Found\r\n"));
    EXPECT_THAT(ask({get("http://a?x", last)}), EndsWith("hello"));
}

TEST_P(server, answers_for_handlers_that_do_not) {
    std::string failed;
    site.failed = [&](const http::exchange&, const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& known) {
            failed += known.what();
        }
    };
    site.routes.get("/silent", [](http::exchange&) {});
    site.routes.get("/throws", [](http::exchange& asked) {
        asked.response().fields.add("X", "y");
        throw std::runtime_error("secret");
    });
    site.routes.get(
        "/says", [](http::exchange&) { throw http::status_error(http::status::gone, "long ago"); });
    site.routes.get("/short", [](http::exchange& asked) { asked.begin(5); });
    site.routes.get("/cut", [](http::exchange& asked) {
        asked.begin();
        throw std::runtime_error("midway");
    });
    EXPECT_THAT(ask({get("/silent", last)}), StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(ask({get("/throws", last)}),
                testing::AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("secret")),
                               Not(HasSubstr("X: y"))));
    EXPECT_THAT(ask({get("/says", last)}),
                testing::AllOf(StartsWith("HTTP/1.1 410 Gone"), EndsWith("long ago\n")));
    EXPECT_THAT(ask({get("/short")}), EndsWith("Content-Length: 5\r\n\r\n"));
    EXPECT_THAT(ask({get("/cut")}), EndsWith("chunked\r\n\r\n"));  // and no end of it
    EXPECT_EQ(failed, "secretless content than was announcedmidway");
}

TEST_P(server, sends_no_interim_response_as_the_last_one) {
    std::string failed;
    site.failed = [&](const http::exchange&, const std::exception_ptr& error) {
        failed += zocalo::tests::text_of(error) + "\n";
    };
    site.routes.get("/whole", [](http::exchange& asked) {
        asked.response().status = http::status::continue_;
        asked.reply("x");
    });
    site.routes.get("/begun", [](http::exchange& asked) {
        asked.response().status = http::status::early_hints;
        asked.begin();
    });
    EXPECT_THAT(ask({get("/whole", last)}), StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(ask({get("/begun", last)}), StartsWith("HTTP/1.1 500 "));
    EXPECT_EQ(failed, "HTTP: a response with status 100\nHTTP: a response with status 103\n");
}

TEST_P(server, answers_what_it_cannot_understand_and_closes) {
    EXPECT_THAT(ask({"\x16\x03\x01"}), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask({"GET / HTTP/3.0\r\n\r\n"}), StartsWith("HTTP/1.1 505 "));
    EXPECT_THAT(ask({get("/" + std::string(20000, 'a'))}), StartsWith("HTTP/1.1 414 "));
    EXPECT_THAT(ask({"HEAD /" + std::string(20000, 'a')}),
                testing::AllOf(StartsWith("HTTP/1.1 414 "), EndsWith("\r\n\r\n")));
    EXPECT_THAT(ask({get("/", "X: " + std::string(20000, 'a') + "\r\n")}),
                StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(ask({get("/", "Expect: wonders\r\n")}), StartsWith("HTTP/1.1 417 "));
    EXPECT_THAT(ask({get("/", "Transfer-Encoding: gzip, chunked\r\n")}),
                StartsWith("HTTP/1.1 501 "));
    site.limits.content = 10;
    EXPECT_THAT(ask({"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n"}),
                testing::AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr("Connection: close\r\n")));
}

TEST_P(server, answers_contents_that_are_too_large_or_broken) {
    site.routes.post("/measure", measure);
    const std::string post = "POST /measure HTTP/1.1\r\nHost: a\r\n" + last;
    const std::string chunks = post + "Transfer-Encoding: chunked\r\n\r\n";
    EXPECT_THAT(ask({chunks + "5\r\nhello\r\n0\r\n\r\n"}), EndsWith("\r\n\r\n5"));
    EXPECT_THAT(ask({chunks + "b\r\nhello world\r\n0\r\n\r\n"}), StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(ask({post + "Content-Length: 11\r\n\r\n"}), StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(ask({chunks + "5\r\nhello!\r\n"}), StartsWith("HTTP/1.1 400 "));
}

TEST_P(server, drops_content_that_nobody_reads_or_closes) {
    site.routes.post("/", [](http::exchange& asked) { asked.reply("no"); });
    const std::string some = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    EXPECT_THAT(ask({some + get("/x", last)}),
                testing::AllOf(HasSubstr("\r\n\r\nno"), HasSubstr("HTTP/1.1 404 ")));
    const std::string much = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n";
    EXPECT_THAT(ask({much + std::string(70000, 'x') + get("/x")}),
                testing::AllOf(HasSubstr("Connection: close\r\n"), EndsWith("\r\n\r\nno")));
}

TEST_P(server, says_continue_when_content_is_wanted) {
    site.routes.post("/measure", measure);
    site.routes.post("/no", [](http::exchange& asked) { asked.reply(http::status::forbidden); });
    const std::string expect = "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    EXPECT_THAT(ask({"POST /measure HTTP/1.1\r\nHost: a\r\n" + last + expect, "hello"}),
                testing::AllOf(StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"),
                               EndsWith("\r\n\r\n5")));
    EXPECT_THAT(ask({"POST /no HTTP/1.1\r\nHost: a\r\n" + expect}),
                testing::AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr("Connection: close\r\n")));
    site.routes.post("/echo", echo);
    EXPECT_THAT(ask({"POST /echo HTTP/1.1\r\nHost: a\r\nX-Sized: y\r\n" + last + expect, "hello"}),
                testing::AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nhello")))
        << "who has begun to reply says no more that content is wanted";
}

io::task<> mark(http::exchange& asked, const http::rest_of_site& rest) {
    asked.response().fields.add("X-Mark", "1");
    co_await rest(asked);
}
io::task<> guard(http::exchange& asked, const http::rest_of_site& rest) {
    if (asked.request().fields.get("Authorization") != "yes")
        throw http::status_error(http::status::unauthorized);
    co_await rest(asked);
}

TEST_P(server, has_filters_around_handlers) {
    site.filters = {mark, guard};
    site.routes.get("/", [](http::exchange& asked) { asked.reply("secret"); });
    EXPECT_THAT(ask({get("/", last)}),
                testing::AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("X-Mark: 1"),
                               Not(HasSubstr("secret"))));
    EXPECT_THAT(ask({get("/", "Authorization: yes\r\n" + last)}), EndsWith("secret"));
    EXPECT_THAT(ask({get("/x", "Authorization: yes\r\n" + last)}), StartsWith("HTTP/1.1 404 "));
}

io::task<> upgrade(http::exchange& asked) {
    asked.response() = {.status = http::status::switching_protocols,
                        .fields = {{"Connection", "upgrade"}, {"Upgrade", "shout"}}};
    const zocalo::const_buffer none = co_await asked.read();
    EXPECT_TRUE(none.empty());
    asked.begin();
    io::stream raw = co_await asked.take_over();
    const io::chunk got = co_await raw.read();
    co_await raw.write(std::string(got.text()) + "!");
}

TEST_P(server, hands_the_connection_over) {
    site.routes.get("/", upgrade);
    EXPECT_THAT(ask({get("/", "Connection: upgrade\r\nUpgrade: shout\r\n") + "hey"}),
                testing::AllOf(StartsWith("HTTP/1.1 101 Switching Protocols\r\n"),
                               EndsWith("\r\n\r\nhey!")));
}

TEST_P(server, logs_without_being_fooled) {
    std::string lines;
    site.answered = [&](const http::exchange& asked, http::status answer) {
        lines += http::access_line(asked, answer).text() + "\n";
    };
    site.routes.get("/{any...}", [](http::exchange& asked) { asked.reply("hello"); });
    ask({get("/a'b=c", last)});
    EXPECT_THAT(lines, HasSubstr(R"(method=GET target="/a'b=c" status=200 size=5)"));
}

TEST_P(server, says_why_it_waits_no_longer) {
    options.limits.head = 50ms;
    options.hooks.farewell = [](const serve::peer&, serve::ending why, const net::endpoint&) {
        return http::farewell(why);
    };
    EXPECT_THAT(ask({"GET / HTTP/1.1\r\nHos"}),
                testing::AllOf(StartsWith("HTTP/1.1 408 Request Timeout\r\n"),
                               HasSubstr("Connection: close\r\n")));
    options.limits.idle = 50ms;
    EXPECT_EQ(ask({""}), "");
}

/// Who was accepted and never had a place is told so; who rested has no request to answer.
TEST(farewell, answers_who_was_never_served) {
    const std::string told = http::farewell(serve::ending::never_served);
    EXPECT_THAT(told, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    EXPECT_THAT(told, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(http::farewell(serve::ending::drained), "");
    EXPECT_EQ(http::farewell(serve::ending::idle), "");
}

ZOCALO_IN_EVERY_WORLD(server);

/// Each piece ends one head and begins the next: the connection never rests.
io::task<> trickle(serve::server&, net::endpoint where, std::string& hears) {
    io::stream peer = co_await io::connect(where);
    co_await peer.write("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 10; ++i) {
        co_await io::sleep(3s);
        co_await peer.write("Host: a\r\n\r\nGET / HTTP/1.1\r\n");
    }
    co_await peer.write("Host: a\r\nConnection: close\r\n\r\n");
    io::task<std::string> reading = zocalo::tests::read_all(peer);
    hears = co_await std::move(reading);
}

TEST(server_limits, give_each_head_its_own_time) {
    http::site site;
    site.routes.get("/", [](http::exchange& asked) { asked.reply("."); });
    serve::server_options options;
    options.limits.head = 10s;
    serve::server running(site.handler(), options);
    std::string hears;
    zocalo::sim::world world(1);
    world.host("here").run(
        zocalo::tests::with_server(running, [&](serve::server& one, net::endpoint where) {
            return trickle(one, std::move(where), hears);
        }));
    std::size_t answers = 0;
    for (std::size_t at = 0; (at = hears.find("200 OK", at)) != std::string::npos; ++at)
        ++answers;
    EXPECT_EQ(answers, 11U);
}

}  // namespace
