// SPDX-License-Identifier: MIT
// Where a client with a store of alternatives asks an origin, and what it tells whom.
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "http/simulated_asking.hpp"
#include "tls/ends.hpp"
#include "zocalo/http/alt_svc_store.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;
namespace tls = zocalo::tls;
namespace url = zocalo::url;
using testing::ElementsAre;
using testing::IsEmpty;
using names = std::vector<std::string>;

std::chrono::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// A server of https:// that keeps what it was asked.
class place {
 public:
    place(std::string called, const names& proves)
        : shows_(tls::development_certificate(proves)), called_(std::move(called)) {
        site_.routes.get("/", [this](http::exchange& to) {
            const http::fields& fields = to.request().fields;
            asked.push_back(std::string(fields.get("Host")) + " by " +
                            std::string(fields.get("Alt-Used")) + ' ' +
                            std::string(fields.get("X-Key")));
            if (!says.empty()) to.response().fields.set("Alt-Svc", says);
            to.response().status = status;
            to.reply("by " + called_);
        });
    }
    io::task<> run(std::uint16_t port) {
        serve::server server([this](serve::connection& client) { return greet(client); });
        io::task<net::endpoint> listening = server.listen({net::address::any_v4(), port});
        (void)co_await std::move(listening);
        io::task<> running = server.run();
        co_await std::move(running);
    }
    [[nodiscard]] const tls::credentials& shows() const noexcept { return shows_; }

    std::string says;  ///< Alt-Svc
    http::status status = http::status::ok;
    names speaks = {"h2", "http/1.1"};
    names asked;  ///< Host, Alt-Used and X-Key of each request
    names named;  ///< whom each client wants to see
    names chosen;

 private:
    io::task<> greet(serve::connection& client) {
        tls::server_options options = zocalo::tests::server_as(shows_);
        options.alpn = speaks;
        const tls::server_context context(options);
        io::task<> securing = client.secure(context);
        co_await std::move(securing);
        named.push_back(client.peer().tls->server_name);
        chosen.push_back(client.peer().tls->alpn);
        const serve::handler talk = site_.handler();
        io::task<> talking = talk(client);
        co_await std::move(talking);
    }

    tls::credentials shows_;
    std::string called_;
    http::site site_;
};

class client_alternatives : public testing::Test {
 public:
    client_alternatives() {
        origin.says = "h2=\"elsewhere.example:8443\"";
        options.alternatives = store;
        trust({origin.shows(), elsewhere.shows()});
        world.host("origin.example").on_start([this] { return origin.run(443); });
        there.on_start([this] { return elsewhere.run(8443); });
    }
    void trust(const std::vector<tls::credentials>& whom) {
        tls::client_options how;
        for (const tls::credentials& each : whom)
            how.trust.authorities.push_back(each.certificate());
        options.tls = tls::client_context(how);
    }
    /// Who answers for each of them.
    names ask(names urls) {
        names answers;
        world.host("here").run(ask_each(std::move(urls), answers));
        return answers;
    }
    names ask_twice() { return ask({here, here}); }
    void know(std::string protocol = "h2", std::string host = "elsewhere.example") const {
        const http::alternative_service known{
            .protocol = protocol, .host = host, .port = 8443, .expires = today() + 1h};
        store->add(who, known, today());
    }

    const std::string here = "https://origin.example/";
    const url::origin who{"https", url::host::parse("origin.example"), 443};
    place origin{"origin", {"origin.example"}};
    place elsewhere{"elsewhere", {"origin.example"}};
    sim::world world{1};
    sim::host& there = world.host("elsewhere.example");
    http::client_options options;
    std::shared_ptr<http::alt_svc_store> store = std::make_shared<http::alt_svc_store>();

 private:
    io::task<> ask_each(names urls, names& answers) {
        http::client asks(options);
        for (const std::string& each : urls) {
            http::request wanted{.url = each};
            wanted.secrets.add("X-Key", "secret");
            io::task<http::response> asking = asks.request(std::move(wanted));
            const http::response got = co_await std::move(asking);
            answers.push_back(got.content);
        }
        asks.close_resting();
    }
};

TEST_F(client_alternatives, asks_where_the_origin_says_and_whoever_is_there_is_the_origin) {
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by elsewhere"));
    EXPECT_THAT(origin.asked, ElementsAre("origin.example by  secret"));
    EXPECT_THAT(elsewhere.asked, ElementsAre("origin.example by elsewhere.example:8443 secret"));
    EXPECT_THAT(elsewhere.named, ElementsAre("origin.example"));
    EXPECT_THAT(elsewhere.chosen, ElementsAre("h2"));
}

TEST_F(client_alternatives, does_so_by_http_1_1) {
    origin.says = "h3=\":443\", http%2F1.1=\"elsewhere.example:8443\"; ma=60";
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by elsewhere"));
    EXPECT_THAT(elsewhere.chosen, ElementsAre("http/1.1"));
}

TEST_F(client_alternatives, is_off_without_a_store) {
    options.alternatives = nullptr;
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_THAT(elsewhere.named, IsEmpty());
}

TEST_F(client_alternatives, asks_the_origin_when_nobody_is_there) {
    know();
    there.kill();
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_EQ(store->size(), 1U);  // the origin has said it again
    origin.says.clear();
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_EQ(store->size(), 0U);
}

