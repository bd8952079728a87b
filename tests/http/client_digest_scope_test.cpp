// SPDX-License-Identifier: MIT
// Digest with two proxies and three origins at once (C4): what one of them asks, and who is known
// to it, is for itself alone, in whatever order they are asked and redirected to.
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "serve/dialogue.hpp"
#include "zocalo/http/challenge.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace url = zocalo::url;
using testing::HasSubstr;
using testing::Not;

/// What belongs to one of them and must not be heard by another.
std::vector<std::string> marks_of(const std::string& name) {
    return {"user-" + name, "realm-" + name, "nonce-" + name, "password-" + name,
            http::basic_credentials("user-" + name, "password-" + name).to_string()};
}

/// Who asks for a proof: an origin, or a proxy.
class asker {
 public:
    asker(std::string name, bool is_proxy) : name_(std::move(name)), is_proxy_(is_proxy) {}

    /// Whether the request has the proof; else the response asks for it.
    bool lets_in(http::exchange& asked) {
        note(asked);
        const std::string_view shown =
            asked.request().fields.get(is_proxy_ ? "Proxy-Authorization" : "Authorization");
        if (is_proof(shown, asked.request().method.text())) return true;
        for (const http::challenge& each : challenges())
            asked.response().fields.add(is_proxy_ ? "Proxy-Authenticate" : "WWW-Authenticate",
                                        each.to_string());
        asked.reply(is_proxy_ ? http::status::proxy_authentication_required
                              : http::status::unauthorized);
        return false;
    }
    /// A proxy that makes no tunnels for anybody.
    io::task<> refuse_tunnels(serve::connection& client) {
        std::string head;
        while (head.find("\r\n\r\n") == std::string::npos) {
            const io::chunk got = co_await client.stream().read();
            if (got.empty()) co_return;
            head += got.text();
        }
        heard += head;
        constexpr std::string_view field = "Proxy-Authorization: ";
        const std::size_t at = head.find(field);
        const std::string shown = at == std::string::npos ? "" : head.substr(at + field.size());
        const std::string answer = is_proof(shown.substr(0, shown.find('\r')), "CONNECT")
                                       ? "HTTP/1.1 403 No\r\n\r\n"
                                       : question();
        co_await client.stream().write(answer);
    }
    /// Heads that it heard.
    std::string heard;
    [[nodiscard]] unsigned proofs() const noexcept { return count_; }

 private:
    void note(const http::exchange& asked) {
        heard += asked.request().target + "\n";
        for (const http::field each : asked.request().fields) {
            if (!is_proxy_ && each.name == "Proxy-Authorization") continue;  // the proxy took it
            if (is_proxy_ && each.name == "Authorization") continue;         // is passed on
            heard.append(each.name).append(": ").append(each.value) += '\n';
        }
    }
    bool is_proof(std::string_view shown, std::string_view method) {
        const auto parsed = http::credentials::try_parse(shown);
        const auto claim = parsed ? http::digest_claim::try_parse(*parsed) : std::nullopt;
        if (!claim || claim->nonce != "nonce-" + name_ || claim->user != "user-" + name_)
            return false;
        const std::string known = http::digest_secret(claim->algorithm, "user-" + name_,
                                                      "realm-" + name_, "password-" + name_);
        return claim->knows(known, method) && claim->count == ++count_;
    }
    [[nodiscard]] std::vector<http::challenge> challenges() const {
        const std::string realm = "realm-" + name_;
        const std::string nonce = "nonce-" + name_;
        return http::digest_challenges({.realm = realm, .nonce = nonce});
    }
    [[nodiscard]] std::string question() const {
        std::string text = "HTTP/1.1 407 Who are you?\r\nContent-Length: 0\r\n";
        for (const http::challenge& each : challenges())
            text += "Proxy-Authenticate: " + each.to_string() + "\r\n";
        return text + "\r\n";
    }

    std::string name_;
    bool is_proxy_;
    std::uint32_t count_ = 0;
};

