// SPDX-License-Identifier: MIT
// Requests that share a connection of HTTP/2 and wait until what they have written has gone: the
// piece of one may be sent by the task of another, and nobody told the first.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>

#include "serve/dialogue.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

constexpr int requests = 8;
constexpr std::size_t pieces = 30;
constexpr std::size_t piece_size = 10'000;

io::task<> count(http::exchange& asked) {
    std::size_t bytes = 0;
    for (;;) {
        io::task<zocalo::const_buffer> reading = asked.read();
        const zocalo::const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        bytes += piece.size();
    }
    asked.reply(std::to_string(bytes));
}

/// Nobody goes on to the next piece before all have sent this one.
class keeping_step {
 public:
    io::task<> wait(std::size_t step) {
        if (++there_[step] == requests) all_there_[step].set();
        return all_there_[step].wait();
    }

 private:
    std::array<int, pieces> there_{};
    std::array<io::event, pieces> all_there_;
};

/// Each piece is less than waits in a stream before it is full.
io::task<> write_in_pieces(http::body_writer& to, keeping_step& steps) {
    const std::string piece(piece_size, 'x');
    for (std::size_t i = 0; i < pieces; ++i) {
        io::task<> writing = to.write(piece);
        co_await std::move(writing);
        io::task<> flushing = to.flush();
        co_await std::move(flushing);
        io::task<> waiting = steps.wait(i);
        co_await std::move(waiting);
    }
}

io::task<> ask(http::client& client, std::string url, keeping_step& steps, int& answered) {
    http::request what{.method = http::method::post, .url = std::move(url)};
    what.body =
        http::body::stream([&steps](http::body_writer& to) { return write_in_pieces(to, steps); });
    io::task<http::response> asking = client.request(std::move(what));
    const http::response got = co_await std::move(asking);
    answered += got.content == std::to_string(pieces * piece_size) ? 1 : 0;
}

io::task<> begin_all(io::scope& all, http::client& client, std::string url, keeping_step& steps,
                     int& answered) {
    for (int i = 0; i < requests; ++i)
        all.spawn(ask(client, url, steps, answered));
    co_return;
}

io::task<> ask_much(net::endpoint where, int& answered) {
    http::client_options options;
    options.versions = http::versions::http_2;
    http::client client(options);
    keeping_step steps;
    io::scope all;
    const std::string url = "http://" + where.to_string() + "/";
    io::task<> asking = all.run(begin_all(all, client, url, steps, answered));
    co_await std::move(asking);
    client.close_resting();
}

TEST(http2_flush, is_told_of_what_another_has_sent) {
    http::site site;
    site.routes.post("/", count);
    site.http2.connection_window = 65535;  // which all of them fill
    serve::server running(site.handler());
    int answered = 0;
    sim::world world{1};
    const auto talk = [&](serve::server&, net::endpoint where) {
        return io::timeout(30s, ask_much(where, answered));
    };
    world.host("here").run(zocalo::tests::with_server(running, talk));
    EXPECT_EQ(answered, requests);
}

}  // namespace