TEST_F(client_alternatives, waits_five_seconds_for_one_that_says_nothing) {
    know();
    origin.says.clear();
    there.crash();
    const auto before = world.now();
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_LT(world.now() - before, 6s);
    EXPECT_EQ(store->size(), 0U);
}

TEST_F(client_alternatives, tells_nothing_to_one_with_a_certificate_for_another_name) {
    place other("other", {"elsewhere.example"});
    there.kill();
    world.host("other.example").on_start([&other] { return other.run(8443); });
    trust({origin.shows(), other.shows()});
    origin.says.clear();
    know("h2", "other.example");
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_THAT(other.asked, IsEmpty());
    EXPECT_EQ(store->size(), 0U);
}

TEST_F(client_alternatives, tells_nothing_to_one_that_nobody_trusts) {
    trust({origin.shows()});
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_THAT(elsewhere.asked, IsEmpty());
}

TEST_F(client_alternatives, wants_the_protocol_that_was_promised) {
    elsewhere.speaks = {"http/1.1"};
    origin.says.clear();
    know();
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_THAT(elsewhere.asked, IsEmpty());
    EXPECT_EQ(store->size(), 0U);
}

TEST_F(client_alternatives, learns_and_uses_nothing_without_proof) {
    tls::client_options how;
    how.verify = tls::verify::dangerously_nothing;
    options.tls = tls::client_context(how);
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_EQ(store->size(), 0U);
    know();
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_THAT(elsewhere.asked, IsEmpty());
}

TEST_F(client_alternatives, asks_the_origin_when_the_alternative_does_not_speak_for_it) {
    know();
    origin.says.clear();
    elsewhere.status = http::status::misdirected_request;
    elsewhere.says = "h2=\"elsewhere.example:8443\"";  // which does not count
    EXPECT_THAT(ask_twice(), ElementsAre("by origin", "by origin"));
    EXPECT_EQ(elsewhere.asked.size(), 1U);
    EXPECT_EQ(store->size(), 0U);
}

TEST_F(client_alternatives, goes_where_the_options_say) {
    know();
    options.connect.exceptions = {{"origin.example", 443, "10.0.0.99", 443}};
    EXPECT_THROW((void)ask({here}), std::system_error);
    options.connect.exceptions = {};
    options.proxies.https = io::proxy::parse("http://proxy.example:3128");
    EXPECT_THROW((void)ask({here}), std::system_error);
    EXPECT_EQ(store->size(), 1U);
    options.proxies = {};
    EXPECT_THAT(ask({here}), ElementsAre("by elsewhere"));
}

TEST_F(client_alternatives, shares_no_connection_between_origins) {
    place both("both", {"origin.example", "second.example"});
    world.host("both.example").on_start([&both] { return both.run(8443); });
    trust({both.shows()});
    know("h2", "both.example");
    const http::alternative_service same{
        .protocol = "h2", .host = "both.example", .port = 8443, .expires = today() + 1h};
    const url::origin second("https", url::host::parse("second.example"), 443);
    const url::origin third("https", url::host::parse("second.example"), 444);
    store->add(second, same, today());
    store->add(third, same, today());
    const names urls{here, "https://second.example/", "https://second.example:444/", here};
    EXPECT_THAT(ask(urls), testing::Each("by both"));
    EXPECT_THAT(both.named, ElementsAre("origin.example", "second.example", "second.example"));
}

// Whatever happens to the alternative, the origin answers.
TEST(client_alternatives_simulation, a_dead_alternative_leaves_the_origin) {
    place origin("origin", {"origin.example"});
    place elsewhere("elsewhere", {"origin.example"});
    tls::client_options trust = zocalo::tests::client_trusting(origin.shows());
    trust.trust.authorities.push_back(elsewhere.shows().certificate());
    const tls::client_context context(trust);
    int by_origin = 0;
    const auto ask = [&](sim::world& world) -> io::task<> {
        const auto store = std::make_shared<http::alt_svc_store>();
        const url::origin who("https", url::host::parse("origin.example"), 443);
        const http::alternative_service known{
            .protocol = "h2", .host = "elsewhere.example", .port = 8443, .expires = today() + 1h};
        store->add(who, known, today());
        http::client_options options;
        options.tls = context;
        options.alternatives = store;
        options.connect.timeout = 3s;
        options.retries = 2;
        http::client asks(options);
        for (int i = 0; i < 3; ++i) {
            io::task<http::response> asking = asks.get("https://origin.example/");
            const http::response got = co_await std::move(asking);
            EXPECT_THAT(got.content, testing::AnyOf("by origin", "by elsewhere"));
            by_origin += got.content == "by origin" ? 1 : 0;
            const auto pause = world.random().up_to(100ms);
            co_await io::sleep(pause);
        }
        asks.close_resting();
    };
    sim::for_seeds(100, [&](sim::world& world) {
        sim::host& there = world.host("elsewhere.example");
        sim::host& here = world.host("here");
        world.host("origin.example").on_start([&] { return origin.run(443); });
        there.on_start([&] { return elsewhere.run(8443); });
        zocalo::tests::disturb(world, there, here, 200ms);
        here.run(ask(world));
    });
    EXPECT_GT(by_origin, 50);
    EXPECT_LT(by_origin, 300);
}

}  // namespace
