// SPDX-License-Identifier: MIT
// Every way to a TLS stream, with every kind of certificate that is no good: none may lead there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tls/outcome.hpp"
#include "tls/pki.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/tls/dial.hpp"
#include "zocalo/tls/upgrade.hpp"

namespace {

using namespace zocalo::tests;
using testing::HasSubstr;
namespace io = zocalo::io;
namespace tls = zocalo::tls;

const std::string host = "shop.example";

const issued& root() {
    static const issued made(authority_called("root"));
    return made;
}

// --- Certificates

struct card {
    const char* about;
    tls::credentials shown;
    const char* refusal;
};

plan for_shop() {
    return server_for("DNS:" + host);
}

plan for_shop_between(long from, long until) {
    plan made = for_shop();
    made.from = from;
    made.until = until;
    return made;
}

plan for_shop_with(const char* purpose) {
    plan made = for_shop();
    made.with.back().second = purpose;
    return made;
}

plan with_broken_signature() {
    plan made = for_shop();
    made.breaks_signature = true;
    return made;
}

tls::credentials by_root(const plan& what) {
    return issued(what, &root()).shown_with();
}

const std::vector<card>& bad_cards() {
    constexpr long day = 86400;
    static const issued stranger(authority_called("stranger"));
    static const std::vector<card> all = {
        {"another name", by_root(server_for("DNS:shop.example.org")), "and not for"},
        {"over", by_root(for_shop_between(-2 * day, -day)), "expired"},
        {"not yet", by_root(for_shop_between(day, 2 * day)), "not yet valid"},
        {"nobody's", issued(for_shop()).shown_with(), "self-signed"},
        {"a stranger's", issued(for_shop(), &stranger).shown_with(), "issuer certificate"},
        {"for clients", by_root(for_shop_with("clientAuth")), "purpose"},
        {"forged", by_root(with_broken_signature()), "signature"},
    };
    return all;
}

// --- Ways, as the client and as the server

tls::client_context shopper() {
    tls::client_options options;
    options.trust.authorities = {root().certificate()};
    return tls::client_context(options);
}

struct way {
    const char* name;
    io::task<io::stream> (*there)(io::stream line);
    io::task<io::stream> (*here)(io::stream line, tls::server_context shop);
};

io::task<io::stream> connect(io::stream line) {
    return tls::connect(std::move(line), shopper(), host);
}

io::task<io::stream> accept(io::stream line, tls::server_context shop) {
    return tls::accept(std::move(line), std::move(shop));
}

io::task<io::stream> start_tls(io::stream line) {
    io::reader from(line);
    co_await line.write("STARTTLS\r\n");
    const auto reply = co_await from.read_until("\r\n", 100);
    EXPECT_EQ(reply, "220 go ahead");
    co_await tls::upgrade(line, from, shopper(), host);
    co_return line;
}

io::task<io::stream> await_start_tls(io::stream line, tls::server_context shop) {
    io::reader from(line);
    const auto asked = co_await from.read_until("\r\n", 100);
    EXPECT_EQ(asked, "STARTTLS");
    co_await line.write("220 go ahead\r\n");
    co_await tls::upgrade(line, from, std::move(shop));
    co_return line;
}

tls::dial_options dialling() {
    tls::dial_options options;
    options.tls = shopper();
    return options;
}

io::task<io::stream> dial_over(io::stream line) {
    return tls::dial_over(std::move(line), {host, "443"}, dialling());
}

/// A host of any name, which has to prove to be the shop.
io::task<io::stream> dial_with_server_name(io::stream line) {
    tls::dial_options options = dialling();
    options.server_name = host;
    return tls::dial_over(std::move(line), {"elsewhere.example", "443"}, options);
}

constexpr auto http = io::proxy::protocol::http;
constexpr auto https = io::proxy::protocol::https;

io::task<io::stream> dial_through_proxy(io::stream line) {
    tls::dial_options options = dialling();
    options.proxies = {{.kind = http, .host = "proxy.example", .port = 3128}};
    return tls::dial_over(std::move(line), {host, "443"}, options);
}

io::task<io::stream> dial_through_secure_proxy(io::stream line) {
    tls::dial_options options = dialling();
    options.proxies = {{.kind = https, .host = "localhost", .port = 3128}};
    options.proxy_tls = tls::client_context(client_trusting(localhost()));
    return tls::dial_over(std::move(line), {host, "443"}, options);
}

/// A proxy that is the host behind it, too.
io::task<io::stream> be_proxy(io::stream line, tls::server_context shop) {
    io::reader from(line);
    const auto asked = co_await from.read_until("\r\n\r\n", 1000);
    EXPECT_THAT(std::string(asked.value_or("")), HasSubstr("CONNECT shop.example:443 "));
    co_await line.write("HTTP/1.1 200 OK\r\n\r\n");
    io::task<io::stream> handshake = tls::accept(std::move(line), std::move(shop));
    co_return co_await std::move(handshake);
}

io::task<io::stream> be_secure_proxy(io::stream line, tls::server_context shop) {
    const tls::server_context proxy(server_as(localhost()));
    io::task<io::stream> handshake = tls::accept(std::move(line), proxy);
    io::stream client = co_await std::move(handshake);
    io::task<io::stream> behind = be_proxy(std::move(client), std::move(shop));
    co_return co_await std::move(behind);
}

const way ways[] = {
    {"connect", connect, accept},
    {"upgrade", start_tls, await_start_tls},
    {"dial", dial_over, accept},
    {"dial by another name", dial_with_server_name, accept},
    {"dial through a proxy", dial_through_proxy, be_proxy},
    {"dial through a proxy of https", dial_through_secure_proxy, be_secure_proxy},
};

// --- All of one with all of the other

class certificates : public in_every_world {
 protected:
    outcome go(const way& by, const tls::credentials& shown) {
        tls::server_options shop = server_as(shown);
        shop.ciphers = "DEFAULT:@SECLEVEL=0";  // this server shows whatever it has
        return run(try_way(by, tls::server_context(shop)));
    }

