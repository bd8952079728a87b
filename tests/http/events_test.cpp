// SPDX-License-Identifier: MIT
// Events, from the handler that sends them to the program that hears them.
#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/event_sender.hpp"
#include "zocalo/http/event_source.hpp"
#include "zocalo/http/filters.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// What a handler has seen.
struct notes {
    std::vector<std::string> last_ids = {};
    int ended = 0;  ///< tellers that were cancelled, or have ended by themselves
};

/// Tells `count` events with numbers, from the one after the last that the client has; then it ends
/// the connection, or waits.
struct teller {
    notes& seen;
    int count;
    bool waits = false;

    io::task<> tell(http::event_sender& to) const {
        const std::string last(to.last_id());
        seen.last_ids.push_back(last);
        const int first = last.empty() ? 1 : std::stoi(last) + 1;
        for (int i = first; i < first + count; ++i) {
            http::server_event event{.data = "number " + std::to_string(i)};
            event.id = std::to_string(i);
            io::task<> sending = to.send(std::move(event));
            co_await std::move(sending);
        }
        if (waits) co_await io::sleep(zocalo::timeout::none());
    }
    io::task<> answer(http::exchange& asked, http::event_sender_options options) const {
        struct at_end {
            int& counter;
            ~at_end() { ++counter; }
        } const here{seen.ended};
        const auto all = [this](http::event_sender& to) { return tell(to); };
        io::task<> sending = http::send_events(asked, all, options);
        co_await std::move(sending);
    }
    [[nodiscard]] http::handler handler(http::event_sender_options options = {}) const {
        return [*this, options](http::exchange& asked) { return answer(asked, options); };
    }
};

class events : public zocalo::tests::in_every_world {
 protected:
    template <class Talk>
    void with_site(Talk talk) {
        serve::server running(site.handler());
        run(zocalo::tests::with_server(running, [&](serve::server& one, net::endpoint where) {
            return talk(one, std::move(where));
        }));
    }

    http::site site;
    notes seen;
};
class events_in_time : public events {};

// --- Who sends them

io::task<> hear_all(io::stream& from, std::string& to) {
    io::task<std::string> reading = zocalo::tests::read_all(from);
    to = co_await std::move(reading);
}

io::task<> ask(net::endpoint where, std::string method, std::string& heard) {
    io::stream peer = co_await io::connect(where);
    const std::string request = method + " / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    co_await peer.write(request);
    io::task<> hearing = hear_all(peer, heard);
    co_await std::move(hearing);
}

TEST_P(events, are_sent_one_by_one) {
    const teller two{seen, 2};
    site.routes.get("/", two.handler({.retry = 250ms}));
    std::string heard;
    with_site([&](serve::server&, net::endpoint where) { return ask(where, "GET", heard); });
    EXPECT_THAT(heard, HasSubstr("Content-Type: text/event-stream\r\nCache-Control: no-store\r\n"));
    EXPECT_THAT(heard, HasSubstr("\r\n\r\nc\r\nretry: 250\n\n\r\n"));
    EXPECT_THAT(heard, HasSubstr("\r\nid: 1\ndata: number 1\n\n\r\n"));
    EXPECT_THAT(heard, EndsWith("\r\nid: 2\ndata: number 2\n\n\r\n0\r\n\r\n"));
    EXPECT_EQ(seen.ended, 1);
}

TEST_P(events, are_not_told_to_who_asks_for_the_head) {
    const teller endless{seen, 1, true};
    site.routes.get("/", endless.handler());
    std::string heard;
    with_site([&](serve::server&, net::endpoint where) { return ask(where, "HEAD", heard); });
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(heard, EndsWith("\r\n\r\n"));
    EXPECT_THAT(seen.last_ids, ElementsAre());
}

/// Until the handler has noticed that nobody listens.
io::task<> leave(net::endpoint where, const notes& seen) {
    io::stream peer = co_await io::connect(where);
    co_await peer.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    for (std::string heard; heard.find("number 1") == std::string::npos;) {
        const io::chunk got = co_await peer.read();
        heard += got.text();
    }
    EXPECT_EQ(seen.ended, 0);
    peer.close();
    while (seen.ended == 0)
        co_await io::sleep(1ms);
}

