// SPDX-License-Identifier: MIT
#include "zocalo/http/virtual_hosts.hpp"

#include <gmock/gmock.h>

#include "http/site_under_test.hpp"
#include "tls/ends.hpp"
#include "zocalo/tls/stream.hpp"

namespace {

using testing::HasSubstr;
using testing::StartsWith;
using zocalo::tests::ask_site;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;

/// A site that says who it is.
http::site site_named(const std::string& name) {
    http::site site;
    site.routes.get("/{what}", [name](http::exchange& asked) {
        asked.reply(name + " " + asked.parameter("what"));
    });
    return site;
}

struct town {
    town() {
        shop.filters.push_back([](http::exchange& asked, const http::rest_of_site& rest) {
            asked.response().fields.set("X-Shop", "yes");
            return rest(asked);
        });
        shop.error_page = [](http::exchange&, http::status, std::string_view) {
            return http::error_page{.content = "sold out", .type = "text/plain"};
        };
        front.filters = {http::choose_host(
            {{.names = {"shop.example", "WWW.shop.example"}, .site = &shop, .certificate = "one"},
             {.names = {"*.blog.example"}, .site = &blogs},
             {.names = {"my.blog.example"}, .site = &mine, .certificate = "one"}})};
    }
    http::site front = site_named("front");
    http::site shop = site_named("shop");
    http::site blogs = site_named("blogs");
    http::site mine = site_named("mine");
};

std::string ask(const town& where, const std::string& host) {
    return ask_site(where.front, "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
}

TEST(virtual_hosts, has_the_site_of_that_name_answer) {
    const town all;
    EXPECT_THAT(ask(all, "shop.example"), HasSubstr("shop x"));
    EXPECT_THAT(ask(all, "Shop.Example.:8080"), HasSubstr("shop x"));
    EXPECT_THAT(ask(all, "www.shop.example"), HasSubstr("X-Shop: yes"));
    EXPECT_THAT(ask(all, "a.blog.example"), HasSubstr("blogs x"));
    EXPECT_THAT(ask(all, "my.blog.example"), HasSubstr("mine x"));
    for (const char* each : {"a.b.blog.example", "blog.example", "127.0.0.1", "[::1]:80", ""})
        EXPECT_THAT(ask(all, each), HasSubstr("front x")) << each;
}

TEST(virtual_hosts, forgets_a_host_after_its_request) {
    const town all;
    const std::string answer = ask_site(all.front,
                                        "GET /x/y HTTP/1.1\r\nHost: shop.example\r\n\r\n"
                                        "GET /x/y HTTP/1.1\r\nHost: other.example\r\n\r\n"
                                        "nonsense\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("sold out"));
    EXPECT_EQ(answer.find("sold out"), answer.rfind("sold out"));
    EXPECT_THAT(answer, HasSubstr("HTTP/1.1 400 "));
}

io::task<> ask_over_tls(net::endpoint where, const tls::client_context& as, const std::string& name,
                        const std::string& request, std::string& hears) {
    io::stream below = co_await io::connect(where);
    io::task<io::stream> securing = tls::connect(std::move(below), as, name);
    io::stream peer = co_await std::move(securing);
    co_await peer.write(request);
    io::task<> ending = peer.finish();
    co_await std::move(ending);
    io::task<std::string> reading = zocalo::tests::read_all(peer);
    hears = co_await std::move(reading);
}

/// What comes back for a request on a connection to `shown`.
std::string ask_on(const town& all, const std::string& shown, const std::string& request) {
    tls::client_options as;
    as.verify = tls::verify::dangerously_nothing;
    const tls::client_context ours(as);
    const tls::server_context theirs(zocalo::tests::server_as(zocalo::tests::localhost()));
    const serve::handler talk = all.front.handler();
    serve::server running([&](serve::connection& client) -> io::task<> {
        io::task<> securing = client.secure(theirs);
        co_await std::move(securing);
        io::task<> talking = talk(client);
        co_await std::move(talking);
    });
    std::string hears;
    io::loop loop;
    loop.run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
        return ask_over_tls(std::move(where), ours, shown, request, hears);
    }));
    return hears;
}

TEST(virtual_hosts, tells_who_asks_on_the_connection_to_another_host) {
    const town all;
    const auto get = [](const std::string& host) {
        return "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    };
    EXPECT_THAT(ask_on(all, "shop.example", get("shop.example")), HasSubstr("shop x"));
    EXPECT_THAT(ask_on(all, "shop.example", get("www.shop.example")), HasSubstr("shop x"));
    EXPECT_THAT(ask_on(all, "shop.example", get("my.blog.example")), HasSubstr("mine x"));
    EXPECT_THAT(ask_on(all, "shop.example", get("a.blog.example")), StartsWith("HTTP/1.1 421 "));
    EXPECT_THAT(ask_on(all, "shop.example", get("unknown.example")), StartsWith("HTTP/1.1 421 "));
    EXPECT_THAT(ask_on(all, "unknown.example", get("shop.example")), StartsWith("HTTP/1.1 421 "));
    EXPECT_THAT(ask_on(all, "shop.example", "GET /x HTTP/1.0\r\n\r\n"), HasSubstr("shop x"));
}

TEST(virtual_hosts, refuses_names_that_are_none) {
    const http::site site;
    for (const char* each : {"", "a b", "*", "*.*.example", "a*.example", "a/b"})
        EXPECT_THROW((void)http::choose_host({{.names = {each}, .site = &site}}),
                     std::invalid_argument)
            << each;
    EXPECT_THROW((void)http::choose_host({{.names = {"a", "A."}, .site = &site}}),
                 std::invalid_argument);
    EXPECT_THROW((void)http::choose_host({{.names = {"a"}}}), std::invalid_argument);
}

}  // namespace
