// SPDX-License-Identifier: MIT
// Which version of HTTP a client and a server of https:// choose (ALPN), and what comes of it.
#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/http2_peer.hpp"
#include "http/speaking.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/tls/info.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using http::versions;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using zocalo::tests::speaking;

using names = std::vector<std::string>;

constexpr std::size_t large_size = 5'000'000;

/// A site behind TLS that offers what it is told to; with `with_peer`, it is a peer that does what
/// targets say where HTTP/2 was chosen.
class house {
 public:
    explicit house(names alpn) : context_(offering(std::move(alpn))) {
        site.routes.get("/{path}", [this](http::exchange& asked) {
            asked_by.push_back(asked.request().version);
            if (asked.parameter("path") == "bye") bye();
            if (asked.parameter("path") == "large")
                return asked.reply(std::string(large_size, 'x'));
            asked.reply(asked.parameter("path"));
        });
        site.routes.post("/{path}", echo);
        talk_ = site.handler();
    }

    io::task<> greet(serve::connection& client) {
        ++connections;
        io::task<> securing = client.secure(context_);
        co_await std::move(securing);
        const auto agreed = client.peer().tls;
        chosen.push_back(agreed->alpn);
        resumed += agreed->resumed ? 1 : 0;
        const bool is_peers = with_peer && agreed->alpn == "h2";
        io::task<> talking = is_peers ? peer.talk(client.stream()) : talk_(client);
        co_await std::move(talking);
    }

    http::site site;
    zocalo::tests::http2_peer peer;
    bool with_peer = false;
    std::function<void()> bye;  ///< is called when /bye is asked for
    std::size_t connections = 0;
    std::size_t resumed = 0;
    names chosen;
    std::vector<http::version> asked_by;

 private:
    static tls::server_context offering(names alpn) {
        tls::server_options options = zocalo::tests::server_as(zocalo::tests::localhost());
        options.alpn = std::move(alpn);
        return tls::server_context(options);
    }
    static io::task<> echo(http::exchange& asked) {
        io::task<std::string> reading = asked.content(large_size);
        std::string all = co_await std::move(reading);
        asked.reply(std::move(all));
    }

    tls::server_context context_;
    serve::handler talk_;
};

/// Runs it against the house, whose origin it is told.
template <class Body>
void visit(house& at, Body body) {
    serve::server running([&at](serve::connection& client) { return at.greet(client); });
    io::loop loop(io::backend_kind::epoll);
    loop.run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
        return body("https://" + where.to_string());
    }));
}

/// "HTTP/2 a": which version, and the content; or "failed: why".
io::task<std::string> fetch(http::client& by, http::request what) {
    std::string said;
    try {
        io::task<http::response> asking = by.request(std::move(what));
        const http::response got = co_await std::move(asking);
        said = got.version == http::version::http_2 ? "HTTP/2 " : "HTTP/1.1 ";
        said += got.content;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::exception& error) {
        said = std::string("failed: ") + error.what();
    }
    co_return said;
}
io::task<std::string> fetch(http::client& by, std::string url) {
    return fetch(by, http::request{.url = std::move(url)});
}

// --- Which version

struct choice {
    names theirs;
    versions which;
    names own;  ///< of the caller's context
    std::string said;
    std::string chosen;  ///< "-" for none
};

const choice choices[] = {
    {{"h2", "http/1.1"}, versions::any, {}, "HTTP/2 a", "h2"},
    {{"h2", "http/1.1"}, versions::http_1_1, {}, "HTTP/1.1 a", "http/1.1"},
    {{"h2", "http/1.1"}, versions::http_2, {}, "HTTP/2 a", "h2"},
    {{"http/1.1", "h2"}, versions::any, {}, "HTTP/1.1 a", "http/1.1"},
    {{"http/1.1", "h2"}, versions::http_2, {}, "HTTP/2 a", "h2"},
    {{"http/1.1"}, versions::any, {}, "HTTP/1.1 a", "http/1.1"},
    {{"http/1.1"}, versions::http_1_1, {}, "HTTP/1.1 a", "http/1.1"},
    {{"http/1.1"}, versions::http_2, {}, "failed", ""},
    {{"h2"}, versions::any, {}, "HTTP/2 a", "h2"},
    {{"h2"}, versions::http_1_1, {}, "failed", ""},
    {{}, versions::any, {}, "HTTP/1.1 a", "-"},
    {{}, versions::http_1_1, {}, "HTTP/1.1 a", "-"},
    {{}, versions::http_2, {}, "failed", "-"},
    // A context that names its own protocols has to be right.
    {{"h2", "http/1.1"}, versions::any, {"http/1.1"}, "HTTP/1.1 a", "http/1.1"},
    {{"h2", "http/1.1"}, versions::any, {"h2"}, "HTTP/2 a", "h2"},
    {{"h2", "http/1.1"}, versions::any, {"http/1.1", "h2"}, "HTTP/2 a", "h2"},
    {{"h2", "http/1.1"}, versions::http_1_1, {"h2"}, "HTTP/1.1 a", "http/1.1"},
    {{"h2", "http/1.1"}, versions::http_2, {"http/1.1"}, "HTTP/2 a", "h2"},
};