TEST_P(events, end_when_the_client_leaves) {
    const teller endless{seen, 1, true};
    site.routes.get("/", endless.handler());
    with_site([&](serve::server&, net::endpoint where) { return leave(where, seen); });
    EXPECT_EQ(seen.ended, 1);
}

io::task<> stop_server(serve::server& server, const notes& seen) {
    while (seen.last_ids.empty())
        co_await io::sleep(1ms);
    server.stop();
}

io::task<> ask_until_stopped(serve::server& server, net::endpoint where, const notes& seen,
                             std::string& heard) {
    co_await io::all(ask(where, "GET", heard), stop_server(server, seen));
}

TEST_P(events, end_when_the_server_stops) {
    const teller endless{seen, 1, true};
    site.routes.get("/", endless.handler());
    std::string heard;
    with_site([&](serve::server& one, net::endpoint where) {
        return ask_until_stopped(one, where, seen, heard);
    });
    EXPECT_THAT(heard, HasSubstr("number 1"));
    EXPECT_EQ(seen.ended, 1);
}

/// A client that has nothing to say for an hour is not idle: it is sent comments.
TEST_P(events_in_time, are_kept_alive) {
    std::string heard;
    site.routes.get("/", [](http::exchange& asked) {
        return http::send_events(asked, [](http::event_sender& to) -> io::task<> {
            co_await io::sleep(1h);
            http::server_event late;
            late.data = "after an hour";
            io::task<> sending = to.send(late);
            co_await std::move(sending);
        });
    });
    with_site([&](serve::server&, net::endpoint where) { return ask(where, "GET", heard); });
    EXPECT_THAT(heard, HasSubstr("data: after an hour\n\n\r\n0\r\n\r\n"));
    std::size_t comments = 0;
    for (std::size_t at = 0; (at = heard.find("\r\n:\n\r\n", at)) != std::string::npos; ++at)
        ++comments;
    EXPECT_GE(comments, 239U);
    EXPECT_LE(comments, 241U);
}

// --- Who hears them

io::task<> hear(http::event_source& from, std::size_t count, std::vector<std::string>& heard) {
    while (heard.size() < count) {
        io::task<std::optional<http::server_event>> next = from.next();
        const auto event = co_await std::move(next);
        if (!event) co_return;
        heard.push_back(event->data);
    }
}

io::task<> hear_of(net::endpoint where, std::size_t count, std::vector<std::string>& heard,
                   http::event_source_options options = {}) {
    http::client asks;
    http::event_source source(asks, {.url = "http://" + where.to_string() + "/"}, options);
    io::task<> hearing = hear(source, count, heard);
    co_await std::move(hearing);
}

TEST_P(events, go_on_where_they_were_broken_off) {
    const teller two{seen, 2};
    site.routes.get("/", two.handler({.retry = 100ms}));
    site.filters = {http::compress()};
    std::vector<std::string> heard;
    with_site([&](serve::server&, net::endpoint where) { return hear_of(where, 5, heard); });
    EXPECT_THAT(heard, ElementsAre("number 1", "number 2", "number 3", "number 4", "number 5"));
    EXPECT_THAT(seen.last_ids, ElementsAre("", "2", "4"));
}

TEST_P(events, begin_where_another_source_has_ended) {
    const teller two{seen, 2};
    site.routes.get("/", two.handler());
    std::vector<std::string> heard;
    with_site([&](serve::server&, net::endpoint where) {
        return hear_of(where, 2, heard, {.last_id = "41"});
    });
    EXPECT_THAT(heard, ElementsAre("number 42", "number 43"));
    EXPECT_THAT(seen.last_ids, ElementsAre("41"));
}

/// The caller has it as it came; a server that cannot be told of it begins with what is new.
TEST_P(events, go_on_behind_an_id_that_no_field_can_have) {
    std::vector<std::string> ids;
    site.routes.get("/", [&](http::exchange& asked) {
        seen.last_ids.emplace_back(asked.request().fields.get("Last-Event-ID"));
        asked.reply("retry: 100\nid: \x01" + std::to_string(seen.last_ids.size()) + "\ndata: x\n\n",
                    http::event_stream_type);
    });
    with_site([&](serve::server&, net::endpoint where) -> io::task<> {
        http::client asks;
        http::event_source source(asks, {.url = "http://" + where.to_string() + "/"});
        for (int i = 0; i < 3; ++i) {
            io::task<std::optional<http::server_event>> next = source.next();
            const auto event = co_await std::move(next);
            if (event) ids.push_back(event->id.value_or("none"));
        }
        asks.close_resting();
    });
    EXPECT_THAT(ids, ElementsAre("\x01"
                                 "1",
                                 "\x01"
                                 "2",
                                 "\x01"
                                 "3"));
    EXPECT_THAT(seen.last_ids, ElementsAre("", "", ""));
}

