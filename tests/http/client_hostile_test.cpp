// SPDX-License-Identifier: MIT
// Servers that lie, stop, repeat themselves and hang up: what a client makes of them.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/net/option.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::HasSubstr;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\n";

/// Waits for the end of a request without content.
io::task<bool> hear_request(io::stream& from) {
    std::string heard;
    while (heard.find("\r\n\r\n") == std::string::npos) {
        const io::chunk got = co_await from.read();
        if (got.empty()) co_return false;
        heard += got.text();
    }
    co_return true;
}

/// Answers each connection's requests with what stands in the script at its place.
struct script {
    std::vector<std::vector<std::string>> connections;
    bool resets = false;  ///< and does not close, when it is through
    std::size_t requests = 0;
    std::size_t accepted = 0;

    io::task<> talk(serve::connection& client) {
        const std::size_t mine = std::min(accepted++, connections.size() - 1);
        for (const std::string& answer : connections[mine]) {
            io::task<bool> hearing = hear_request(client.stream());
            const bool came = co_await std::move(hearing);
            if (!came) co_return;
            ++requests;
            if (!answer.empty()) co_await client.stream().write(answer);
        }
        if (resets) client.stream().set(net::option::linger{0s});
        client.stream().close();
    }
};

class hostile : public zocalo::tests::in_every_world {
 public:
    using talk = io::task<> (hostile::*)(std::string base);
    void against(talk what) {
        serve::server running([this](serve::connection& client) { return says.talk(client); });
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return finish(what, "http://" + where.to_string() + "/");
        }));
    }
    io::task<> finish(talk what, std::string base) {
        io::task<> talking = (this->*what)(std::move(base));
        co_await std::move(talking);
        asks.close_resting();
    }

    /// How a request ends: its content, or `what` of the error behind "refused", "failed".
    io::task<std::string> outcome(http::request what) {
        std::string text;
        try {
            io::task<http::response> asking = asks.request(std::move(what));
            const http::response got = co_await std::move(asking);
            text = "content " + got.content;
        } catch (const net::stopped&) {
            throw;
        } catch (const zocalo::protocol_error& error) {
            text = std::string("refused ") + error.what();
        } catch (const std::system_error& error) {
            text = std::string("failed ") + error.what();
        }
        co_return text;
    }
    io::task<> try_lies(std::string base);
    io::task<> try_parts(std::string base);
    io::task<> try_ends(std::string base);
    io::task<> try_stale(std::string base);
    io::task<> try_stale_post(std::string base);
    io::task<> try_leftovers(std::string base);

    static http::client_options impatient() {
        http::client_options options;
        options.content = 1000;
        options.limits.head = 2000;
        return options;
    }
    script says;
    http::client asks{impatient()};
};

