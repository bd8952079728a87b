// SPDX-License-Identifier: MIT
// Each kind of secret, over each kind of redirect: nobody but its own origin ever sees it.
#include <gmock/gmock.h>

#include <cstring>
#include <string>

#include "serve/dialogue.hpp"
#include "tls/ends.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/url/netrc.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
namespace url = zocalo::url;
using testing::HasSubstr;
using testing::Not;

/// A server that writes down all that it hears, and redirects to what a query says: `/301?URL`.
class witness {
 public:
    explicit witness(net::address at, bool is_secure) : at_(at), is_secure_(is_secure) {
        const auto answers = [this](http::exchange& asked) { answer(asked); };
        for (const auto& each : {http::method::get, http::method::post})
            site_.routes.add(each, "/{status}", answers);
        talk_ = site_.handler();
    }

    io::task<> listen() {
        io::task<net::endpoint> listening = server_.listen(net::endpoint(at_, 0));
        const net::endpoint where = co_await std::move(listening);
        origin_ = (is_secure_ ? "https://" : "http://") + where.to_string();
    }
    io::task<> run() { return server_.run(); }
    void stop() noexcept { server_.stop_now(); }
    [[nodiscard]] const std::string& origin() const { return origin_; }
    std::string heard;

 private:
    void answer(http::exchange& asked) {
        heard += asked.request().target + "\n";
        for (const http::field each : asked.request().fields)
            heard.append(each.name).append(": ").append(each.value) += '\n';
        const auto status = static_cast<std::uint16_t>(std::stoi(asked.parameter("status")));
        if (status / 100 == 3) asked.response().fields.set("Location", url::unquote(asked.query()));
        if (status == 401 && !asked.request().fields.contains("Authorization"))
            asked.response().fields.set("WWW-Authenticate", "Basic realm=\"here\"");
        const bool is_let_in = status == 401 && asked.request().fields.contains("Authorization");
        asked.reply(is_let_in ? http::status::ok : http::status{status});
    }
    io::task<> greet(serve::connection& client) {
        if (is_secure_) {
            const tls::server_context context(zocalo::tests::server_as(zocalo::tests::localhost()));
            io::task<> securing = client.secure(context);
            co_await std::move(securing);
        }
        io::task<> talking = talk_(client);
        co_await std::move(talking);
    }

    net::address at_;
    bool is_secure_;
    http::site site_;
    serve::handler talk_;
    std::string origin_;
    serve::server server_{[this](serve::connection& client) { return greet(client); }};
};

constexpr std::string_view canary = "CANARY";

/// A way to give a secret to a request for that URL.
struct secret {
    const char* name;
    void (*put)(http::request& into);
};
void put_user(http::request& into) {
    into.url.insert(into.url.find("//") + 2, "CANARY:CANARY@");
}
const secret secrets[] = {
    {"Authorization", [](http::request& into) { into.fields.add("authorization", "CANARY"); }},
    {"Cookie", [](http::request& into) { into.fields.add("Cookie", "a=CANARY"); }},
    {"secrets", [](http::request& into) { into.secrets.add("X-Key", "CANARY"); }},
    {"bearer",
     [](http::request& into) {
         into.login = http::login{.password = "CANARY", .how = http::login::scheme::bearer};
     }},
    {"basic",
     [](http::request& into) {
         into.login = http::login{"CANARY", "CANARY", http::login::scheme::basic};
     }},
    {"login", [](http::request& into) { into.login = http::login{"CANARY", "CANARY"}; }},
    {"URL", put_user},
};

bool has_secret(const std::string& heard) {
    // Base64 of CANARY:CANARY
    return heard.find(canary) != std::string::npos ||
           heard.find("Q0FOQVJZOkNBTkFSWQ==") != std::string::npos;
}