 private:
    static io::task<outcome> try_way(const way& by, tls::server_context shop) {
        auto [ours, theirs] = io::stream::pair();
        outcome came;
        co_await io::all(
            try_end(by.there(std::move(ours)), came.client, came.client_says),
            try_end(by.here(std::move(theirs), std::move(shop)), came.server, came.server_says));
        co_return came;
    }
};

/// The alert, or the end of a connection that was closed behind it before all was read.
bool has_heard_no(const std::error_code& error) {
    return error == tls::errc::refused_by_peer || error == std::errc::connection_reset;
}

TEST_P(certificates, that_are_good_are_taken_on_every_way) {
    for (const way& by : ways) {
        const outcome came = go(by, by_root(for_shop()));
        EXPECT_TRUE(came.is_agreed())
            << by.name << ": " << came.client_says << "; " << came.server_says;
    }
}

TEST_P(certificates, that_are_bad_are_refused_on_every_way) {
    for (const way& by : ways) {
        for (const card& each : bad_cards()) {
            SCOPED_TRACE(std::string(by.name) + ": " + each.about);
            const outcome came = go(by, each.shown);
            EXPECT_EQ(came.client, tls::errc::certificate_refused) << came.client_says;
            EXPECT_THAT(came.client_says, HasSubstr(each.refusal));
            EXPECT_TRUE(has_heard_no(came.server)) << came.server_says;
        }
    }
}

/// The proxy itself: whoever it is, it is told nothing.
TEST_P(certificates, of_the_proxy_have_to_be_good_too) {
    const auto never_asked = [](io::stream line, tls::server_context proxy) {
        return tls::accept(std::move(line), std::move(proxy));
    };
    const way to_a_bad_proxy{"a bad proxy", dial_through_secure_proxy, never_asked};
    for (const card& each : bad_cards()) {
        SCOPED_TRACE(each.about);
        const outcome came = go(to_a_bad_proxy, each.shown);
        EXPECT_EQ(came.client, tls::errc::certificate_refused) << came.client_says;
        EXPECT_THAT(came.client_says, HasSubstr("localhost"));
        EXPECT_TRUE(has_heard_no(came.server)) << came.server_says;
    }
}

ZOCALO_IN_EVERY_WORLD(certificates);

// --- Over a connection of dial's own

io::task<> greet_visitors(io::listener& at, tls::server_context shop, outcome& came) {
    io::stream line = co_await at.accept();
    io::task<io::stream> handshake = tls::accept(std::move(line), std::move(shop));
    co_await try_end(std::move(handshake), came.server, came.server_says);
}

io::task<outcome> visit(tls::credentials shown) {
    const zocalo::net::endpoint any(zocalo::net::address::loopback_v4(), 0);
    io::listener door = co_await io::listen(any);
    tls::dial_options options = dialling();
    options.server_name = host;
    const zocalo::net::endpoint where = door.local_endpoint();
    const zocalo::net::host_port at(where.ip().to_string(), std::to_string(where.port()));
    outcome came;
    co_await io::all(try_end(tls::dial(at, options), came.client, came.client_says),
                     greet_visitors(door, tls::server_context(server_as(std::move(shown))), came));
    co_return came;
}

TEST_P(certificates, are_judged_where_dial_makes_the_connection) {
    const outcome good = run(visit(by_root(for_shop())));
    EXPECT_TRUE(good.is_agreed()) << good.client_says << "; " << good.server_says;
    for (const card& each : bad_cards()) {
        SCOPED_TRACE(each.about);
        const outcome came = run(visit(each.shown));
        EXPECT_EQ(came.client, tls::errc::certificate_refused) << came.client_says;
        EXPECT_THAT(came.client_says, HasSubstr(each.refusal));
    }
}

}  // namespace
