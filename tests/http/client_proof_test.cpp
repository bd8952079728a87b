// SPDX-License-Identifier: MIT
// Digest in both directions: to proxies that make tunnels, and what servers prove in their turn.
#include <gmock/gmock.h>

#include <string>
#include <utility>

#include "serve/dialogue.hpp"
#include "tls/ends.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/reader.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using testing::ElementsAre;
using testing::HasSubstr;

/// How the value of a field ends the lines of a head.
std::string value_of(const std::string& head, std::string_view name) {
    const auto at = head.find(name);
    if (at == std::string::npos) return "";
    const auto begin = at + name.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

/// A proxy that lets in by Digest only, and is what it makes a tunnel to, all in one.
class gatekeeper {
 public:
    gatekeeper() {
        site_.routes.get("/{path}", [this](http::exchange& asked) {
            leaked_ |= asked.request().fields.contains("Proxy-Authorization");
            asked.reply("inside");
        });
        talk_ = site_.handler();
    }

    io::task<> greet(serve::connection& client) {
        std::string head;
        while (head.find("\r\n\r\n") == std::string::npos) {
            const io::chunk got = co_await client.stream().read();
            if (got.empty()) co_return;
            head += got.text();
        }
        const bool is_let_in = admits(head);
        const std::string answer = is_let_in ? "HTTP/1.1 200 OK\r\n\r\n" : refusal();
        co_await client.stream().write(answer);
        if (!is_let_in) co_return;
        const tls::server_context context(zocalo::tests::server_as(zocalo::tests::localhost()));
        io::task<> securing = client.secure(context);
        co_await std::move(securing);
        io::task<> talking = talk_(client);
        co_await std::move(talking);
    }

    /// What each CONNECT was told: `Basic`, `1` for the first use of a nonce, `2` for the second.
    std::vector<std::string> told;
    [[nodiscard]] bool has_leaked() const noexcept { return leaked_; }
    void renew() noexcept { ++number_; }

 private:
    bool admits(const std::string& head) {
        const std::string target = head.substr(8, head.find(' ', 8) - 8);
        const auto shown = http::credentials::try_parse(value_of(head, "Proxy-Authorization: "));
        const auto claim = shown ? http::digest_claim::try_parse(*shown) : std::nullopt;
        told.push_back(claim ? std::to_string(claim->count) : shown ? shown->scheme : "nothing");
        if (!claim || !head.starts_with("CONNECT ") || claim->target != target) return false;
        const std::string known = http::digest_secret(claim->algorithm, "Ada", "gate", "love");
        knew_it_ = claim->knows(known, "CONNECT");
        return knew_it_ && claim->nonce == nonce();
    }
    [[nodiscard]] std::string refusal() {
        const std::string fresh = nonce();
        const http::digest_offer offer{.realm = "gate", .nonce = fresh, .is_stale = knew_it_};
        std::string text = "HTTP/1.1 407 Who are you?\r\nContent-Length: 0\r\n";
        for (const http::challenge& each : http::digest_challenges(offer))
            text += "proxy-Authenticate: " + each.to_string() + "\r\n";
        return text + "\r\n";
    }
    [[nodiscard]] std::string nonce() const { return "nonce" + std::to_string(number_); }

    http::site site_;
    serve::handler talk_;
    bool knew_it_ = false;
    bool leaked_ = false;
    unsigned number_ = 0;
};

http::client_options through(const net::endpoint& proxy, std::string password) {
    http::client_options options;
    options.tls = tls::client_context(zocalo::tests::client_trusting(zocalo::tests::localhost()));
    options.proxies.https = io::proxy::parse("http://Ada@" + proxy.to_string());
    options.proxies.https->password = std::move(password);
    return options;
}

io::task<std::string> fetch(http::client& asks) {
    std::string came;
    try {
        io::task<http::response> asking = asks.get("https://localhost/a");
        const http::response got = co_await std::move(asking);
        came = got.content;
    } catch (const std::system_error& error) {
        came = error.what();
    }
    asks.close_resting();
    co_return came;
}

io::task<> pass(gatekeeper& gate, net::endpoint where) {
    http::client asks(through(where, "love"));
    for (int i = 0; i < 3; ++i) {
        if (i == 2) gate.renew();
        io::task<std::string> asking = fetch(asks);
        const std::string came = co_await std::move(asking);
        EXPECT_EQ(came, "inside") << i;
    }
    EXPECT_THAT(gate.told, ElementsAre("Basic", "1", "2", "3", "1"));
    gate.told.clear();
    http::client wrong(through(where, "hate"));
    io::task<std::string> asking = fetch(wrong);
    const std::string came = co_await std::move(asking);
    EXPECT_THAT(came, HasSubstr("407 Who are you?"));
    EXPECT_THAT(gate.told, ElementsAre("Basic", "1"));
    EXPECT_FALSE(gate.has_leaked());
}

TEST(proof, is_given_to_proxies_that_make_a_tunnel) {
    gatekeeper gate;
    serve::server running([&gate](serve::connection& client) { return gate.greet(client); });
    io::loop loop(io::backend_kind::epoll);
    loop.run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
        return pass(gate, std::move(where));
    }));
}