/// Four origins: one, another port, another host, and one with TLS.
class secrets_of : public testing::Test {
 public:
    void run(io::task<> (secrets_of::*body)()) {
        io::loop loop(io::backend_kind::epoll);
        loop.run(all_of(body));
    }
    io::task<> all_of(io::task<> (secrets_of::*body)()) {
        for (witness* const each : {&home, &other_port, &other_host, &secure}) {
            io::task<> listening = each->listen();
            co_await std::move(listening);
        }
        auto all =
            io::all(home.run(), other_port.run(), other_host.run(), secure.run(), then_stop(body));
        co_await std::move(all);
    }
    io::task<> then_stop(io::task<> (secrets_of::*body)()) {
        io::task<> work = (this->*body)();
        co_await std::move(work);
        for (witness* const each : {&home, &other_port, &other_host, &secure})
            each->stop();
    }
    static http::client_options trusting() {
        http::client_options options;
        options.tls =
            tls::client_context(zocalo::tests::client_trusting(zocalo::tests::localhost()));
        return options;
    }
    static std::string by(int status, const std::string& to) {
        return "/" + std::to_string(status) + "?" + url::quote(to, "");
    }

    io::task<> try_matrix();
    io::task<> try_one(const secret& each, std::string target, witness& from);
    io::task<> try_down(const secret& each, std::string target);
    io::task<> try_logins();
    io::task<> try_netrc();
    io::task<> try_proxy();

    witness home{net::address::parse("127.0.0.1"), false};
    witness other_port{net::address::parse("127.0.0.1"), false};
    witness other_host{net::address::parse("127.0.0.2"), false};
    witness secure{net::address::parse("127.0.0.1"), true};
    http::client asks{trusting()};
};

io::task<> secrets_of::try_one(const secret& each, std::string target, witness& from) {
    for (witness* const one : {&home, &other_port, &other_host, &secure})
        one->heard.clear();
    http::request what{.url = from.origin() + target};
    each.put(what);
    io::task<http::response> asking = asks.request(what);
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.status, http::status::ok) << target;
    for (const http::hop& hop : got.hops)
        EXPECT_FALSE(has_secret(hop.url)) << hop.url;
    for (witness* const one : {&home, &other_port, &other_host, &secure}) {
        if (one == &from) continue;
        EXPECT_FALSE(has_secret(one->heard)) << each.name << target << "\n" << one->heard;
    }
}

/// From https to http nobody goes at all: what was asked for would be readable on the way.
io::task<> secrets_of::try_down(const secret& each, std::string target) {
    home.heard.clear();
    http::request what{.url = secure.origin() + target};
    what.fields.add("Referer", "https://private.example/");
    each.put(what);
    std::string said;
    try {
        io::task<http::response> asking = asks.request(what);
        const http::response got = co_await std::move(asking);
    } catch (const zocalo::protocol_error& error) {
        said = error.what();
    }
    EXPECT_THAT(said, HasSubstr("redirects from https to"));
    EXPECT_EQ(home.heard, "");
}

io::task<> secrets_of::try_matrix() {
    for (const secret& each : secrets) {
        for (const int status : {301, 302, 303, 307, 308}) {
            for (witness* const to : {&other_port, &other_host, &secure}) {
                io::task<> next = try_one(each, by(status, to->origin() + "/200"), home);
                co_await std::move(next);
                EXPECT_THAT(to->heard, HasSubstr("/200\n")) << each.name << status;
                if (to == &secure) continue;  // from there nobody goes back
                // and back again: what was lost stays lost
                home.heard.clear();
                next = try_one(each, by(status, to->origin() + by(status, home.origin() + "/200")),
                               home);
                co_await std::move(next);
                const std::size_t second = home.heard.find("/200\n");
                EXPECT_NE(second, std::string::npos);
                EXPECT_FALSE(has_secret(home.heard.substr(second))) << each.name << status;
            }
            io::task<> down = try_down(each, by(status, home.origin() + "/200"));
            co_await std::move(down);
        }
        // At home it is seen, before a redirect and behind it.
        const bool waits = std::string_view(each.name) == "login" || each.put == put_user;
        io::task<> stay = try_one(each, by(302, waits ? "/401" : "/200"), home);
        co_await std::move(stay);
        EXPECT_TRUE(has_secret(home.heard.substr(home.heard.find(waits ? "/401\n" : "/200\n"))))
            << each.name;
    }
}

