// SPDX-License-Identifier: MIT
// What a client decides by itself: proxies, retries, cookies, and which connections are shared.
#include <gmock/gmock.h>

#include <map>
#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/url/uri.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace url = zocalo::url;

// --- Proxies

http::proxy_rules rules_of(std::map<std::string, std::string, std::less<>> variables) {
    return http::proxy_rules::from([&](std::string_view name) -> std::optional<std::string> {
        const auto at = variables.find(name);
        if (at == variables.end()) return std::nullopt;
        return at->second;
    });
}
std::string proxy_for(const http::proxy_rules& rules, std::string_view where) {
    const io::proxy* const found = rules.find(url::origin::of(url::uri::parse(where)));
    return found == nullptr ? "none" : found->host;
}

TEST(proxy_rules, come_from_the_environment_but_for_what_cgi_puts_there) {
    EXPECT_EQ(proxy_for(rules_of({{"http_proxy", "http://p:1"}}), "http://a/"), "p");
    EXPECT_EQ(proxy_for(rules_of({{"http_proxy", "http://p:1"}}), "https://a/"), "none");
    EXPECT_EQ(proxy_for(rules_of({{"HTTP_PROXY", "http://evil:1"}}), "http://a/"), "none");
    EXPECT_EQ(proxy_for(rules_of({{"HTTPS_PROXY", "http://p:1"}}), "https://a/"), "p");
    EXPECT_EQ(proxy_for(rules_of({{"ALL_PROXY", "socks5h://p:1"}}), "http://a/"), "p");
    EXPECT_EQ(proxy_for(rules_of({{"http_proxy", ""}, {"all_proxy", "p:1"}}), "http://a/"), "p");
    EXPECT_THROW((void)rules_of({{"http_proxy", "nonsense://p"}}), std::invalid_argument);
}

TEST(proxy_rules, have_exceptions) {
    const auto found = [](const std::string& except, std::string_view where) {
        return proxy_for(rules_of({{"all_proxy", "p:1"}, {"no_proxy", except}}), where) == "none";
    };
    EXPECT_TRUE(found("*", "http://a/"));
    EXPECT_TRUE(found("x, example.org", "http://EXAMPLE.org./"));
    EXPECT_TRUE(found("example.org", "http://a.example.org/"));
    EXPECT_TRUE(found(".example.org", "http://example.org/"));
    EXPECT_FALSE(found("example.org", "http://notexample.org/"));
    EXPECT_FALSE(found("example.org", "http://example.org.evil/"));
    EXPECT_TRUE(found("example.org:8080", "http://example.org:8080/"));
    EXPECT_FALSE(found("example.org:8080", "http://example.org/"));
    EXPECT_TRUE(found("10.0.0.0/8", "http://10.9.8.7/"));
    EXPECT_FALSE(found("10.0.0.0/8", "http://11.0.0.1/"));
    EXPECT_TRUE(found("10.0.0.0/8", "http://[::ffff:10.9.8.7]/"));
    EXPECT_TRUE(found("127.0.0.1", "http://127.0.0.1/"));
    EXPECT_TRUE(found("fd00::/8", "http://[fd12::1]/"));
    EXPECT_TRUE(found("[::1]", "http://[::1]:99/"));
    EXPECT_TRUE(found("[::1]:99", "http://[::1]:99/"));
    EXPECT_TRUE(found("::1", "http://[::1]/"));
    EXPECT_FALSE(found("0", "http://127.0.0.1/"));
    EXPECT_FALSE(found("", "http://a/"));
    EXPECT_FALSE(found("10", "http://10.0.0.1/"));
}

// --- Retries, in virtual time

/// Says no so often, then yes.
struct moody {
    int noes;
    http::status no = http::status::service_unavailable;
    std::string retry_after = {};
    int asked = 0;

    void answer(http::exchange& by) {
        ++asked;
        if (noes-- <= 0) return by.reply("yes");
        if (!retry_after.empty()) by.response().fields.set("Retry-After", retry_after);
        by.reply(no);
    }
};

struct patience {
    http::response got;
    std::chrono::nanoseconds took{};
};

patience ask(moody& server, http::request what, unsigned retries) {
    http::site site;
    site.routes.get("/", [&server](http::exchange& by) { server.answer(by); });
    site.routes.post("/", [&server](http::exchange& by) { server.answer(by); });
    serve::server running(site.handler());
    zocalo::sim::world world(1);
    http::client_options options;
    options.retries = retries;
    http::client asks(options);
    patience came;
    const auto talk = [&](serve::server&, net::endpoint where) -> io::task<> {
        what.url = "http://" + where.to_string() + "/";
        io::task<http::response> asking = asks.request(what);
        came.got = co_await std::move(asking);
        came.took = came.got.took;
        asks.close_resting();
    };
    world.host("here").run(zocalo::tests::with_server(running, talk));
    return came;
}

TEST(client_retries, ask_once_more_with_pauses) {
    moody server{3};
    const patience came = ask(server, {}, 3);
    EXPECT_EQ(came.got.content, "yes");
    EXPECT_EQ(came.got.hops.size(), 4U);
    EXPECT_GE(came.took, 3500ms);  // 0.5, 1 and 2 seconds
    EXPECT_LT(came.took, 4s);
}

