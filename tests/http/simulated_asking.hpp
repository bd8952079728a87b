// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
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

/// Servers and clients in bad networks: no part of a response is taken for the whole, and no
/// request that may do harm is heard twice.
namespace zocalo::tests {

/// What servers were asked, and how often; and what they answer.
struct asked_ledger {
    std::map<std::string, int> posts;
    std::string text;
    bool in_chunks = false;
};

inline io::task<> serve_site(const http::site& site, net::endpoint where) {
    serve::server server(site.handler());
    io::task<net::endpoint> listening = server.listen(where);
    (void)co_await std::move(listening);
    io::task<> running = server.run();
    co_await std::move(running);
}

inline io::task<> serve_text(net::endpoint where, asked_ledger& book) {
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

struct asked_outcome {
    int whole = 0;
    int refused = 0;  ///< by whoever is in between
    int failed = 0;
    asked_outcome& operator+=(const asked_outcome& more) noexcept {
        whole += more.whole;
        refused += more.refused;
        failed += more.failed;
        return *this;
    }
};

/// How one request ends.
inline io::task<asked_outcome> ask_once(http::client& asks, const asked_ledger& book,
                                        http::request what, http::version speaks) {
    asked_outcome came;
    try {
        io::task<http::response> asking = asks.request(std::move(what));
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.version, speaks);
        ++(got.is_success() ? came.whole : came.refused);
        EXPECT_EQ(got.is_success() ? got.content : book.text, book.text);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        ++came.failed;
    } catch (const protocol_error&) {
        ++came.failed;
    }
    co_return came;
}

inline http::client_options patient_in(http::versions which) {
    http::client_options options;
    options.versions = which;
    options.within = std::chrono::seconds(30);
    options.connect_within = std::chrono::seconds(10);
    return options;
}

inline http::request numbered_request(net::endpoint where, int number) {
    http::request what{.url = "http://" + where.to_string() + "/" + std::to_string(number)};
    if (number % 2 == 1) what.method = http::method::post;
    return what;
}

/// One after the other, by HTTP/1.1.
inline io::task<asked_outcome> ask_often(net::endpoint where, const asked_ledger& book) {
    http::client asks(patient_in(http::versions::http_1_1));
    asked_outcome came;
    for (int i = 0; i < 6; ++i) {
        http::request what = numbered_request(where, i);
        io::task<asked_outcome> asking =
            ask_once(asks, book, std::move(what), http::version::http_1_1);
        came += co_await std::move(asking);
        co_await io::sleep(std::chrono::milliseconds(20));
    }
    co_return came;
}

/// Several at once, some with content, by HTTP/2.
inline io::task<asked_outcome> ask_together(net::endpoint where, const asked_ledger& book) {
    http::client asks(patient_in(http::versions::http_2));
    asked_outcome came;
    for (int round = 0; round < 2; ++round) {
        std::vector<io::task<asked_outcome>> all;
        for (int i = 0; i < 6; ++i) {
            http::request what = numbered_request(where, 10 * round + i);
            if (i == 3) what.body = std::string(70'000, 'y');
            all.push_back(ask_once(asks, book, std::move(what), http::version::http_2));
        }
        auto asking = io::all(std::move(all));
        const std::vector<asked_outcome> ended = co_await std::move(asking);
        for (const asked_outcome& each : ended)
            came += each;
        co_await io::sleep(std::chrono::milliseconds(20));
    }
    co_return came;
}

/// Runs one part of the seeds; `ask` makes hosts, and tells what came of the requests of a client.
template <class Ask>
void take_no_part_for_the_whole(std::uint64_t part, Ask ask) {
    asked_outcome all;
    sim::for_seeds(seeds_of_part,
                   [&](sim::world& world) {
                       world.set_link(sim::any_link(world.random()));
                       asked_ledger book;
                       book.text = std::string(world.random().below(3000), 'x');
                       book.in_chunks = world.random().below(2) == 0;
                       all += ask(world, book);
                       for (const auto& [target, times] : book.posts)
                           EXPECT_EQ(times, 1) << target;
                   },
                   {.first = 1 + part * seeds_of_part, .failed = testing::Test::HasFailure});
    if (std::getenv("ZOCALO_SEED") != nullptr) return;
    EXPECT_GT(all.whole, 0);
    EXPECT_GT(all.failed + all.refused, 0);
}

}  // namespace zocalo::tests