TEST_F(secrets_of, a_request_stay_at_home) {
    run(&secrets_of::try_matrix);
}

/// Logins of the options are for their origins, wherever one comes from; an other one that asks for
/// a password is told nothing.
io::task<> secrets_of::try_logins() {
    http::client_options options = trusting();
    const url::origin at_other = url::origin::of(url::uri::parse(other_port.origin()));
    options.logins = {{at_other, {"CANARY", "CANARY"}}};
    http::client knows(options);
    io::task<http::response> asking =
        knows.get(home.origin() + by(302, other_port.origin() + "/401"));
    http::response got = co_await std::move(asking);
    EXPECT_EQ(got.status, http::status::ok);
    EXPECT_EQ(got.hops.size(), 3U);
    EXPECT_TRUE(has_secret(other_port.heard));
    EXPECT_FALSE(has_secret(home.heard));
    for (witness* const to : {&home, &other_host, &secure}) {
        asking = knows.get(other_port.origin() + by(302, to->origin() + "/401"));
        got = co_await std::move(asking);
        EXPECT_EQ(got.status, http::status::unauthorized);
        EXPECT_FALSE(has_secret(to->heard));
    }
    // What is known is said at once the next time.
    other_port.heard.clear();
    asking = knows.get(other_port.origin() + "/401");
    got = co_await std::move(asking);
    EXPECT_EQ(got.hops.size(), 1U);
    EXPECT_EQ(got.status, http::status::ok);
}

TEST_F(secrets_of, options_are_for_who_they_name) {
    run(&secrets_of::try_logins);
}

/// What the user's file knows is for the hosts that it names; its default entry is for who was
/// asked first.
io::task<> secrets_of::try_netrc() {
    http::client_options options = trusting();
    options.netrc = url::netrc::parse("machine 127.0.0.1 login CANARY password CANARY");
    http::client knows(options);
    for (witness* const to : {&home, &other_host}) {
        io::task<http::response> asking =
            knows.get((to == &home ? other_host : home).origin() + by(302, to->origin() + "/401"));
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.status, to == &home ? http::status::ok : http::status::unauthorized);
        EXPECT_EQ(has_secret(to->heard), to == &home);
    }
    options.netrc = url::netrc::parse("default login CANARY password CANARY");
    http::client has_default(options);
    home.heard.clear();
    other_host.heard.clear();
    io::task<http::response> asking =
        has_default.get(home.origin() + by(302, other_host.origin() + "/401"));
    http::response got = co_await std::move(asking);
    EXPECT_EQ(got.status, http::status::unauthorized);
    EXPECT_FALSE(has_secret(other_host.heard));
    asking = has_default.get(home.origin() + "/401");
    got = co_await std::move(asking);
    EXPECT_EQ(got.status, http::status::ok);
    EXPECT_TRUE(has_secret(home.heard));
    // As from `/dir` to `/dir/`; not when it comes back from somebody else.
    home.heard.clear();
    asking = has_default.get(home.origin() + by(301, home.origin() + "/401"));
    got = co_await std::move(asking);
    EXPECT_EQ(got.status, http::status::ok);
    EXPECT_TRUE(has_secret(home.heard));
    const std::string back = other_port.origin() + by(302, other_host.origin() + "/401");
    asking = has_default.get(home.origin() + by(302, back));
    got = co_await std::move(asking);
    EXPECT_EQ(got.status, http::status::unauthorized);
    has_default.close_resting();
}

TEST_F(secrets_of, netrc_are_for_the_hosts_in_it) {
    run(&secrets_of::try_netrc);
}

