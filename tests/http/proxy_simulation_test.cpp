// SPDX-License-Identifier: MIT
// A proxy between bad networks: no part of a response is passed on as the whole, and no request
// that may do harm is heard twice.
#include <gmock/gmock.h>

#include <map>
#include <string>

#include "support/disturbance.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/mount.hpp"
#include "zocalo/http/reverse_proxy.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/server.hpp"
#include "zocalo/sim/seeds.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

/// What the upstreams were asked, and how often.
struct ledger {
    std::map<std::string, int> posts;
    std::string text;
    bool in_chunks = false;
};

io::task<> serve_site(const http::site& site, net::endpoint where) {
    serve::server server(site.handler());
    io::task<net::endpoint> listening = server.listen(where);
    (void)co_await std::move(listening);
    io::task<> running = server.run();
    co_await std::move(running);
}

io::task<> upstream(net::endpoint where, ledger& book) {
    http::site site;
    const auto answer = [&book](http::exchange& asked) -> io::task<> {
        if (asked.request().method == http::method::post) ++book.posts[asked.request().target];
        asked.begin(book.in_chunks ? http::content_size() : http::content_size(book.text.size()));
        for (std::size_t at = 0; at < book.text.size(); at += 100) {
            io::task<> writing = asked.write(std::string_view(book.text).substr(at, 100));
            co_await std::move(writing);
        }
        asked.end();
    };
    site.routes.get("/{n}", answer);
    site.routes.post("/{n}", answer);
    io::task<> serving = serve_site(site, where);
    co_await std::move(serving);
}

io::task<> proxy(net::endpoint where, std::vector<std::string> upstreams) {
    http::reverse_proxy_options how;
    how.upstreams = std::move(upstreams);
    how.stall = 5s;
    http::site site;
    site.filters.push_back(http::under("/", http::reverse_proxy(how)));
    io::task<> serving = serve_site(site, where);
    co_await std::move(serving);
}

struct outcome {
    int whole = 0;
    int refused = 0;
    int failed = 0;
};

io::task<outcome> ask_often(net::endpoint where, const ledger& book) {
    http::client_options options;
    options.within = 30s;
    options.connect_within = 10s;
    http::client asks(options);
    outcome came;
    for (int i = 0; i < 6; ++i) {
        http::request what{.url = "http://" + where.to_string() + "/" + std::to_string(i)};
        if (i % 2 == 1) what.method = http::method::post;
        try {
            io::task<http::response> asking = asks.request(what);
            const http::response got = co_await std::move(asking);
            ++(got.is_success() ? came.whole : came.refused);
            EXPECT_EQ(got.is_success() ? got.content : book.text, book.text);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            ++came.failed;
        } catch (const zocalo::protocol_error&) {
            ++came.failed;
        }
        co_await io::sleep(20ms);
    }
    co_return came;
}

class proxy_simulation : public testing::TestWithParam<std::uint64_t> {};

TEST_P(proxy_simulation, passes_no_part_on_as_the_whole_and_repeats_nothing_that_may_do_harm) {
    outcome all;
    sim::for_seeds(zocalo::tests::seeds_of_part,
                   [&](sim::world& world) {
                       world.set_link(sim::any_link(world.random()));
                       sim::host& one = world.host("one");
                       sim::host& two = world.host("two");
                       sim::host& front = world.host("front");
                       sim::host& client = world.host("client");
                       ledger book;
                       book.text = std::string(world.random().below(3000), 'x');
                       book.in_chunks = world.random().below(2) == 0;
                       one.on_start([&] { return upstream(one.at(8080), book); });
                       two.on_start([&] { return upstream(two.at(8080), book); });
                       const std::vector<std::string> urls{"http://" + one.at(8080).to_string(),
                                                           "http://" + two.at(8080).to_string()};
                       front.on_start([&, urls] { return proxy(front.at(80), urls); });
                       zocalo::tests::disturb(world, one, front, 300ms);
                       const outcome came = client.run(ask_often(front.at(80), book));
                       all.whole += came.whole;
                       all.refused += came.refused;
                       all.failed += came.failed;
                       for (const auto& [target, times] : book.posts)
                           EXPECT_EQ(times, 1) << target;
                   },
                   {.first = 1 + GetParam() * zocalo::tests::seeds_of_part,
                    .failed = testing::Test::HasFailure});
    if (std::getenv("ZOCALO_SEED") == nullptr) {
        EXPECT_GT(all.whole, 0);
        EXPECT_GT(all.failed + all.refused, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(part, proxy_simulation,
                         testing::Range<std::uint64_t>(0, zocalo::tests::parts_of_seeds));

}  // namespace
