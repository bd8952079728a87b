// SPDX-License-Identifier: MIT
// What a client with a store of HSTS says in clear: nothing, to those who do not want it.
#include <gmock/gmock.h>

#include <functional>
#include <memory>
#include <string>

#include "serve/dialogue.hpp"
#include "tls/ends.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/hsts_store.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/loop.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;

std::chrono::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

class client_hsts : public testing::Test {
 public:
    client_hsts() {
        site_.routes.get("/", [](http::exchange& asked) {
            asked.response().fields.set("Strict-Transport-Security", "max-age=1000");
            asked.reply("by " + std::string(asked.client().peer().tls ? "TLS" : "nothing"));
        });
        site_.routes.get("/to", [](http::exchange& asked) {
            asked.response().fields.set("Location", asked.query());
            asked.reply(http::status::found);
        });
        talk_ = site_.handler();
        http::client_options options;
        options.hsts = store;
        options.tls =
            tls::client_context(zocalo::tests::client_trusting(zocalo::tests::localhost()));
        asks = std::make_unique<http::client>(std::move(options));
    }
    /// Runs it beside a server that speaks TLS, or not.
    void with_server(bool is_secure, const std::function<io::task<>(std::string port)>& talk) {
        serve::server server(
            [this, is_secure](serve::connection& client) { return greet(client, is_secure); });
        io::loop loop;
        loop.run(zocalo::tests::with_server(server, [&](serve::server&, net::endpoint where) {
            return talk(std::to_string(where.port()));
        }));
    }
    void know_localhost() const { store->add({"localhost", today() + 1000s, false}, today()); }
    io::task<std::string> page(std::string url) {
        io::task<http::response> asking = asks->get(std::move(url));
        const http::response got = co_await std::move(asking);
        asks->close_resting();
        co_return got.url + " " + got.content;
    }

    std::shared_ptr<http::hsts_store> store = std::make_shared<http::hsts_store>();
    std::unique_ptr<http::client> asks;

 private:
    io::task<> greet(serve::connection& client, bool is_secure) {
        if (is_secure) {
            const tls::server_context context(zocalo::tests::server_as(zocalo::tests::localhost()));
            io::task<> securing = client.secure(context);
            co_await std::move(securing);
        }
        io::task<> talking = talk_(client);
        co_await std::move(talking);
    }

    http::site site_;
    serve::handler talk_;
};

TEST_F(client_hsts, asks_by_tls_where_that_is_wanted) {
    know_localhost();
    with_server(true, [this](std::string port) -> io::task<> {
        const std::string name = "localhost:" + port + "/";
        io::task<std::string> asking = page("http://" + name);
        const std::string got = co_await std::move(asking);
        EXPECT_EQ(got, "https://" + name + " by TLS");
        // A redirect to http:// there is none away from TLS.
        asking = page("https://" + name + "to?http://LOCALHOST.:" + port + "/");
        const std::string redirected = co_await std::move(asking);
        EXPECT_THAT(redirected, testing::EndsWith(" by TLS"));
        EXPECT_THAT(redirected, testing::StartsWith("https://"));
    });
}

TEST_F(client_hsts, learns_by_tls) {
    with_server(true, [this](std::string port) -> io::task<> {
        io::task<std::string> asking = page("https://localhost:" + port + "/");
        const std::string got = co_await std::move(asking);
        EXPECT_THAT(got, testing::EndsWith("by TLS"));
    });
    EXPECT_EQ(store->size(), 1U);
    EXPECT_EQ(store->all().at(0).host, "localhost");
}

TEST_F(client_hsts, believes_nothing_that_is_said_in_clear) {
    with_server(false, [this](std::string port) -> io::task<> {
        io::task<std::string> asking = page("http://localhost:" + port + "/");
        const std::string got = co_await std::move(asking);
        EXPECT_THAT(got, testing::EndsWith("by nothing"));
    });
    EXPECT_EQ(store->size(), 0U);
}

TEST_F(client_hsts, says_nothing_to_a_server_without_tls) {
    know_localhost();
    std::string heard;
    serve::server server([&heard](serve::connection& client) -> io::task<> {
        const io::chunk got = co_await client.stream().read();
        heard += got.text();
    });
    io::loop loop;
    loop.run(zocalo::tests::with_server(
        server, [this](serve::server&, net::endpoint where) -> io::task<> {
            bool has_failed = false;
            try {
                io::task<std::string> asking =
                    page("http://ada:secret@localhost:" + std::to_string(where.port()) + "/path");
                co_await std::move(asking);
            } catch (const std::system_error&) {
                has_failed = true;
            }
            EXPECT_TRUE(has_failed);
        }));
    EXPECT_THAT(heard, testing::StartsWith("\x16\x03"));  // the beginning of TLS
    EXPECT_THAT(heard, testing::Not(testing::HasSubstr("/path")));
}

TEST_F(client_hsts, leaves_addresses_alone) {
    know_localhost();
    with_server(false, [this](std::string port) -> io::task<> {
        io::task<std::string> asking = page("http://127.0.0.1:" + port + "/");
        const std::string got = co_await std::move(asking);
        EXPECT_THAT(got, testing::EndsWith("by nothing"));
    });
}

}  // namespace