/// A proxy's user is told to the proxy; what is secret for an origin in TLS is not.
io::task<> secrets_of::try_proxy() {
    http::client_options options = trusting();
    options.proxies.http = io::proxy::parse("http://CANARY:CANARY@" +
                                            other_port.origin().substr(std::strlen("http://")));
    options.proxies.except = {"127.0.0.2"};
    http::client asks_proxy(options);
    // The proxy is the witness: it answers by itself, and sends on to somebody else.
    for (witness* const to : {&other_host, &secure}) {
        other_port.heard.clear();
        io::task<http::response> asking =
            asks_proxy.get("http://far.example" + by(307, to->origin() + "/200"));
        http::response got = co_await std::move(asking);
        EXPECT_EQ(got.status, http::status::ok);
        EXPECT_TRUE(has_secret(other_port.heard));
        EXPECT_THAT(to->heard, HasSubstr("/200\n"));
        EXPECT_FALSE(has_secret(to->heard)) << to->heard;
        // What the proxy asks for in the name of a server is not the proxy's user.
        asking = asks_proxy.get("http://far.example/401");
        got = co_await std::move(asking);
        EXPECT_EQ(got.status, http::status::unauthorized);
    }
    EXPECT_THAT(other_port.heard, Not(HasSubstr("\nAuthorization")));
    asks_proxy.close_resting();
}

TEST_F(secrets_of, a_proxy_s_user_is_for_the_proxy) {
    run(&secrets_of::try_proxy);
}

// --- Digest

/// Lets in who proves the password, with each nonce so often.
class doorman {
 public:
    explicit doorman(unsigned often) : often_(often) {}
    void answer(http::exchange& asked) {
        const auto shown =
            http::credentials::try_parse(asked.request().fields.get("Authorization"));
        const auto claim = shown ? http::digest_claim::try_parse(*shown) : std::nullopt;
        bool is_right = false;
        if (claim) {
            const std::string known = http::digest_secret(claim->algorithm, "Ada", "here", "love");
            is_right = claim->knows(known, asked.request().method.text()) &&
                       claim->target == asked.request().target;
        }
        const bool is_fresh = claim && claim->nonce == nonce() && claim->count == uses_ + 1;
        if (is_right && is_fresh && ++uses_ <= often_) return asked.reply("welcome");
        if (is_right) {
            ++number_;
            uses_ = 0;
        }
        http::digest_offer offer{.realm = "here", .nonce = {}, .is_stale = is_right};
        const std::string next = nonce();
        offer.nonce = next;
        for (const http::challenge& each : http::digest_challenges(offer))
            asked.response().fields.add("WWW-Authenticate", each.to_string());
        asked.reply(http::status::unauthorized);
    }

 private:
    [[nodiscard]] std::string nonce() const { return "nonce" + std::to_string(number_); }
    unsigned often_;
    unsigned number_ = 0;
    unsigned uses_ = 0;
};

io::task<> knock(http::client& asks, std::string where) {
    http::request what{.url = where + "/a?b"};
    what.login = http::login{"Ada", "love"};
    for (int i = 0; i < 7; ++i) {
        io::task<http::response> asking = asks.request(what);
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.content, "welcome") << i;
        EXPECT_EQ(got.hops.size(), i % 3 == 0 ? 2U : 1U) << i;  // asked, and when it was stale
    }
    what.login = http::login{"Ada", "hate"};
    io::task<http::response> asking = asks.request(what);
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.status, http::status::unauthorized);
    EXPECT_LE(got.hops.size(), 2U);
    asks.close_resting();
}

TEST(digest_login, is_proved_counted_and_renewed) {
    doorman door(3);
    http::site site;
    site.routes.get("/{path}", [&door](http::exchange& asked) { door.answer(asked); });
    serve::server running(site.handler());
    http::client asks;
    io::loop loop(io::backend_kind::epoll);
    loop.run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
        return knock(asks, "http://" + where.to_string());
    }));
}

}  // namespace
