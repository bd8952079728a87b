// SPDX-License-Identifier: MIT
// What a server hears of a client that closes a connection which rests.
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "http/speaking.hpp"
#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/http2_engine.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/serve/server.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using http::versions;
using testing::ElementsAre;
using zocalo::tests::speaking;

using words = std::vector<std::string>;

io::task<> answer_by_http_1(io::reader& from, io::stream& client) {
    for (;;) {
        while (from.buffered().text().find("\r\n\r\n") == std::string_view::npos) {
            io::task<bool> filling = from.fill();
            const bool came = co_await std::move(filling);
            if (!came) co_return;
        }
        from.consume(from.buffered().size());
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        co_await client.write(answer);
    }
}

void answer_each(http::http2_server_engine& engine, words& heard) {
    using kind = http::http2_event::kind;
    while (const auto got = engine.next()) {
        if (got->what == kind::leaving) heard.push_back("GOAWAY " + http::to_text(got->why));
        if (got->what != kind::head) continue;
        engine.send(got->stream, {}, 2);
        engine.send_data(got->stream, std::string_view("ok"));
        engine.send_end(got->stream);
    }
}

io::task<> answer_by_http_2(io::reader& from, io::stream& client, words& heard) {
    http::http2_server_engine engine;
    for (;;) {
        engine.produce(SIZE_MAX);
        const std::string said = std::exchange(engine.output(), {});
        if (!said.empty()) co_await client.write(said);
        io::task<bool> filling = from.fill();
        const bool came = co_await std::move(filling);
        if (!came) co_return;
        const io::time_point now = co_await io::now();
        engine.receive(from.buffered(), now);
        from.consume(from.buffered().size());
        answer_each(engine, heard);
    }
}

/// Answers "ok" to whatever is asked for, and notes how connections end.
class listener {
 public:
    explicit listener(versions which) : which_(which) {
        tls::server_options options = zocalo::tests::server_as(zocalo::tests::localhost());
        if (which == versions::http_2) options.alpn = {"h2"};
        context_ = tls::server_context(options);
    }
    io::task<> greet(serve::connection& client) {
        io::task<> securing = client.secure(*context_);
        co_await std::move(securing);
        io::reader from(client.stream());
        io::task<> answering = which_ == versions::http_2
                                   ? answer_by_http_2(from, client.stream(), heard)
                                   : answer_by_http_1(from, client.stream());
        try {
            co_await std::move(answering);
            heard.emplace_back("close_notify");
        } catch (const std::system_error& error) {
            heard.push_back(error.code().message());
        }
    }

    words heard;

 private:
    versions which_;
    std::optional<tls::server_context> context_;
};

class client_goodbye : public zocalo::tests::in_every_world {
 protected:
    /// What the server hears. It has two addresses, which are two origins; the body is told the
    /// first one, and the other one if it asks for that.
    template <class Body>
    words visit(versions which, Body body) {
        listener at(which);
        serve::server running([&at](serve::connection& client) { return at.greet(client); });
        run(with_two(running, at, body));
        return at.heard;
    }
    template <class Body>
    static io::task<> with_two(serve::server& running, listener& at, Body body) {
        const net::endpoint any(net::address::loopback_v4(), 0);
        io::task<net::endpoint> listening = running.listen(any);
        const net::endpoint other = co_await std::move(listening);
        io::task<> asking =
            zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
                const std::string one = "https://" + where.to_string() + "/";
                const std::string two = "https://" + other.to_string() + "/";
                return body(one, two, at.heard);
            });
        co_await std::move(asking);
    }
};

io::task<> ask(http::client& by, std::string url) {
    const http::response got = co_await by.get(url);
    EXPECT_EQ(got.content, "ok");
}

io::task<> ask_and_end(http::client_options options, std::string url) {
    http::client asks(std::move(options));
    co_await ask(asks, url);
    co_await ask(asks, url);
}

TEST_P(client_goodbye, a_client_that_ends_says_so) {
    const auto ends = [](versions which) {
        return [which](const std::string& url, const std::string&, const words&) {
            return ask_and_end(speaking(which), url);
        };
    };
    EXPECT_THAT(visit(versions::http_1_1, ends(versions::http_1_1)), ElementsAre("close_notify"));
    EXPECT_THAT(visit(versions::http_2, ends(versions::http_2)),
                ElementsAre("GOAWAY NO_ERROR", "close_notify"));
}

io::task<> rest_too_long(http::client_options options, std::string url, const words& heard) {
    options.rest = 10ms;
    http::client asks(std::move(options));
    co_await ask(asks, url);
    co_await io::sleep(20ms);
    co_await ask(asks, url);
    for (int i = 0; heard.empty() && i < 1000; ++i)
        co_await io::sleep(1ms);
    EXPECT_FALSE(heard.empty()) << "the first connection is there for ever";
    asks.close_resting();
}

TEST_P(client_goodbye, a_connection_that_rests_for_too_long_ends_with_it) {
    const auto rests = [](versions which) {
        return [which](const std::string& url, const std::string&, const words& heard) {
            return rest_too_long(speaking(which), url, heard);
        };
    };
    EXPECT_THAT(visit(versions::http_1_1, rests(versions::http_1_1)),
                ElementsAre("close_notify", "close_notify"));
    EXPECT_THAT(visit(versions::http_2, rests(versions::http_2)),
                ElementsAre("GOAWAY NO_ERROR", "close_notify", "GOAWAY NO_ERROR", "close_notify"));
}

/// There is room for one connection.
io::task<> ask_two(http::client_options options, std::string one, std::string two,
                   const words& heard) {
    options.connections = 1;
    http::client asks(std::move(options));
    co_await ask(asks, one);
    EXPECT_TRUE(heard.empty());
    co_await ask(asks, two);
    for (int i = 0; heard.empty() && i < 1000; ++i)
        co_await io::sleep(1ms);
    EXPECT_FALSE(heard.empty()) << "the first connection is still there";
    asks.close_resting();
}

TEST_P(client_goodbye, a_connection_that_makes_room_for_another_ends_with_it) {
    const auto makes_room = [](versions which) {
        return [which](const std::string& one, const std::string& two, const words& heard) {
            return ask_two(speaking(which), one, two, heard);
        };
    };
    EXPECT_THAT(visit(versions::http_1_1, makes_room(versions::http_1_1)),
                ElementsAre("close_notify", "close_notify"));
    EXPECT_THAT(visit(versions::http_2, makes_room(versions::http_2)),
                ElementsAre("GOAWAY NO_ERROR", "close_notify", "GOAWAY NO_ERROR", "close_notify"));
}

ZOCALO_IN_EVERY_WORLD(client_goodbye);

}  // namespace