/// Two proxies which are what lies behind them, and an origin that is asked directly.
class scope_of_digests : public testing::Test {
 protected:
    static constexpr std::string_view names[] = {"first-proxy", "second-proxy", "one.example",
                                                 "two.example", "127.0.0.1"};
    scope_of_digests() {
        for (const std::string_view each : names)
            all_.emplace(each, asker(std::string(each), each.ends_with("proxy")));
    }
    void add_routes(http::site& to, const std::string& proxy) {
        to.routes.get("/{path}", [this, proxy](http::exchange& asked) {
            if (!proxy.empty() && !of(proxy).lets_in(asked)) return;
            const std::string host(asked.authority());
            if (!of(host.substr(0, host.find(':'))).lets_in(asked)) return;
            if (asked.query().empty()) return asked.reply("in");
            asked.response().fields.set("Location", url::unquote(asked.query()));
            asked.reply(http::status::temporary_redirect);
        });
    }
    asker& of(const std::string& name) { return all_.at(name); }

    /// The client's options, when the two proxies and the origin listen there.
    static http::client_options options(const std::vector<net::endpoint>& where) {
        http::client_options made;
        made.proxies.http = proxy("first-proxy", where[0]);
        made.proxies.https = proxy("second-proxy", where[1]);
        made.proxies.except = {"127.0.0.1"};
        for (const std::string& each : {std::string("http://one.example"),
                                        std::string("http://two.example"), direct(where)}) {
            const url::uri parsed = url::uri::parse(each);
            const std::string name(parsed.host());
            made.logins.push_back({url::origin::of(parsed), {"user-" + name, "password-" + name}});
        }
        return made;
    }
    static io::proxy proxy(const std::string& name, const net::endpoint& where) {
        io::proxy made = io::proxy::parse("http://" + where.to_string());
        made.user = "user-" + name;
        made.password = "password-" + name;
        return made;
    }
    static std::string direct(const std::vector<net::endpoint>& where) {
        return "http://" + where[2].to_string();
    }
    io::task<> ask(std::vector<net::endpoint> where) {
        http::client asks(options(where));
        const std::string here = direct(where);
        const std::string one = "http://one.example/a";
        const std::string two = "http://two.example/b";
        const auto to = [](const std::string& from, const std::string& next) {
            return from + "?" + url::quote(next, "");
        };
        for (int round = 0; round < 2; ++round) {
            for (const std::string& each :
                 {one, two, here + "/c", to(one, two), to(two, here + "/d"), to(here + "/e", one),
                  to(one, to(here + "/f", to(two, one)))}) {
                io::task<http::response> asking = asks.get(each);
                const http::response got = co_await std::move(asking);
                EXPECT_EQ(got.content, "in") << each;
            }
            try {  // a tunnel, which this proxy does not make
                io::task<http::response> asking = asks.get("https://one.example/");
                const http::response got = co_await std::move(asking);
                ADD_FAILURE() << "it made one";
            } catch (const std::system_error&) {
            }
        }
        asks.close_resting();
    }
    io::task<> with_all(serve::server& first, serve::server& second, serve::server& third) {
        std::vector<net::endpoint> where;
        const auto last = [&](serve::server&, net::endpoint at) {
            where.push_back(std::move(at));
            return ask(where);
        };
        const auto middle = [&](serve::server&, net::endpoint at) {
            where.push_back(std::move(at));
            return zocalo::tests::with_server(third, last);
        };
        const auto outer = [&](serve::server&, net::endpoint at) {
            where.push_back(std::move(at));
            return zocalo::tests::with_server(second, middle);
        };
        io::task<> running = zocalo::tests::with_server(first, outer);
        co_await std::move(running);
    }

    std::map<std::string, asker, std::less<>> all_;
};

TEST_F(scope_of_digests, each_hears_its_own) {
    http::site first;
    http::site third;
    add_routes(first, "first-proxy");
    add_routes(third, "");
    serve::server one(first.handler());
    serve::server two(
        [this](serve::connection& client) { return of("second-proxy").refuse_tunnels(client); });
    serve::server three(third.handler());
    io::loop loop(io::backend_kind::epoll);
    loop.run(with_all(one, two, three));
    for (const auto& [name, each] : all_) {
        EXPECT_THAT(each.heard, HasSubstr("user-" + name));
        EXPECT_THAT(each.heard, Not(HasSubstr("password-"))) << name;
        EXPECT_GE(each.proofs(), 2U) << name;
        for (const std::string_view other : names) {
            if (other == name) continue;
            for (const std::string& mark : marks_of(std::string(other)))
                EXPECT_THAT(each.heard, Not(HasSubstr(mark))) << name;
        }
    }
}

}  // namespace