TEST_P(events, end_when_the_server_says_so) {
    const teller one{seen, 1};
    int asked_for = 0;
    site.routes.get("/", [&](http::exchange& asked) -> io::task<> {
        if (++asked_for == 1) return one.answer(asked, {.retry = 100ms});
        throw http::status_error(http::status::no_content);
    });
    std::vector<std::string> heard;
    with_site([&](serve::server&, net::endpoint where) { return hear_of(where, 9, heard); });
    EXPECT_THAT(heard, ElementsAre("number 1"));
}

/// Events that a page sends which is none, or another status, are no reason to ask again.
io::task<> fail(net::endpoint where, std::string path, std::string& why) {
    http::client asks;
    http::event_source source(asks, {.url = "http://" + where.to_string() + path});
    try {
        io::task<std::optional<http::server_event>> next = source.next();
        const auto event = co_await std::move(next);
        EXPECT_FALSE(event);
    } catch (const net::stopped&) {
        throw;
    } catch (const http::error_response& error) {
        why = "status " + std::to_string(http::number(error.status()));
    } catch (const zocalo::protocol_error& error) {
        why = error.what();
    }
}

TEST_P(events, come_from_event_streams_alone) {
    site.routes.get("/page", [](http::exchange& asked) { asked.reply("data: x\n\n"); });
    std::string why;
    with_site([&](serve::server&, net::endpoint where) { return fail(where, "/page", why); });
    EXPECT_THAT(why, StartsWith("no events, but \"text/plain; charset=utf-8\""));
    with_site([&](serve::server&, net::endpoint where) { return fail(where, "/none", why); });
    EXPECT_EQ(why, "status 404");
}

/// A wait that is broken off does no harm, and the next one goes on.
io::task<> hear_impatiently(net::endpoint where, std::vector<std::string>& heard) {
    http::client asks;
    http::event_source source(asks, {.url = "http://" + where.to_string() + "/"});
    for (int i = 0; i < 3; ++i) {
        bool is_over = false;
        while (!is_over) {
            try {
                io::task<std::optional<http::server_event>> next =
                    io::timeout(200ms, source.next());
                const auto event = co_await std::move(next);
                heard.push_back(event.value().data);
            } catch (const net::stopped&) {
                throw;
            } catch (const std::system_error& error) {
                is_over = error.code() == std::errc::timed_out;
                if (!is_over) throw;
            }
        }
    }
}

TEST_P(events_in_time, may_be_waited_for_with_a_limit) {
    const teller two{seen, 2, true};
    site.routes.get("/", two.handler());
    std::vector<std::string> heard;
    with_site([&](serve::server&, net::endpoint where) { return hear_impatiently(where, heard); });
    EXPECT_EQ(heard.size(), 6U);
    EXPECT_EQ(heard.back(), "number 6");
}

/// The pauses between attempts, as they grow.
io::task<> hear_nobody(std::chrono::nanoseconds& took, http::event_source_options options) {
    http::client asks;
    http::event_source source(asks, {.url = "http://127.0.0.1:9/"}, options);
    const io::time_point before = co_await io::now();
    bool has_failed = false;
    try {
        io::task<std::optional<http::server_event>> next = source.next();
        const auto event = co_await std::move(next);
        EXPECT_FALSE(event);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        has_failed = true;
    }
    EXPECT_TRUE(has_failed);
    const io::time_point after = co_await io::now();
    took = after - before;
}

TEST_P(events_in_time, are_asked_for_less_and_less_often) {
    std::chrono::nanoseconds took{};
    run(hear_nobody(took, {.pause = 2s, .longest_pause = 10s, .attempts = 6}));
    EXPECT_EQ(std::chrono::round<std::chrono::seconds>(took), 2s + 4s + 8s + 8s + 8s);
}

ZOCALO_IN_EVERY_WORLD(events);
INSTANTIATE_TEST_SUITE_P(in, events_in_time, testing::Values(std::nullopt),
                         zocalo::tests::world_name);

}  // namespace
