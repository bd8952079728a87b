// SPDX-License-Identifier: MIT
// A client whose connections are all to one Unix socket.
#include <gmock/gmock.h>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "support/folder.hpp"
#include "tls/ends.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using testing::ElementsAre;
using testing::HasSubstr;

/// A site at a Unix socket, in TLS if it is asked for.
class client_unix : public zocalo::tests::in_every_world {
 public:
    client_unix() {
        site.routes.get("/", [this](http::exchange& asked) {
            peers.push_back(asked.client().peer().to_string());
            asked.reply(std::string(asked.authority()));
        });
        site.routes.get("/away", [](http::exchange& asked) {
            asked.response().fields.set("Location", "http://elsewhere.example/");
            asked.reply(http::status::found);
        });
        talk_ = site.handler();
    }

    io::task<> greet(serve::connection& from) {
        ++connections;
        if (secure) {
            io::task<> securing = from.secure(*secure);
            co_await std::move(securing);
        }
        io::task<> talking = talk_(from);
        co_await std::move(talking);
    }

    using body = io::task<> (client_unix::*)();
    io::task<> served(serve::server& running, body what) {
        io::task<net::endpoint> listening = running.listen(at);
        (void)co_await std::move(listening);
        io::task<> both = zocalo::tests::beside(running, (this->*what)());
        co_await std::move(both);
    }
    void visit(body what) {
        serve::server running([this](serve::connection& from) { return greet(from); });
        run(served(running, what));
    }

    [[nodiscard]] http::client_options options() const {
        http::client_options how;
        how.unix_socket = at;
        return how;
    }
    io::task<std::string> get(http::client& asks, std::string url) {
        io::task<http::response> asking = asks.get(std::move(url));
        const http::response got = co_await std::move(asking);
        co_return got.content;
    }

    io::task<> get_from_hosts();
    io::task<> follow();
    io::task<> speak_2();
    io::task<> speak_tls();

    zocalo::tests::folder own;
    net::endpoint at = net::endpoint::local(own.file("http"));
    http::site site;
    std::optional<tls::server_context> secure;
    std::size_t connections = 0;
    std::vector<std::string> peers;

 private:
    serve::handler talk_;
};

/// Names are not looked up, and what was made for one host is not another's.
io::task<> client_unix::get_from_hosts() {
    http::client asks(options());
    for (const std::string host : {"one.example", "one.example", "two.example:81"}) {
        io::task<std::string> getting = get(asks, "http://" + host + "/");
        const std::string said = co_await std::move(getting);
        EXPECT_EQ(said, host);
    }
    EXPECT_EQ(connections, 2U);
}

TEST_P(client_unix, asks_any_host_there) {
    visit(&client_unix::get_from_hosts);
    EXPECT_THAT(peers, testing::Each(HasSubstr("pid ")));
}

io::task<> client_unix::follow() {
    http::client asks(options());
    io::task<http::response> asking = asks.get("http://here.example/away");
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.url, "http://elsewhere.example/");
    EXPECT_EQ(got.content, "elsewhere.example");
    EXPECT_EQ(got.hops.back().peer, at);
}

TEST_P(client_unix, stays_there_when_it_is_redirected) {
    visit(&client_unix::follow);
    EXPECT_EQ(peers.size(), 1U);
}

io::task<> client_unix::speak_2() {
    http::client_options how = options();
    how.versions = http::versions::http_2;
    http::client asks(std::move(how));
    io::task<std::string> one = get(asks, "http://one.example/");
    io::task<std::string> two = get(asks, "http://one.example/");
    co_await io::all(std::move(one), std::move(two));
    EXPECT_EQ(connections, 1U);
    asks.close_resting();
}

TEST_P(client_unix, speaks_http_2) {
    visit(&client_unix::speak_2);
    EXPECT_EQ(peers.size(), 2U);
}

io::task<> client_unix::speak_tls() {
    http::client_options how = options();
    how.tls = tls::client_context(zocalo::tests::client_trusting(zocalo::tests::localhost()));
    http::client asks(std::move(how));
    io::task<http::response> asking = asks.get("https://localhost/");
    const http::response got = co_await std::move(asking);
    EXPECT_EQ(got.content, "localhost");
    EXPECT_EQ(got.version, http::version::http_2);
    io::task<http::response> wrong = asks.get("https://other.example/");
    std::string why;
    try {
        (void)co_await std::move(wrong);
    } catch (const std::system_error& error) {
        why = error.what();
    }
    EXPECT_THAT(why, HasSubstr("other.example"));
    asks.close_resting();
}

TEST_P(client_unix, speaks_tls_with_who_was_asked_for) {
    tls::server_options as = zocalo::tests::server_as(zocalo::tests::localhost());
    as.alpn = {"h2", "http/1.1"};
    secure.emplace(as);
    visit(&client_unix::speak_tls);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(client_unix);

TEST(client_unix_socket, that_is_not_there_is_told) {
    const zocalo::tests::folder own;
    http::client_options how;
    how.unix_socket = net::endpoint::local(own.file("none"));
    http::client asks(how);
    try {
        (void)asks.get("http://localhost/").get();
        FAIL() << "connected";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_THAT(error.what(), HasSubstr(own.file("none")));
    }
}

TEST(client_unix_socket, goes_with_no_proxy) {
    http::client_options how;
    how.unix_socket = net::endpoint::abstract("zocalo");
    how.proxies.http = io::proxy::parse("http://127.0.0.1:3128");
    EXPECT_THROW(http::client{how}, std::invalid_argument);
    how.proxies = {};
    how.unix_socket = net::endpoint(net::address::loopback_v4(), 80);
    EXPECT_THROW(http::client{how}, std::invalid_argument);
}

}  // namespace
