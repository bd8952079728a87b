// SPDX-License-Identifier: MIT
// A client and HTTP/2: what requests share, and what happens to one without touching the others.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "http/http2_peer.hpp"
#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::HasSubstr;
using testing::Not;

http::client_options knowing() {
    http::client_options options;
    options.versions = http::versions::http_2;
    return options;
}

class client_http2 : public zocalo::tests::in_every_world {
 public:
    using talk = io::task<> (client_http2::*)(std::string base);

    void with_peer(talk what) {
        const auto serves = [this](serve::connection& from) {
            return peer.talk(from.stream(), allowed);
        };
        serve::server running(serves);
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return finish(what, "http://" + where.to_string());
        }));
    }
    io::task<> finish(talk what, std::string base) {
        io::task<> talking = (this->*what)(std::move(base));
        co_await std::move(talking);
        asks.close_resting();
    }
    io::task<http::response> get(std::string url) { return asks.get(std::move(url)); }
    /// The content, or "failed: why".
    io::task<std::string> outcome(http::request what) {
        std::string text;
        try {
            io::task<http::response> asking = asks.request(std::move(what));
            const http::response got = co_await std::move(asking);
            text = got.content;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::exception& error) {
            text = std::string("failed: ") + error.what();
        }
        co_return text;
    }
    /// Gives up after that long.
    io::task<> give_up(std::string url, zocalo::timeout after) {
        try {
            io::task<http::response> asking = io::timeout(after, asks.get(std::move(url)));
            const http::response got = co_await std::move(asking);
            ADD_FAILURE() << got.status;
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::timed_out);
        }
    }

    io::task<> keeps(std::string base);
    io::task<> sends(std::string base);
    io::task<> shares(std::string base);
    io::task<> gives_up(std::string base);
    io::task<> hears_no(std::string base);
    io::task<> is_refused(std::string base);
    io::task<> is_left(std::string base);
    io::task<> is_limited(std::string base);
    io::task<> reads_two(std::string base);
    io::task<> drops(std::string base);
    io::task<> expects(std::string base);

    zocalo::tests::http2_peer peer;
    http::http2_limits allowed;
    http::client asks{knowing()};
};

io::task<> client_http2::keeps(std::string base) {
    for (const bool is_first : {true, false}) {
        io::task<http::response> asking = asks.get(base + "/mirror", {{"X-A", "b"}});
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.status, http::status::ok);
        EXPECT_EQ(got.version, http::version::http_2);
        EXPECT_THAT(got.content, HasSubstr("GET /mirror\nHost: " + base.substr(7) + "\n"));
        EXPECT_THAT(got.content, HasSubstr("x-a: b\n"));
        EXPECT_EQ(got.hops.at(0).times.is_reused, !is_first);
        EXPECT_EQ(asks.resting(), 1U);
    }
    io::task<http::response> asking = asks.head(base + "/mirror");
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.content, "");
    EXPECT_EQ(peer.connections, 1U);
    EXPECT_EQ(peer.cancelled, 0U);
}

TEST_P(client_http2, keeps_a_connection) {
    with_peer(&client_http2::keeps);
}