io::task<> hostile::try_lies(std::string base) {
    struct lie {
        std::string answer;
        std::string outcome;
    };
    std::string interim;
    for (int i = 0; i < 20; ++i)
        interim += "HTTP/1.1 100 Continue\r\n\r\n";
    const std::string head(ok);
    const lie lies[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "refused"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort", "refused"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n", "refused"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n0\r\n", "refused"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nshort\r\n0\r\n\r\n",
         "refused"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nshort", "refused"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nshort", "refused"},
        {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "refused"},
        {"HTTP/1.1 200 OK\nContent-Length: 5\n\nshort", "refused"},
        {"HTTP/1.1 200 OK\r\nA: b\r\n", "refused"},
        {"HTTP/1.1 2", "refused"},
        {"\x16\x03\x01garbage", "refused"},
        {"HTTP/2 200 OK\r\n\r\n", "refused"},
        {"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "refused"},
        {interim + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "refused"},
        {head + "X: " + std::string(3000, 'x') + "\r\nContent-Length: 0\r\n\r\n", "refused"},
        {"HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x'), "refused"},
        {"HTTP/1.1 302 Found\r\nLocation: ftp://a/\r\nContent-Length: 0\r\n\r\n", "refused"},
        {"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
         "refused"},
        {"HTTP/1.1 302 Found\r\nLocation: //\r\nContent-Length: 0\r\n\r\n", "refused"},
        {"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
         "refused"},
        {"HTTP/1.1 302 Found\r\nLocation:\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", "refused"},
        {"HTTP/1.1 302 Found\r\nLocation:\r\nContent-Length: 2\r\n\r\nhi", "content hi"},
        {head + "Content-Encoding: secret\r\nContent-Length: 2\r\n\r\nhi", "refused"},
        {head + "Content-Encoding: br,br,br,br,br,br\r\nContent-Length: 2\r\n\r\nhi", "refused"},
        {head + "Content-Encoding: gzip\r\nContent-Encoding: x\r\nContent-Length: 2\r\n\r\nhi",
         "refused"},
        {head + "Content-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi", "content hi"},
        {head + "Content-Encoding: secret\r\nContent-Length: 0\r\n\r\n", "content "},
        {"HTTP/1.1 204 No Content\r\nContent-Encoding: secret\r\n\r\n", "content "},
        {"", "failed"},
        {"HTTP/1.1 200 OK\r\n\r\nuntil it closes", "content until it closes"},
        {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "content "},
        {"HTTP/1.1 302 Found\r\nContent-Length: 2\r\n\r\nhi", "content hi"},
    };
    for (const lie& each : lies) {
        asks.close_resting();
        says.connections = {{each.answer}};
        http::request what{.method = http::method::post, .url = base};
        io::task<std::string> asking = outcome(std::move(what));
        const std::string came = co_await std::move(asking);
        EXPECT_TRUE(came.starts_with(each.outcome)) << each.answer << "\n" << came;
        const bool is_named = came.starts_with("refused " + base + ": ");
        const bool is_redirect = each.answer.starts_with("HTTP/1.1 302");
        EXPECT_TRUE(each.outcome != "refused" || is_named || is_redirect) << came;
    }
}

TEST_P(hostile, servers_that_lie_are_refused) {
    against(&hostile::try_lies);
}

/// A 206 is what was asked for, or no answer.
io::task<> hostile::try_parts(std::string base) {
    struct part {
        std::string range;
        std::string content_range;
        bool is_good;
    };
    const part parts[] = {
        {"", "bytes 0-2/100", false},
        {"bytes=0-2", "bytes 0-2/100", true},
        {"bytes=0-2", "bytes 0-1/100", true},  // less is no lie
        {"bytes=0-2", "bytes 0-3/100", false},
        {"bytes=0-2", "bytes 5-7/100", false},
        {"bytes=0-2", "", false},
        {"bytes=0-2", "lines 0-2/100", false},
        {"bytes=97-", "bytes 97-99/100", true},
        {"bytes=97-", "bytes 0-2/100", false},
        {"bytes=-3", "bytes 97-99/100", true},
        {"bytes=-3", "bytes 96-99/100", false},
        {"bytes=-3", "bytes 0-2/100", false},
        {"bytes=-3", "bytes 4-6/*", true},
        {"bytes=0-2,5-7", "bytes 0-7/100", true},  // whoever asks for several looks by himself
        {"lines=0-2", "lines 0-2/100", true},
    };
    for (const part& each : parts) {
        asks.close_resting();
        std::string head = "HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n";
        if (!each.content_range.empty()) head += "Content-Range: " + each.content_range + "\r\n";
        says.connections = {{head + "\r\nabc"}};
        http::request what{.url = base};
        if (!each.range.empty()) what.fields.add("Range", each.range);
        io::task<std::string> asking = outcome(std::move(what));
        const std::string came = co_await std::move(asking);
        EXPECT_TRUE(came.starts_with(each.is_good ? "content abc" : "refused"))
            << each.range << " " << each.content_range << "\n"
            << came;
    }
}

TEST_P(hostile, a_part_is_the_one_that_was_asked_for) {
    against(&hostile::try_parts);
}

/// The connection ends, or is reset, behind each byte of a good answer.
io::task<> hostile::try_ends(std::string base) {
    const std::string whole =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n";
    for (const bool with_reset : {false, true}) {
        says.resets = with_reset && GetParam();  // a simulated socket has no such option
        for (std::size_t size = 0; size < whole.size(); ++size) {
            says.connections = {{whole.substr(0, size)}};
            http::request what{.url = base};
            io::task<std::string> asking = outcome(std::move(what));
            const std::string came = co_await std::move(asking);
            EXPECT_FALSE(came.starts_with("content")) << size << came;
        }
    }
}

TEST_P(hostile, an_answer_that_ends_early_is_never_taken_for_whole) {
    against(&hostile::try_ends);
}

/// A server that closes what has rested: idempotent requests come once more, on a new connection.
io::task<> hostile::try_stale(std::string base) {
    const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    says.connections = {{fine, ""}, {fine, ""}, {fine}};
    for (int i = 0; i < 3; ++i) {
        http::request what{.url = base};
        io::task<std::string> asking = outcome(std::move(what));
        const std::string came = co_await std::move(asking);
        EXPECT_EQ(came, "content hi") << i;
    }
    EXPECT_EQ(says.accepted, 3U);
    EXPECT_EQ(says.requests, 5U);
    // A new connection that ends at once is an error, and is not tried again.
    asks.close_resting();
    says.connections = {{""}};
    io::task<std::string> asking = outcome(http::request{.url = base});
    const std::string came = co_await std::move(asking);
    EXPECT_TRUE(came.starts_with("failed")) << came;
    EXPECT_EQ(says.requests, 6U);
}

TEST_P(hostile, requests_that_do_no_harm_are_repeated) {
    against(&hostile::try_stale);
}

/// The same with POST: sent once, whatever comes of it.
io::task<> hostile::try_stale_post(std::string base) {
    const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    says.connections = {{fine, ""}, {fine}};
    http::request what{.method = http::method::post, .url = base, .body = {}};
    io::task<std::string> asking = outcome(what);
    std::string came = co_await std::move(asking);
    EXPECT_EQ(came, "content hi");
    asking = outcome(what);
    came = co_await std::move(asking);
    EXPECT_TRUE(came.starts_with("failed")) << came;
    EXPECT_THAT(came, HasSubstr("on a connection that was used before"));
    EXPECT_EQ(says.requests, 2U);
    asking = outcome(what);
    came = co_await std::move(asking);
    EXPECT_EQ(came, "content hi");
    if (GetParam()) co_return;  // only there it is known when an end has come
    // The server closes meanwhile: the client looks before it sends.
    std::vector<bool> waits;
    asks.close_resting();
    says.connections = {{fine}};
    for (const auto pause : {50ms, 50ms, 0ms, 0ms}) {
        asking = outcome(what);
        came = co_await std::move(asking);
        EXPECT_EQ(came, "content hi") << pause.count();
        co_await io::sleep(pause);
    }
    // It says where to, promises to go on, and is gone: what it was sent first was no lie.
    asks.close_resting();
    const std::string there = "HTTP/1.1 307 X\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n";
    says.connections = {{there}, {there}, {fine}};
    says.accepted = 0;
    asking = outcome(what);
    came = co_await std::move(asking);
    EXPECT_EQ(came, "content hi");
    EXPECT_EQ(says.accepted, 3U);
    // A connection that has gone on once is not waited for again, but looked at.
    asks.close_resting();
    says.connections = {{fine, fine, fine, fine}};
    says.accepted = 0;
    for (int i = 0; i < 4; ++i) {
        const io::time_point began = co_await io::now();
        asking = outcome(what);
        came = co_await std::move(asking);
        const io::time_point now = co_await io::now();
        EXPECT_EQ(came, "content hi") << i;
        waits.push_back(now - began >= 10ms);
    }
    EXPECT_EQ(says.accepted, 1U);
    EXPECT_THAT(waits, testing::ElementsAre(false, true, false, false));
}

TEST_P(hostile, requests_that_may_do_harm_are_not) {
    against(&hostile::try_stale_post);
}

/// What comes behind a response is nobody's: the connection is not used again.
io::task<> hostile::try_leftovers(std::string base) {
    says.connections = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
         "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
         "unused"}};
    for (int i = 0; i < 3; ++i) {
        io::task<std::string> asking = outcome(http::request{.url = base});
        const std::string came = co_await std::move(asking);
        EXPECT_EQ(came, "content hi");
        EXPECT_EQ(asks.resting(), 0U);
    }
    EXPECT_EQ(says.accepted, 3U);
}

