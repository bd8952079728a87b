// SPDX-License-Identifier: MIT
#include "zocalo/http/robots.hpp"

#include <gmock/gmock.h>

#include <map>
#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/sim/world.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace url = zocalo::url;

/// Whether /a may be fetched from a site that answers like this.
bool may(const http::plain_handler& answer) {
    http::site site;
    site.routes.get("/robots.txt", answer);
    site.routes.get("/other",
                    [](http::exchange& asked) { asked.reply("User-agent: *\nDisallow: /a\n"); });
    serve::server running(site.handler());
    http::client asks;
    bool is_allowed = false;
    const auto talk = [&](serve::server&, net::endpoint where) -> io::task<> {
        const url::uri page = url::uri::parse("http://" + where.to_string() + "/a");
        const url::origin here = url::origin::of(page);
        io::task<url::robots> asking = http::fetch_robots(asks, here);
        const url::robots rules = co_await std::move(asking);
        is_allowed = rules.can_fetch("zocalo", page);
        asks.close_resting();
    };
    zocalo::sim::world world(1);
    world.host("here").run(zocalo::tests::with_server(running, talk));
    return is_allowed;
}

bool may(http::status answer) {
    return may([answer](http::exchange& asked) { asked.reply(answer); });
}

TEST(fetch_robots, reads_what_a_site_says) {
    EXPECT_FALSE(
        may([](http::exchange& asked) { asked.reply("User-agent: zocalo\nDisallow: /a\n"); }));
    EXPECT_TRUE(
        may([](http::exchange& asked) { asked.reply("User-agent: zocalo\nDisallow: /b\n"); }));
    EXPECT_FALSE(may([](http::exchange& asked) {
        asked.response().fields.set("Location", "/other");
        asked.reply(http::status::moved_permanently);
    }));
}

TEST(fetch_robots, knows_what_no_answer_means) {
    for (const auto none : {http::status::not_found, http::status::forbidden, http::status::gone,
                            http::status::not_modified})
        EXPECT_TRUE(may(none)) << static_cast<int>(none);
    for (const auto broken : {http::status::internal_server_error, http::status::bad_gateway,
                              http::status::service_unavailable})
        EXPECT_FALSE(may(broken)) << static_cast<int>(broken);
}

TEST(fetch_robots, reads_no_more_than_counts) {
    EXPECT_FALSE(may([](http::exchange& asked) {
        std::string text = "User-agent: *\nDisallow: /a\n";
        text.resize(std::size_t{8} << 20, '\n');
        asked.reply(text + "Allow: /a\n");
    }));
}

}  // namespace