io::task<> choose(const choice& each, house& at, std::string base) {
    http::client asks(speaking(each.which, each.own));
    for (int i = 0; i < 2; ++i) {
        io::task<std::string> asking = fetch(asks, base + "/a");
        const std::string said = co_await std::move(asking);
        EXPECT_EQ(said.substr(0, each.said.size()), each.said) << said;
    }
    const bool failed = each.said == "failed";
    EXPECT_EQ(at.connections, failed ? 2U : 1U);
    EXPECT_EQ(asks.resting(), failed ? 0U : 1U);
    asks.close_resting();
    const names all(at.chosen.size(), each.chosen == "-" ? std::string() : each.chosen);
    EXPECT_EQ(at.chosen, all);
    EXPECT_EQ(at.chosen.empty(), each.chosen.empty());
}

TEST(alpn, chooses_the_version) {
    for (const choice& each : choices) {
        SCOPED_TRACE(testing::PrintToString(each.theirs) + testing::PrintToString(each.own) +
                     std::to_string(static_cast<int>(each.which)));
        house at(each.theirs);
        visit(at, [&](std::string base) { return choose(each, at, std::move(base)); });
    }
}

// --- What goes over a connection of HTTP/2 behind TLS

io::task<> ask_at_once(house& at, std::string base, std::size_t expected, versions which) {
    http::client asks(speaking(which));
    std::vector<io::task<std::string>> all;
    for (int i = 0; i < 40; ++i)
        all.push_back(fetch(asks, base + "/" + std::to_string(i)));
    auto asking = io::all(std::move(all));
    const std::vector<std::string> said = co_await std::move(asking);
    for (std::size_t i = 0; i < said.size(); ++i)
        EXPECT_EQ(said[i].substr(said[i].find(' ')), ' ' + std::to_string(i));
    EXPECT_EQ(at.connections, expected);
    EXPECT_EQ(asks.resting(), expected);
    asks.close_resting();
}

TEST(alpn, requests_at_once_share_what_was_chosen) {
    house modern({"h2", "http/1.1"});
    visit(modern,
          [&](std::string base) { return ask_at_once(modern, std::move(base), 1, versions::any); });
    EXPECT_THAT(modern.asked_by, Each(http::version::http_2));
    for (const names& theirs : {names{"http/1.1"}, names{}}) {
        house old(theirs);
        const std::size_t most = http::client_options().connections_to_origin;
        visit(old, [&](std::string base) {
            return ask_at_once(old, std::move(base), most, versions::any);
        });
        EXPECT_THAT(old.asked_by, Each(http::version::http_1_1));
    }
}

io::task<> move_much(house& at, std::string base) {
    http::client asks(speaking(versions::any));
    const std::string sent(large_size - 1, 'y');
    std::vector<io::task<std::string>> all;
    for (int i = 0; i < 4; ++i) {
        all.push_back(fetch(asks, base + "/large"));
        http::request post{.method = http::method::post, .url = base + "/echo"};
        post.body = sent;
        all.push_back(fetch(asks, std::move(post)));
    }
    auto asking = io::all(std::move(all));
    const std::vector<std::string> said = co_await std::move(asking);
    for (std::size_t i = 0; i < said.size(); ++i)
        EXPECT_TRUE(said[i] == "HTTP/2 " + (i % 2 == 0 ? std::string(large_size, 'x') : sent))
            << said[i].substr(0, 200) << " " << said[i].size();
    EXPECT_EQ(at.connections, 1U);
    asks.close_resting();
}

TEST(alpn, much_goes_both_ways_at_once) {
    house at({"h2"});
    at.site.limits.content = large_size;
    visit(at, [&](std::string base) { return move_much(at, std::move(base)); });
}

io::task<> come_again(house& at, std::string base) {
    const http::client_options options = speaking(versions::any);
    for (int i = 0; i < 3; ++i) {
        http::client asks(options);
        io::task<std::string> asking = fetch(asks, base + "/again");
        const std::string said = co_await std::move(asking);
        EXPECT_EQ(said, "HTTP/2 again");
        asks.close_resting();
    }
    EXPECT_THAT(at.chosen, ElementsAre("h2", "h2", "h2"));
    EXPECT_EQ(at.resumed, 2U);
    // A session of HTTP/2 is not gone on with by who offers other protocols.
    http::client_options old = options;
    old.versions = versions::http_1_1;
    http::client asks(old);
    io::task<std::string> asking = fetch(asks, base + "/old");
    const std::string said = co_await std::move(asking);
    EXPECT_EQ(said, "HTTP/1.1 old");
    asks.close_resting();
    EXPECT_EQ(at.chosen.back(), "http/1.1");
    EXPECT_EQ(at.resumed, 2U);
}

TEST(alpn, sessions_are_gone_on_with) {
    house at({"h2", "http/1.1"});
    visit(at, [&](std::string base) { return come_again(at, std::move(base)); });
}

// --- Back to HTTP/1.1

