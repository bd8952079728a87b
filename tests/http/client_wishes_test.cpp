// SPDX-License-Identifier: MIT
// How requests are sent that want something unusual, and what is known of where they went from.
#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/server.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

/// Who asks, by which version and on whose advice.
io::task<> show(http::exchange& asked) {
    io::task<std::string> reading = asked.content(1000);
    const std::string content = co_await std::move(reading);
    const http::request_head& head = asked.request();
    std::string text = asked.client().peer().to_string() + " ";
    text += to_text(head.version);
    text += " ";
    text += head.fields.get("Referer");
    text += " ";
    text += content;
    asked.reply(text);
}

void lead_on(http::exchange& asked) {
    asked.response().fields.set("Location", "/show");
    asked.reply(http::status::found);
}

class client_wishes : public zocalo::tests::in_every_world {
 protected:
    using talk = io::task<> (*)(http::client& asks, std::string base);

    void with_site(talk what) {
        http::site site;
        site.routes.get("/show", show);
        site.routes.post("/show", show);
        site.routes.get("/away", lead_on);
        serve::server running(site.handler());
        http::client asks;
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return talk_and_close(asks, what, where.to_string());
        }));
    }
    static io::task<> talk_and_close(http::client& asks, talk what, std::string base) {
        io::task<> talking = what(asks, std::move(base));
        co_await std::move(talking);
        asks.close_resting();
    }
};

io::task<> ask_twice(http::client& asks, std::string base) {
    std::string first;
    for (int i = 0; i < 2; ++i) {
        io::task<http::response> asking = asks.get("http://" + base + "/show");
        const http::response got = co_await std::move(asking);
        const std::string local = got.hops.at(0).local.to_string();
        EXPECT_EQ(got.content, local + " HTTP/1.1  ");
        EXPECT_EQ(got.hops.at(0).peer.to_string(), base);
        if (i == 0) first = local;
        EXPECT_EQ(local, first);  // the same connection
    }
}

TEST_P(client_wishes, tell_where_they_went_from) {
    with_site(ask_twice);
}

io::task<> refer(http::client& asks, std::string base) {
    http::request what{.url = "http://u:p@" + base + "/away?a#b"};
    what.fields.set("Referer", "http://elsewhere/");
    io::task<http::response> asking = asks.request(what);
    http::response got = co_await std::move(asking);
    EXPECT_THAT(got.content, testing::EndsWith(" http://elsewhere/ "));
    what.refers = true;
    asking = asks.request(what);
    got = co_await std::move(asking);
    EXPECT_THAT(got.content, testing::EndsWith(" http://" + base + "/away?a "));
    EXPECT_EQ(got.hops.size(), 2U);
}

TEST_P(client_wishes, name_the_page_that_led_on) {
    with_site(refer);
}

io::task<> speak_the_old_way(http::client& asks, std::string base) {
    http::request what{.method = http::method::post, .url = "http://" + base + "/show"};
    what.versions = http::versions::http_1_0;
    what.expect_continue = true;
    what.body = http::body("text", "");
    for (int i = 0; i < 2; ++i) {
        io::task<http::response> asking = asks.request(what);
        const http::response got = co_await std::move(asking);
        EXPECT_THAT(got.content, testing::EndsWith(" HTTP/1.0  text"));
        EXPECT_FALSE(got.hops.at(0).times.is_reused);
        EXPECT_EQ(asks.resting(), 0U);
    }
    const auto write = [](http::body_writer& to) -> io::task<> {
        return to.write(std::string_view("of unknown size"));
    };
    what.body = http::body::stream(write, {}, "");
    bool is_refused = false;
    try {
        io::task<http::response> asking = asks.request(what);
        co_await std::move(asking);
    } catch (const std::invalid_argument&) {
        is_refused = true;
    }
    EXPECT_TRUE(is_refused);
}

TEST_P(client_wishes, speak_http_1_0) {
    with_site(speak_the_old_way);
}

ZOCALO_IN_EVERY_WORLD(client_wishes);

}  // namespace
