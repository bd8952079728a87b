// SPDX-License-Identifier: MIT
// Requests whose content is still sent while the response is read.
#include <gmock/gmock.h>

#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
using zocalo::const_buffer;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;

/// Answers each piece in capitals; a "q" is the end.
io::task<> answer_pieces(http::exchange& asked) {
    asked.begin();
    for (bool goes_on = true; goes_on;) {
        io::task<const_buffer> reading = asked.read();
        const const_buffer piece = co_await std::move(reading);
        goes_on = !piece.empty() && piece.text() != "q";
        std::string text(piece.text());
        for (char& c : text)
            c = static_cast<char>(c - 'a' + 'A');
        io::task<> writing = asked.write(text);
        co_await std::move(writing);
        io::task<> flushing = asked.flush();
        co_await std::move(flushing);
    }
    http::fields last;
    for (const http::field each : asked.trailers())
        last.add(std::string("X-") += each.name, each.value);
    asked.end(last);
}

class client_begin : public zocalo::tests::in_every_world {
 public:
    using talk = io::task<> (client_begin::*)(std::string base);

    void with_site(talk what, http::versions which = http::versions::http_2) {
        http::client_options options;
        options.versions = which;
        options.stall = 2s;
        asks = http::client(options);
        site.routes.post("/talk", answer_pieces);
        zocalo::serve::server running(site.handler());
        run(zocalo::tests::with_server(running, [&](zocalo::serve::server&, net::endpoint where) {
            return finish(what, "http://" + where.to_string());
        }));
    }
    io::task<> finish(talk what, std::string base) {
        io::task<> talking = (this->*what)(std::move(base));
        co_await std::move(talking);
        asks.close_resting();
    }

    /// Says "a", and each time one letter more, when that has been answered.
    io::task<> say(http::body_writer& to) {
        for (std::size_t size = 1; size <= 5; ++size) {
            io::task<> writing = to.write(std::string(size, 'a'));
            co_await std::move(writing);
            io::task<> flushing = to.flush();
            co_await std::move(flushing);
            io::task<> waiting = heard.wait();
            co_await std::move(waiting);
            heard.reset();
        }
        if (quits) {
            io::task<> writing = to.write(std::string_view("q"));
            co_await std::move(writing);
            io::task<> flushing = to.flush();
            co_await std::move(flushing);
            co_await io::sleep(zocalo::timeout::none());
        }
        http::fields last;
        last.add("Sum", "15");
        to.set_trailers(last);
    }
    /// Hears that out; the content.
    io::task<std::string> hear(http::response_stream& from) {
        io::task<> head = from.receive();
        co_await std::move(head);
        EXPECT_EQ(from.status(), http::status::ok);
        std::string all;
        for (;;) {
            io::task<const_buffer> reading = from.read();
            const const_buffer piece = co_await std::move(reading);
            if (piece.empty()) break;
            all += piece.text();
            heard.set();
        }
        co_return all;
    }
    io::task<> send(http::response_stream& from) { return from.send(); }
    http::request dialogue(const std::string& base) {
        http::request what{.method = http::method::post, .url = base + "/talk"};
        what.body = http::body::stream([this](http::body_writer& to) { return say(to); });
        return what;
    }

    io::task<> talks(std::string base);
    io::task<> is_ended(std::string base);
    io::task<> sends_first(std::string base);

    http::site site;
    http::client asks;
    io::event heard;
    bool quits = false;
};

io::task<> client_begin::talks(std::string base) {
    for (int round = 0; round < 2; ++round) {
        io::task<http::response_stream> asking = asks.begin(dialogue(base));
        http::response_stream there = co_await std::move(asking);
        auto both = io::all(send(there), hear(there));
        const auto ended = co_await std::move(both);
        EXPECT_EQ(std::get<1>(ended), std::string(15, 'A'));
        EXPECT_EQ(there.trailers().get("X-Sum"), "15");
        EXPECT_EQ(there.hops().at(0).status, http::status::ok);
        EXPECT_EQ(asks.resting(), 1U);
    }
}

TEST_P(client_begin, talks_in_turns) {
    with_site(&client_begin::talks);
}

/// What the server does not want to hear any more is broken off; the connection is not.
io::task<> client_begin::is_ended(std::string base) {
    quits = true;
    io::task<http::response_stream> asking = asks.begin(dialogue(base));
    http::response_stream there = co_await std::move(asking);
    {
        auto first = io::any(
            [](client_begin& self, http::response_stream& to) -> io::task<> {
                io::task<> sending = self.send(to);
                co_await std::move(sending);
                co_await io::sleep(zocalo::timeout::none());
            }(*this, there),
            hear(there));
        const auto ended = co_await std::move(first);
        EXPECT_EQ(std::get<1>(ended), std::string(15, 'A') + "Q");
    }
    EXPECT_EQ(asks.resting(), 1U);
    io::task<http::response> again = asks.post(base + "/talk", "aa");
    const http::response got = co_await std::move(again);
    EXPECT_EQ(got.content, "AA");
    EXPECT_TRUE(got.hops.at(0).times.is_reused);
}

TEST_P(client_begin, hears_an_end_that_comes_early) {
    with_site(&client_begin::is_ended);
}

/// There the head comes with all of the content behind us.
io::task<> client_begin::sends_first(std::string base) {
    http::request what{.method = http::method::post, .url = base + "/talk"};
    what.body = http::body("aaa");
    io::task<http::response_stream> asking = asks.begin(std::move(what));
    http::response_stream there = co_await std::move(asking);
    EXPECT_EQ(there.status(), http::status::ok);
    auto both = io::all(send(there), hear(there));
    const auto ended = co_await std::move(both);
    EXPECT_EQ(std::get<1>(ended), "AAA");
}

TEST_P(client_begin, has_sent_what_is_there_as_bytes) {
    with_site(&client_begin::sends_first);
}

TEST_P(client_begin, has_sent_all_by_http_1) {
    with_site(&client_begin::sends_first, http::versions::http_1_1);
}

ZOCALO_IN_EVERY_WORLD(client_begin);

}  // namespace
