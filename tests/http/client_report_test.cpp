// SPDX-License-Identifier: MIT
// http::request::reported: how each connection came about, or did not.
#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "http/speaking.hpp"
#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/tls/context.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using testing::HasSubstr;

using reports = std::vector<net::connect_report>;

class client_report : public zocalo::tests::in_every_world {
 protected:
    /// A site whose "/away" leads to the other one of its two addresses.
    template <class Body>
    void visit(Body body, bool with_tls = false) {
        tls::server_options secret = zocalo::tests::server_as(zocalo::tests::localhost());
        const tls::server_context context(secret);
        http::site site;
        site.routes.get("/", [](http::exchange& asked) { asked.reply("here"); });
        site.routes.get("/away", [this](http::exchange& asked) {
            asked.response().fields.set("Location", "http://" + other_.to_string() + "/");
            asked.reply(http::status::found);
        });
        const serve::handler plain = site.handler();
        const auto talk = [&](serve::connection& client) -> io::task<> {
            if (with_tls) {
                io::task<> securing = client.secure(context);
                co_await std::move(securing);
            }
            io::task<> talking = plain(client);
            co_await std::move(talking);
        };
        serve::server running(talk);
        run(begin(running, body));
    }
    /// Asks for that, and notes what it is told.
    static io::task<std::string> get(http::client& by, std::string url, reports& into) {
        http::request what{.url = std::move(url)};
        what.reported = [&into](const net::connect_report& told) { into.push_back(told); };
        std::string text;
        try {
            io::task<http::response> asking = by.request(std::move(what));
            const http::response got = co_await std::move(asking);
            text = got.content;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            text = error.code().message();
        }
        co_return text;
    }

 private:
    template <class Body>
    io::task<> begin(serve::server& running, Body body) {
        const net::endpoint any(net::address::loopback_v4(), 0);
        io::task<net::endpoint> listening = running.listen(any);
        other_ = co_await std::move(listening);
        io::task<> visiting = zocalo::tests::with_server(
            running, [&](serve::server&, net::endpoint where) { return body(where); });
        co_await std::move(visiting);
    }

    net::endpoint other_;
};

TEST_P(client_report, is_made_for_each_connection_and_not_for_each_request) {
    visit([](net::endpoint where) -> io::task<> {
        http::client asks;
        reports told;
        const std::string url = "http://" + where.to_string() + "/";
        for (int i = 0; i < 2; ++i) {
            io::task<std::string> asking = get(asks, url, told);
            const std::string came = co_await std::move(asking);
            EXPECT_EQ(came, "here");
        }
        EXPECT_EQ(told.size(), 1U);
        EXPECT_EQ(told.at(0).target, where.to_string());
        EXPECT_FALSE(told.at(0).error);
        EXPECT_EQ(told.at(0).attempts.size(), 1U);
        EXPECT_EQ(told.at(0).attempts.at(0).peer, where);
        EXPECT_TRUE(told.at(0).layers.empty());
        io::task<std::string> asking = get(asks, url + "away", told);
        (void)co_await std::move(asking);
        EXPECT_EQ(told.size(), 2U);  // the redirect leads to another origin
        EXPECT_NE(told.back().target, told.front().target);
        asks.close_resting();
    });
}

TEST_P(client_report, has_tls_in_it) {
    visit(
        [](net::endpoint where) -> io::task<> {
            http::client asks(zocalo::tests::speaking(http::versions::http_1_1));
            reports told;
            io::task<std::string> asking = get(asks, "https://" + where.to_string() + "/", told);
            const std::string came = co_await std::move(asking);
            EXPECT_EQ(came, "here");
            EXPECT_EQ(told.size(), 1U);
            EXPECT_EQ(told.at(0).layers.size(), 1U);
            EXPECT_THAT(told.at(0).layers.at(0).name, HasSubstr("TLS with"));
            EXPECT_FALSE(told.at(0).layers.at(0).error);
            asks.close_resting();
        },
        true);
}

TEST_P(client_report, says_why_there_is_none) {
    visit([](net::endpoint) -> io::task<> {
        http::client asks;
        reports told;
        const net::endpoint nobody(net::address::loopback_v4(), 1);
        io::task<std::string> asking = get(asks, "http://" + nobody.to_string() + "/", told);
        (void)co_await std::move(asking);
        EXPECT_EQ(told.size(), 1U);
        EXPECT_EQ(told.at(0).error, std::errc::connection_refused);
        EXPECT_EQ(told.at(0).attempts.size(), 1U);
        EXPECT_EQ(told.at(0).attempts.at(0).error, std::errc::connection_refused);
    });
}

TEST_P(client_report, ends_the_request_with_what_it_throws) {
    visit([](net::endpoint where) -> io::task<> {
        http::client asks;
        http::request what{.url = "http://" + where.to_string() + "/"};
        what.reported = [](const net::connect_report&) { throw std::runtime_error("enough"); };
        std::string failed;
        try {
            io::task<http::response> asking = asks.request(std::move(what));
            (void)co_await std::move(asking);
        } catch (const std::runtime_error& error) {
            failed = error.what();
        }
        EXPECT_EQ(failed, "enough");
        EXPECT_EQ(asks.resting(), 0U);
    });
}

ZOCALO_IN_EVERY_WORLD(client_report);

}  // namespace