io::task<> write_pieces(http::body_writer& to) {
    const std::string piece(30'000, 'p');
    for (int i = 0; i < 20; ++i) {
        io::task<> writing = to.write(piece);
        co_await std::move(writing);
    }
}

io::task<> client_http2::sends(std::string base) {
    const std::string large(3'000'000, 'y');
    io::task<http::response> asking = asks.post(base + "/echo", large);
    http::response got = co_await std::move(asking);
    EXPECT_EQ(got.content, large);
    EXPECT_EQ(got.trailers.get("X-Sum"), "1");
    http::request streamed{.method = http::method::post, .url = base + "/echo"};
    streamed.body = http::body::stream(write_pieces);
    asking = asks.request(std::move(streamed));
    got = co_await std::move(asking);
    EXPECT_EQ(got.content, std::string(600'000, 'p'));
    http::request hinted{.url = base + "/hints"};
    std::vector<std::string> early;
    hinted.interim = [&early](const http::response_head& head) {
        early.emplace_back(head.fields.get("Link"));
    };
    asking = asks.request(std::move(hinted));
    got = co_await std::move(asking);
    EXPECT_EQ(got.content, "hinted");
    EXPECT_THAT(early, testing::ElementsAre("</a>"));
    asking = asks.get(base + "/large/5000000");
    got = co_await std::move(asking);
    EXPECT_EQ(got.content.size(), 5'000'000U);
    EXPECT_EQ(peer.connections, 1U);
}

TEST_P(client_http2, sends_and_receives_more_than_windows_hold) {
    with_peer(&client_http2::sends);
}

io::task<> client_http2::shares(std::string base) {
    peer.gate = 60;
    std::vector<io::task<http::response>> all;
    for (int i = 0; i < 60; ++i)
        all.push_back(get(base + "/gate"));
    auto asking = io::all(std::move(all));
    const std::vector<http::response> got = co_await std::move(asking);
    for (const http::response& each : got)
        EXPECT_EQ(each.content, "through");
    EXPECT_EQ(peer.connections, 1U);
    EXPECT_EQ(asks.resting(), 1U);
}

TEST_P(client_http2, shares_a_connection) {
    with_peer(&client_http2::shares);
}

io::task<> client_http2::gives_up(std::string base) {
    peer.gate = 10;
    std::vector<io::task<>> all;
    for (int i = 0; i < 10; ++i) {
        all.push_back(give_up(base + "/hang", std::chrono::milliseconds(20 + 7 * i)));
        all.push_back([](client_http2& self, std::string url) -> io::task<> {
            io::task<http::response> asking = self.get(std::move(url));
            const http::response got = co_await std::move(asking);
            EXPECT_EQ(got.content.size(), 400'000U);
        }(*this, base + "/large/400000"));
    }
    io::task<> doing = io::all(std::move(all));
    co_await std::move(doing);
    io::task<http::response> asking = get(base + "/after");
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.content, "/after");
    EXPECT_EQ(peer.connections, 1U);
    EXPECT_EQ(peer.cancelled, 10U);
}

TEST_P(client_http2, cancels_a_stream_and_not_its_neighbours) {
    with_peer(&client_http2::gives_up);
}

io::task<> client_http2::hears_no(std::string base) {
    const std::string large(3'000'000, 'y');
    io::task<http::response> asking = asks.post(base + "/early", large);
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.status, http::status::forbidden);
    EXPECT_EQ(got.content, "no");
    io::task<std::string> failing = outcome({.url = base + "/reset"});
    const std::string why = co_await std::move(failing);
    EXPECT_THAT(why, HasSubstr("INTERNAL_ERROR"));
    EXPECT_EQ(peer.connections, 1U);
}

TEST_P(client_http2, hears_a_no_before_all_was_sent) {
    with_peer(&client_http2::hears_no);
}

io::task<> client_http2::is_refused(std::string base) {
    peer.refusals = 2;
    http::request what{.method = http::method::post, .url = base + "/refuse"};
    what.body = std::string("once");
    io::task<std::string> asking = outcome(what);
    std::string got = co_await std::move(asking);
    EXPECT_EQ(got, "posted");
    EXPECT_EQ(peer.posts["/refuse"], 1);
    EXPECT_EQ(peer.connections, 3U);
    peer.refusals = 100;
    asking = outcome(what);
    got = co_await std::move(asking);
    EXPECT_THAT(got, HasSubstr("REFUSED_STREAM"));
    EXPECT_EQ(peer.refusals, 96U);
}

TEST_P(client_http2, sends_again_what_was_refused_unseen) {
    with_peer(&client_http2::is_refused);
}

io::task<> client_http2::is_left(std::string base) {
    io::task<http::response> asking = get(base + "/leave");
    http::response got = co_await std::move(asking);
    EXPECT_EQ(got.content, "bye");
    asking = get(base + "/next");
    got = co_await std::move(asking);
    EXPECT_EQ(got.content, "/next");
    EXPECT_EQ(peer.connections, 2U);
}

TEST_P(client_http2, goes_elsewhere_when_the_server_leaves) {
    with_peer(&client_http2::is_left);
}

io::task<> client_http2::is_limited(std::string base) {
    io::task<http::response> first = get(base + "/first");
    (void)co_await std::move(first);
    std::vector<io::task<http::response>> all;
    for (int i = 0; i < 30; ++i)
        all.push_back(get(base + "/large/30000"));
    auto asking = io::all(std::move(all));
    const std::vector<http::response> got = co_await std::move(asking);
    for (const http::response& each : got)
        EXPECT_EQ(each.content.size(), 30'000U);
    EXPECT_EQ(peer.connections, 2U);
}

TEST_P(client_http2, waits_for_streams_and_for_places) {
    allowed.streams = 3;
    http::client_options options = knowing();
    options.connections_to_origin = 2;
    asks = http::client(options);
    with_peer(&client_http2::is_limited);
}

/// One stands still in the middle of a large one: the other is read to its end.
io::task<> client_http2::reads_two(std::string base) {
    io::task<http::response_stream> opening = asks.open({.url = base + "/large/6000000"});
    http::response_stream slow = co_await std::move(opening);
    io::task<zocalo::const_buffer> reading = slow.read();
    std::size_t size = (co_await std::move(reading)).size();
    io::task<http::response> asking = get(base + "/large/6000000");
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.content.size(), 6'000'000U);
    for (;;) {
        reading = slow.read();
        const zocalo::const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        size += piece.size();
    }
    EXPECT_EQ(size, 6'000'000U);
    EXPECT_EQ(peer.connections, 1U);
}

TEST_P(client_http2, one_that_is_not_read_holds_up_no_other) {
    with_peer(&client_http2::reads_two);
}

io::task<> client_http2::drops(std::string base) {
    {
        io::task<http::response_stream> opening = asks.open({.url = base + "/large/6000000"});
        const http::response_stream dropped = co_await std::move(opening);
        EXPECT_EQ(dropped.size(), 6'000'000U);
    }
    EXPECT_EQ(asks.resting(), 0U);
    io::task<http::response_stream> opening = asks.open({.url = base + "/large/6000000"});
    {
        const http::response_stream other = co_await std::move(opening);
        opening = asks.open({.url = base + "/large/6000000"});
        const http::response_stream dropped = co_await std::move(opening);
        EXPECT_THROW((void)const_cast<http::response_stream&>(other).take_over(), std::logic_error);
    }
    io::task<http::response> asking = get(base + "/after");
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.content, "/after");
}

TEST_P(client_http2, a_response_may_be_dropped) {
    with_peer(&client_http2::drops);
}

io::task<> client_http2::expects(std::string base) {
    http::request what{.method = http::method::post, .url = base + "/echo"};
    what.body = std::string("content");
    what.expect_continue = true;
    std::vector<int> early;
    what.interim = [&early](const http::response_head& head) {
        early.push_back(static_cast<int>(http::number(head.status)));
    };
    io::task<http::response> asking = asks.request(what);
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.content, "content");
    EXPECT_THAT(early, testing::ElementsAre(100));
}

TEST_P(client_http2, waits_for_the_word_to_send) {
    with_peer(&client_http2::expects);
}

ZOCALO_IN_EVERY_WORLD(client_http2);

}  // namespace