// --- Authentication-Info

/// Proves the password, or some other one, and says which nonce is next.
struct prover {
    std::string password = "love";
    std::string next;
    std::string nonce = "first";
    std::vector<std::string> seen;  ///< nonces and how often

    void answer(http::exchange& asked) {
        const auto shown =
            http::credentials::try_parse(asked.request().fields.get("Authorization"));
        const auto claim = shown ? http::digest_claim::try_parse(*shown) : std::nullopt;
        if (!claim || claim->nonce != nonce) {
            const http::digest_offer offer{.realm = "here",
                                           .nonce = nonce,
                                           .algorithms = {http::digest_algorithm::sha256_sess}};
            for (const http::challenge& each : http::digest_challenges(offer))
                asked.response().fields.add("WWW-Authenticate", each.to_string());
            return asked.reply(http::status::unauthorized);
        }
        seen.push_back(claim->nonce + " " + std::to_string(claim->count));
        const std::string secret = http::digest_secret(claim->algorithm, "Ada", "here", password);
        std::string info = claim->answer(secret);
        if (!next.empty()) info += ", nextnonce=\"" + next + '"';
        if (!next.empty()) nonce = next;
        asked.response().fields.set("Authentication-Info", info);
        asked.reply("welcome");
    }
};

io::task<std::string> knock(http::client& asks, std::string where) {
    http::request what{.url = where + "/a?b"};
    what.login = http::login{"Ada", "love"};
    std::string came;
    try {
        io::task<http::response> asking = asks.request(what);
        const http::response got = co_await std::move(asking);
        came = got.content + std::to_string(got.hops.size());
    } catch (const zocalo::protocol_error& error) {
        came = error.what();
    }
    co_return came;
}

io::task<> hear_proofs(prover& door, std::string where) {
    http::client asks;
    const std::vector<std::pair<std::string, std::string>> steps{
        {"", "welcome2"}, {"", "welcome1"}, {"second", "welcome1"}, {"", "welcome1"}};
    for (const auto& [next, expected] : steps) {
        door.next = next;
        io::task<std::string> knocking = knock(asks, where);
        const std::string came = co_await std::move(knocking);
        EXPECT_EQ(came, expected);
    }
    EXPECT_THAT(door.seen, ElementsAre("first 1", "first 2", "first 3", "second 1"));
    door.password = "guessed";
    io::task<std::string> knocking = knock(asks, where);
    const std::string came = co_await std::move(knocking);
    EXPECT_THAT(came, HasSubstr("does not know the password"));
    asks.close_resting();
}

TEST(proof, is_wanted_of_servers_that_give_one) {
    prover door;
    http::site site;
    site.routes.get("/{path}", [&door](http::exchange& asked) { door.answer(asked); });
    serve::server running(site.handler());
    io::loop loop(io::backend_kind::epoll);
    loop.run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
        return hear_proofs(door, "http://" + where.to_string());
    }));
}

}  // namespace