io::task<> step_back(house& at, std::string base) {
    http::client asks(speaking(versions::any));
    http::request post{.method = http::method::post, .url = base + "/only_1_1"};
    post.body = std::string("once");
    io::task<std::string> asking = fetch(asks, post);
    std::string said = co_await std::move(asking);
    EXPECT_EQ(said, "HTTP/1.1 once");
    EXPECT_THAT(at.chosen, ElementsAre("h2", "http/1.1"));
    asking = fetch(asks, base + "/after");
    said = co_await std::move(asking);
    EXPECT_EQ(said, "HTTP/2 /after");
    asks.close_resting();
    // Who wants nothing but HTTP/2 gets nothing else.
    http::client strict(speaking(versions::http_2));
    asking = fetch(strict, post);
    said = co_await std::move(asking);
    EXPECT_THAT(said, AllOf(HasSubstr("failed"), HasSubstr("HTTP_1_1_REQUIRED")));
    EXPECT_EQ(at.chosen.back(), "h2");
    strict.close_resting();
}

TEST(alpn, a_request_that_wants_http_1_1_gets_it) {
    house at({"h2", "http/1.1"});
    at.with_peer = true;
    visit(at, [&](std::string base) { return step_back(at, std::move(base)); });
}

io::task<> upgrade(house& at, std::string base) {
    http::client asks(speaking(versions::any));
    io::task<std::string> asking = fetch(asks, base + "/first");
    std::string said = co_await std::move(asking);
    EXPECT_EQ(said, "HTTP/2 first");
    http::request what{.url = base + "/up"};
    what.fields = {{"Connection", "Upgrade"}, {"Upgrade", "other"}};
    asking = fetch(asks, what);
    said = co_await std::move(asking);
    EXPECT_EQ(said, "HTTP/1.1 up");
    asking = fetch(asks, base + "/last");
    said = co_await std::move(asking);
    EXPECT_EQ(said, "HTTP/2 last");
    asks.close_resting();
    EXPECT_THAT(at.chosen, ElementsAre("h2", "http/1.1"));
}

TEST(alpn, an_upgrade_is_asked_for_by_http_1_1) {
    house at({"h2", "http/1.1"});
    visit(at, [&](std::string base) { return upgrade(at, std::move(base)); });
}

// --- Through a proxy

/// Makes tunnels to the house, which it is itself.
io::task<> open_tunnel(house& at, serve::connection& client, std::size_t& tunnels) {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        const io::chunk got = co_await client.stream().read();
        if (got.empty()) co_return;
        head += got.text();
    }
    EXPECT_THAT(head, HasSubstr("CONNECT localhost:443 HTTP/1.1\r\n"));
    ++tunnels;
    co_await client.stream().write("HTTP/1.1 200 OK\r\n\r\n");
    io::task<> greeting = at.greet(client);
    co_await std::move(greeting);
}

io::task<> pass(house& at, net::endpoint proxy) {
    http::client_options options = speaking(versions::any);
    options.proxies.https = io::proxy::parse("http://" + proxy.to_string());
    http::client asks(options);
    std::vector<io::task<std::string>> all;
    for (int i = 0; i < 10; ++i)
        all.push_back(fetch(asks, std::string("https://localhost/in")));
    auto asking = io::all(std::move(all));
    const names said = co_await std::move(asking);
    EXPECT_THAT(said, Each("HTTP/2 in"));
    EXPECT_EQ(at.connections, 1U);
    asks.close_resting();
}

TEST(alpn, is_spoken_inside_tunnels) {
    house at({"h2", "http/1.1"});
    std::size_t tunnels = 0;
    serve::server running(
        [&](serve::connection& client) { return open_tunnel(at, client, tunnels); });
    io::loop loop(io::backend_kind::epoll);
    loop.run(zocalo::tests::with_server(
        running, [&](serve::server&, net::endpoint where) { return pass(at, std::move(where)); }));
    EXPECT_EQ(tunnels, 1U);
}

// --- One thread and no loop of its own

TEST(alpn, several_streams_are_waited_for_by_get) {
    house at({"h2", "http/1.1"});
    serve::server running([&at](serve::connection& client) { return at.greet(client); });
    const net::endpoint where = running.listen({net::address::loopback_v4(), 0}).get();
    at.bye = [&running] { running.stop(); };
    std::thread server([&running] { running.run().get(); });
    {
        http::client asks(speaking(versions::any));
        const std::string base = "https://" + where.to_string();
        for (int round = 0; round < 3; ++round) {
            std::vector<io::task<std::string>> all;
            for (int i = 0; i < 8; ++i)
                all.push_back(fetch(asks, base + (i % 2 == 0 ? "/small" : "/large")));
            const names said = io::all(std::move(all)).get();
            for (std::size_t i = 0; i < said.size(); ++i)
                EXPECT_EQ(said[i].size(), 7 + (i % 2 == 0 ? 5 : large_size))
                    << said[i].substr(0, 99);
        }
        const std::string said = fetch(asks, base + "/bye").get();
        EXPECT_EQ(said, "HTTP/2 bye");
        asks.close_resting();
    }
    server.join();
    EXPECT_EQ(at.connections, 1U);
}

}  // namespace
