// SPDX-License-Identifier: MIT
// Bad networks: no part of a response is taken for the whole, and no request that may do harm is
// heard twice.
#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "support/disturbance.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
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

/// What a server was asked, and how often.
struct ledger {
    std::map<std::string, int> posts;
    std::string text;
};

io::task<> serve_text(net::endpoint where, ledger& book, bool in_chunks) {
    http::site site;
    const auto answer = [&book, in_chunks](http::exchange& asked) -> io::task<> {
        if (asked.request().method == http::method::post) ++book.posts[asked.request().target];
        asked.begin(in_chunks ? http::content_size() : http::content_size(book.text.size()));
        for (std::size_t at = 0; at < book.text.size(); at += 100)
            co_await asked.write(std::string_view(book.text).substr(at, 100));
        asked.end();
    };
    site.routes.get("/{n}", answer);
    site.routes.post("/{n}", answer);
    serve::server server(site.handler());
    const net::endpoint listening = co_await server.listen(where);
    (void)listening;
    co_await server.run();
}

struct outcome {
    int whole = 0;
    int failed = 0;
};

io::task<outcome> ask_often(net::endpoint where, const ledger& book) {
    http::client_options options;
    options.within = 20s;
    options.connect_within = 10s;
    http::client asks(options);
    outcome came;
    for (int i = 0; i < 6; ++i) {
        http::request what{.url = "http://" + where.to_string() + "/" + std::to_string(i)};
        if (i % 2 == 1) what.method = http::method::post;
        try {
            io::task<http::response> asking = asks.request(what);
            const http::response got = co_await std::move(asking);
            ++came.whole;
            EXPECT_EQ(got.status, http::status::ok);
            EXPECT_EQ(got.content, book.text);
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

io::task<bool> is_whole(http::client& asks, const ledger& book, http::request what) {
    bool is_whole = false;
    try {
        io::task<http::response> asking = asks.request(std::move(what));
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.version, http::version::http_2);
        EXPECT_EQ(got.status, http::status::ok);
        EXPECT_EQ(got.content, book.text);
        is_whole = true;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        is_whole = false;
    } catch (const zocalo::protocol_error&) {
        is_whole = false;
    }
    co_return is_whole;
}

/// Over HTTP/2, several at once.
io::task<outcome> ask_together(net::endpoint where, const ledger& book) {
    http::client_options options;
    options.versions = http::versions::http_2;
    options.within = 20s;
    options.connect_within = 10s;
    http::client asks(options);
    outcome came;
    for (int round = 0; round < 3; ++round) {
        std::vector<io::task<bool>> all;
        for (int i = 0; i < 6; ++i) {
            const std::string path = "/" + std::to_string(10 * round + i);
            http::request what{.url = "http://" + where.to_string() + path};
            if (i % 2 == 1) what.method = http::method::post;
            if (i == 3) what.body = std::string(70'000, 'y');
            all.push_back(is_whole(asks, book, std::move(what)));
        }
        auto asking = io::all(std::move(all));
        for (const bool each : co_await std::move(asking))
            ++(each ? came.whole : came.failed);
        co_await io::sleep(20ms);
    }
    co_return came;
}

using asker = io::task<outcome> (*)(net::endpoint where, const ledger& book);

class http_simulation : public testing::TestWithParam<std::uint64_t> {};

void take_no_part_for_the_whole(asker asks, std::uint64_t part) {
    outcome all;
    sim::for_seeds(
        zocalo::tests::seeds_of_part,
        [&](sim::world& world) {
            world.set_link(sim::any_link(world.random()));
            sim::host& server = world.host("server");
            sim::host& client = world.host("client");
            ledger book;
            book.text = std::string(world.random().below(3000), 'x');
            const bool in_chunks = world.random().below(2) == 0;
            server.on_start([&] { return serve_text(server.at(8080), book, in_chunks); });
            zocalo::tests::disturb(world, server, client, 300ms);
            const outcome came = client.run(asks(server.at(8080), book));
            all.whole += came.whole;
            all.failed += came.failed;
            for (const auto& [target, times] : book.posts)
                EXPECT_EQ(times, 1) << target;
        },
        {.first = 1 + part * zocalo::tests::seeds_of_part, .failed = testing::Test::HasFailure});
    if (std::getenv("ZOCALO_SEED") == nullptr) {
        EXPECT_GT(all.whole, 0);
        EXPECT_GT(all.failed, 0);
    }
}

TEST_P(http_simulation, takes_no_part_for_the_whole_and_repeats_nothing_that_may_do_harm) {
    take_no_part_for_the_whole(ask_often, GetParam());
}

TEST_P(http_simulation, does_so_over_http_2_with_streams_side_by_side) {
    take_no_part_for_the_whole(ask_together, GetParam());
}

INSTANTIATE_TEST_SUITE_P(part, http_simulation,
                         testing::Range<std::uint64_t>(0, zocalo::tests::parts_of_seeds));

}  // namespace