TEST_P(hostile, answers_that_nobody_asked_for_are_not_taken) {
    against(&hostile::try_leftovers);
}

ZOCALO_IN_EVERY_WORLD(hostile);

/// Bytes that come one by one: each is in time, all together are not.
TEST(hostile_drip, ends_with_the_limit_for_everything) {
    serve::server running([](serve::connection& client) -> io::task<> {
        io::task<bool> hearing = hear_request(client.stream());
        const bool came = co_await std::move(hearing);
        if (!came) co_return;
        co_await client.stream().write("HTTP/1.1 200 OK\r\n\r\n");
        for (;;) {
            co_await client.stream().write("x");
            co_await io::sleep(1s);
        }
    });
    zocalo::sim::world world(1);
    const auto ask = [](serve::server&, net::endpoint where) -> io::task<> {
        http::client_options options;
        options.within = 60s;
        options.stall = 5s;
        http::client asks(options);
        std::error_code error;
        try {
            io::task<http::response> asking = asks.get("http://" + where.to_string());
            co_await std::move(asking);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& failure) {
            error = failure.code();
        }
        EXPECT_EQ(error, std::errc::timed_out);
    };
    world.host("here").run(zocalo::tests::with_server(running, ask));
}

/// Whatever is put where: no line of the request is more than one.
TEST(hostile_arguments, cannot_become_lines) {
    http::client asks;
    for (const char bad : {'\r', '\n', '\0'}) {
        const std::string text = std::string("a") + bad + "b";
        const auto refused = [&asks](http::request what) {
            EXPECT_THROW((void)asks.request(std::move(what)).get(), std::invalid_argument);
        };
        const std::string url = "http://127.0.0.1:1/";
        refused({.url = text});
        refused({.url = url + text});
        refused({.url = url + "?" + text});
        refused({.url = "http://" + text + "/"});
        refused({.url = "http://a:" + text + "@127.0.0.1/"});
        EXPECT_THROW(http::fields().add(text, "x"), std::invalid_argument);
        EXPECT_THROW(http::fields().add("X", text), std::invalid_argument);
        EXPECT_THROW((void)http::method::parse(text), std::invalid_argument);
    }
}

}  // namespace
