// SPDX-License-Identifier: MIT
// A client's certificate, over each kind of redirect: no other origin ever sees it.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "serve/dialogue.hpp"
#include "tls/ends.hpp"
#include "tls/pki.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
namespace url = zocalo::url;
using testing::ElementsAre;

/// Asks every client who it is, says that, and redirects to what a query says: `/301?URL`.
class doorman {
 public:
    /// `name`: the host in its URLs.
    doorman(std::string name, tls::server_options how)
        : name_(std::move(name)), context_(std::move(how)) {
        site_.routes.get("/{status}", [this](http::exchange& asked) { answer(asked); });
        talk_ = site_.handler();
    }
    io::task<> listen() {
        io::task<net::endpoint> listening =
            server_.listen(net::endpoint(net::address::parse("127.0.0.1"), 0));
        const net::endpoint where = co_await std::move(listening);
        origin_ = "https://" + name_ + ':' + std::to_string(where.port());
    }
    io::task<> run() { return server_.run(); }
    void stop() noexcept { server_.stop_now(); }
    [[nodiscard]] const std::string& origin() const { return origin_; }
    [[nodiscard]] url::origin where() const { return url::origin::of(url::uri::parse(origin_)); }
    std::vector<std::string> seen;  ///< a client for each request

 private:
    void answer(http::exchange& asked) {
        const tls::info& client = *asked.client().peer().tls;
        seen.push_back(client.verified ? client.certificate.subject() : "nobody");
        const auto status = static_cast<std::uint16_t>(std::stoi(asked.parameter("status")));
        if (status / 100 == 3) asked.response().fields.set("Location", url::unquote(asked.query()));
        asked.reply(http::status{status});
    }
    io::task<> greet(serve::connection& client) {
        io::task<> securing = client.secure(context_);
        co_await std::move(securing);
        io::task<> talking = talk_(client);
        co_await std::move(talking);
    }

    std::string name_;
    tls::server_context context_;
    http::site site_;
    serve::handler talk_;
    std::string origin_;
    serve::server server_{[this](serve::connection& client) { return greet(client); }};
};

/// Three origins of servers that ask, one of them speaks HTTP/2.
class certificates_of : public testing::Test {
 public:
    void run(io::task<> (certificates_of::*body)()) {
        io::loop loop(io::backend_kind::epoll);
        loop.run(all_of(body));
    }
    io::task<> all_of(io::task<> (certificates_of::*body)()) {
        for (doorman* const each : {&home, &other_port, &other_host}) {
            io::task<> listening = each->listen();
            co_await std::move(listening);
        }
        auto all = io::all(home.run(), other_port.run(), other_host.run(), then_stop(body));
        co_await std::move(all);
    }
    io::task<> then_stop(io::task<> (certificates_of::*body)()) {
        io::task<> work = (this->*body)();
        co_await std::move(work);
        for (doorman* const each : {&home, &other_port, &other_host})
            each->stop();
    }
    static const zocalo::tests::issued& root() {
        static const zocalo::tests::issued made(zocalo::tests::authority_called("root"));
        return made;
    }
    static tls::server_options asking(std::vector<std::string> alpn) {
        tls::server_options options = zocalo::tests::server_as(zocalo::tests::localhost());
        options.client_certificates = tls::client_certificates::optional;
        options.trust.authorities = {root().certificate()};
        options.alpn = std::move(alpn);
        return options;
    }
    static http::client_options as_ada() {
        tls::client_options how = zocalo::tests::client_trusting(zocalo::tests::localhost());
        zocalo::tests::plan made;
        made.subject = "Ada";
        made.with[2].second = "clientAuth";
        how.credentials = zocalo::tests::issued(made, &root()).shown_with();
        http::client_options options;
        options.tls = tls::client_context(how);
        return options;
    }
    void forget() {
        for (doorman* const each : {&home, &other_port, &other_host})
            each->seen.clear();
    }
    static std::string by(int status, const std::string& to) {
        return "/" + std::to_string(status) + "?" + url::quote(to, "");
    }
    static io::task<> ask(http::client& by, std::string url) {
        io::task<http::response> asking = by.get(std::move(url));
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.status, http::status::ok) << got.url;
    }

    io::task<> try_redirects();
    io::task<> try_connections();
    io::task<> try_names();

    doorman home{"127.0.0.1", asking({"h2", "http/1.1"})};
    doorman other_port{"127.0.0.1", asking({"http/1.1"})};
    doorman other_host{"localhost", asking({"h2", "http/1.1"})};
    http::client ada{as_ada()};
};

io::task<> certificates_of::try_redirects() {
    for (const int status : {301, 302, 303, 307, 308}) {
        for (doorman* const to : {&other_port, &other_host}) {
            forget();
            const std::string back = to->origin() + by(status, home.origin() + "/200");
            io::task<> asking = ask(ada, home.origin() + by(status, back));
            co_await std::move(asking);
            // What was lost stays lost, also behind the way back.
            EXPECT_THAT(home.seen, ElementsAre("CN=Ada", "nobody")) << status;
            EXPECT_THAT(to->seen, ElementsAre("nobody")) << status;
        }
        forget();
        io::task<> staying = ask(ada, home.origin() + by(status, "/200"));
        co_await std::move(staying);
        EXPECT_THAT(home.seen, ElementsAre("CN=Ada", "CN=Ada")) << status;
    }
}

TEST_F(certificates_of, requests_are_for_their_own_origin) {
    run(&certificates_of::try_redirects);
}

/// Whoever is led somewhere gets no connection of somebody who has shown it there, and no session
/// of TLS either; nor the other way around.
io::task<> certificates_of::try_connections() {
    for (int i = 0; i < 3; ++i) {
        io::task<> asking = ask(ada, other_port.origin() + "/200");
        co_await std::move(asking);
        asking = ask(ada, home.origin() + by(302, other_port.origin() + "/200"));
        co_await std::move(asking);
        if (i == 1) ada.close_resting();
    }
    EXPECT_THAT(other_port.seen,
                ElementsAre("CN=Ada", "nobody", "CN=Ada", "nobody", "CN=Ada", "nobody"));
}

TEST_F(certificates_of, connections_are_not_shared_by_others) {
    run(&certificates_of::try_connections);
}

io::task<> certificates_of::try_names() {
    http::client_options options = as_ada();
    options.certificate_for = {other_port.where()};
    http::client named(options);
    for (const std::string& first : {home.origin(), other_host.origin()}) {
        io::task<> asking = ask(named, first + by(302, other_port.origin() + "/200"));
        co_await std::move(asking);
    }
    io::task<> asking = ask(named, other_port.origin() + by(302, home.origin() + "/200"));
    co_await std::move(asking);
    EXPECT_THAT(home.seen, ElementsAre("nobody", "nobody"));
    EXPECT_THAT(other_host.seen, ElementsAre("nobody"));
    EXPECT_THAT(other_port.seen, ElementsAre("CN=Ada", "CN=Ada", "CN=Ada"));
}

TEST_F(certificates_of, options_are_for_who_they_name) {
    run(&certificates_of::try_names);
}

}  // namespace
