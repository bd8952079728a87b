// SPDX-License-Identifier: MIT
// Which of several logins a client uses: by origin, by path, by realm; and where redirects take it.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/challenge.hpp"
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
using testing::ElementsAre;

class client_logins : public testing::Test {
 public:
    client_logins() {
        const auto answer = [this](http::exchange& asked) { reply(asked); };
        site_.routes.get("/{realm}", answer);
        site_.routes.get("/{realm}/{rest}", answer);
        site_.routes.get("/to", [this](http::exchange& asked) {
            note(asked);
            asked.response().fields.set("Location", asked.query());
            asked.reply(http::status::found);
        });
    }
    /// Asks for each path, by a client with logins that are made for the server.
    std::vector<std::string> ask(std::vector<http::known_login> logins,
                                 const std::vector<std::string>& paths, http::request what = {}) {
        serve::server running(site_.handler());
        serve::server other(site_.handler());
        seen_.clear();
        const auto talk = [&](serve::server&, net::endpoint where) -> io::task<> {
            const std::string origin = "http://" + where.to_string();
            for (http::known_login& each : logins)
                each.where = url::origin::of(url::uri::parse(origin));
            http::client_options options;
            options.logins = logins;
            http::client asks(options);
            for (std::string each : paths) {
                if (each == "/to elsewhere") each = "/to?" + elsewhere_ + "/one";
                what.url = origin + each;
                io::task<http::response> asking = asks.request(what);
                co_await std::move(asking);
            }
            asks.close_resting();
        };
        const auto beside = [&](serve::server&, net::endpoint where) -> io::task<> {
            elsewhere_ = "http://" + where.to_string();
            io::task<> talking = zocalo::tests::with_server(running, talk);
            co_await std::move(talking);
        };
        zocalo::sim::world world(1);
        world.host("here").run(zocalo::tests::with_server(other, beside));
        return seen_;
    }
    static http::known_login of(std::string user, std::string path,
                                std::optional<std::string> realm = std::nullopt,
                                http::login::scheme how = http::login::scheme::any) {
        const url::origin anywhere = url::origin::of(url::uri::parse("http://a"));
        return {anywhere, {std::move(user), "x", how}, std::move(path), std::move(realm)};
    }

    std::string elsewhere_;

 private:
    void note(http::exchange& asked) {
        const std::string_view said = asked.request().fields.get("Authorization");
        std::string user = said.empty() ? "-" : "?";
        for (const char* const each : {"all", "a", "ab", "ada", "bob"}) {
            if (said == http::basic_credentials(each, "x").to_string()) user = each;
        }
        if (asked.request().fields.contains("X-Key")) user += " with a key";
        const std::string& target = asked.request().target;
        seen_.push_back(target.substr(0, target.find('?')) + " " + user);
    }
    /// The first part of the path is the realm.
    void reply(http::exchange& asked) {
        note(asked);
        if (asked.request().fields.contains("Authorization")) return asked.reply("welcome");
        asked.response().fields.set("WWW-Authenticate",
                                    "Basic realm=\"" + asked.parameter("realm") + "\"");
        asked.reply(http::status::unauthorized);
    }

    http::site site_;
    std::vector<std::string> seen_;
};

TEST_F(client_logins, are_chosen_by_path) {
    const std::vector<http::known_login> logins{of("all", "/"), of("a", "/a"), of("ab", "/a/b/")};
    EXPECT_THAT(ask(logins, {"/a", "/a/c", "/a/b", "/ab"}),
                ElementsAre("/a -", "/a a", "/a/c a", "/a/b ab", "/ab all"));
    EXPECT_THAT(ask({of("a", "/a")}, {"/b", "/A"}), ElementsAre("/b -", "/A -"));
}

TEST_F(client_logins, are_chosen_by_realm) {
    const std::vector<http::known_login> logins{of("ada", "/", "one"), of("bob", "/", "two")};
    EXPECT_THAT(ask(logins, {"/one", "/one", "/two", "/three"}),
                ElementsAre("/one -", "/one ada", "/one ada", "/two ada", "/three ada"));
}

TEST_F(client_logins, are_sent_unasked_where_that_is_said) {
    const auto basic = http::login::scheme::basic;
    EXPECT_THAT(ask({of("a", "/a", std::nullopt, basic)}, {"/a", "/b"}),
                ElementsAre("/a a", "/b -"));
    EXPECT_THAT(ask({of("a", "/", "a", basic)}, {"/b", "/a"}), ElementsAre("/b -", "/a -", "/a a"));
}

TEST_F(client_logins, stay_with_their_origin_unless_they_are_told_to_follow) {
    http::request what;
    what.login = http::login{"ada", "x", http::login::scheme::basic};
    what.secrets.add("X-Key", "secret");
    EXPECT_THAT(ask({}, {"/to?/one"}, what),
                ElementsAre("/to ada with a key", "/one ada with a key"));
    EXPECT_THAT(ask({}, {"/to elsewhere"}, what), ElementsAre("/to ada with a key", "/one -"));
    what.login_follows = true;
    EXPECT_THAT(ask({}, {"/to elsewhere"}, what), ElementsAre("/to ada with a key", "/one ada"));
    what.login->how = http::login::scheme::any;
    EXPECT_THAT(ask({}, {"/to elsewhere"}, what),
                ElementsAre("/to - with a key", "/one -", "/one ada"));
}

}  // namespace