TEST(client_retries, wait_as_long_as_the_server_says) {
    moody server{1, http::status::too_many_requests, "20"};
    const patience came = ask(server, {}, 1);
    EXPECT_EQ(came.got.content, "yes");
    EXPECT_GE(came.took, 20s);
    moody later{1, http::status::too_many_requests, "3600"};
    EXPECT_EQ(ask(later, {}, 1).got.status, http::status::too_many_requests);
    EXPECT_EQ(later.asked, 1);
    moody never{9, http::status::service_unavailable, "Fri, 31 Dec 9999 23:59:59 GMT"};
    EXPECT_EQ(ask(never, {}, 2).got.status, http::status::service_unavailable);
    EXPECT_EQ(never.asked, 1);
}

TEST(client_retries, are_for_what_does_no_harm_and_may_help) {
    moody server{1};
    EXPECT_EQ(ask(server, {.method = http::method::post}, 5).got.status,
              http::status::service_unavailable);
    EXPECT_EQ(server.asked, 1);
    moody missing{1, http::status::not_found};
    EXPECT_EQ(ask(missing, {}, 5).got.status, http::status::not_found);
    moody never{100};
    EXPECT_EQ(ask(never, {}, 2).got.status, http::status::service_unavailable);
    EXPECT_EQ(never.asked, 3);
    moody unasked{1};
    EXPECT_EQ(ask(unasked, {}, 0).got.status, http::status::service_unavailable);
}

// --- Cookies

io::task<> collect(http::client& asks, std::string base) {
    io::task<http::response> asking = asks.get(base + "/set");
    http::response got = co_await std::move(asking);
    EXPECT_EQ(got.content, "a=1");  // it had been set before the redirect was followed
    http::fields own;
    own.add("Cookie", "mine=2");
    asking = asks.get(base + "/shown", own);
    got = co_await std::move(asking);
    EXPECT_EQ(got.content, "a=1; mine=2");
    own.add("cookie", "mine=3");
    asking = asks.get(base + "/shown", own);
    got = co_await std::move(asking);
    EXPECT_EQ(got.content, "a=1; mine=2; mine=3");
    asks.close_resting();
}

TEST(client_cookies, are_kept_and_shown) {
    http::site site;
    site.routes.get("/set", [](http::exchange& by) {
        by.response().fields.add("Set-Cookie", "a=1; HttpOnly");
        by.response().fields.set("Location", "/shown");
        by.reply(http::status::found);
    });
    site.routes.get("/shown",
                    [](http::exchange& by) { by.reply(by.request().fields.get("Cookie")); });
    serve::server running(site.handler());
    http::client_options options;
    options.cookies = std::make_shared<http::cookie_jar>();
    http::client asks(options);
    io::loop loop(io::backend_kind::epoll);
    loop.run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
        return collect(asks, "http://" + where.to_string());
    }));
    EXPECT_EQ(options.cookies->size(), 1U);
}

// --- Connections

/// Many tasks, few connections.
io::task<> ask_in_parallel(http::client& asks, std::string base, std::size_t& most) {
    std::vector<io::task<http::response>> all;
    for (int i = 0; i < 40; ++i)
        all.push_back(asks.get(base + "/"));
    io::task<std::vector<http::response>> together = io::all(std::move(all));
    const std::vector<http::response> got = co_await std::move(together);
    for (const http::response& each : got)
        EXPECT_EQ(each.content, "hi");
    EXPECT_LE(most, 3U);
    EXPECT_LE(asks.resting(), 3U);
    EXPECT_GT(asks.resting(), 0U);
    asks.close_resting();
}

TEST(client_pool, opens_no_more_connections_than_it_may) {
    std::size_t open = 0;
    std::size_t most = 0;
    http::site site;
    site.routes.get("/", [](http::exchange& by) { by.reply("hi"); });
    const serve::handler talk = site.handler();
    serve::server running([&](serve::connection& client) -> io::task<> {
        most = std::max(most, ++open);
        io::task<> talking = talk(client);
        co_await std::move(talking);
        --open;
    });
    http::client_options options;
    options.connections_to_origin = 3;
    http::client asks(options);
    zocalo::sim::world world(1);
    world.host("here").run(
        zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return ask_in_parallel(asks, "http://" + where.to_string(), most);
        }));
    EXPECT_GT(most, 0U);
}

/// One that rests too long is closed.
io::task<> rest(http::client& asks, std::string base) {
    for (const auto& [pause, is_reused] : {std::pair(59s, true), std::pair(61s, false)}) {
        io::task<http::response> asking = asks.get(base + "/");
        http::response got = co_await std::move(asking);
        co_await io::sleep(pause);
        asking = asks.get(base + "/");
        got = co_await std::move(asking);
        EXPECT_EQ(got.hops.at(0).times.is_reused, is_reused);
    }
    asks.close_resting();
}

TEST(client_pool, closes_what_has_rested_for_too_long) {
    http::site site;
    site.routes.get("/", [](http::exchange& by) { by.reply("hi"); });
    serve::server_options patient;
    patient.limits.idle = 1h;
    serve::server running(site.handler(), patient);
    http::client asks;
    zocalo::sim::world world(1);
    world.host("here").run(
        zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return rest(asks, "http://" + where.to_string());
        }));
}

}  // namespace
