// SPDX-License-Identifier: MIT
// What is there of a download when the power goes away, or when there are two of them.
#include <gtest/gtest.h>

#include <string>
#include <system_error>

#include "http/shelf.hpp"
#include "support/folder.hpp"
#include "zocalo/io/bandwidth.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/sim/seeds.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;
using zocalo::tests::any_text;
using zocalo::tests::shelf;

io::task<> serve_shelf(net::endpoint where, shelf& books) {
    http::site site;
    site.routes.get("/", [&books](http::exchange& asked) { return books.answer(asked); });
    serve::server server(site.handler());
    io::task<net::endpoint> listening = server.listen(where);
    (void)co_await std::move(listening);
    io::task<> running = server.run();
    co_await std::move(running);
}

/// A download of about eight seconds.
io::task<> download(std::string url, std::size_t segments, http::downloaded& got) {
    http::client asks;
    io::bandwidth rate(250'000);
    http::download_options how;
    how.segments = segments;
    how.smallest_segment = 1000;
    how.rate = &rate;
    http::request what{.url = std::move(url)};
    io::task<http::downloaded> getting = http::download(asks, std::move(what), "file", how);
    got = co_await std::move(getting);
    asks.close_resting();
}

/// How much of the first attempt the second one goes on with.
std::uint64_t crash_once(sim::world& world, std::size_t segments) {
    shelf books{any_text(2'000'000)};
    sim::host& server = world.host("server");
    sim::host& client = world.host("client");
    server.on_start([&] { return serve_shelf(server.at(8080), books); });
    const std::string url = "http://" + server.at(8080).to_string() + "/";
    http::downloaded got;
    world.after(world.random().up_to(8s), [&] { client.crash(); });
    try {
        client.run(download(url, segments, got));
    } catch (const net::stopped&) {
        got = {};
    }
    world.run_for(8s);
    client.restart();
    if (got.size == 0) client.run(download(url, segments, got));
    EXPECT_TRUE(client.run(client.disk().read("file")) == books.text);
    return got.resumed_at;
}

TEST(download_part, says_no_more_than_there_is_after_a_loss_of_power) {
    for (const std::size_t segments : {std::size_t{1}, std::size_t{4}}) {
        std::uint64_t went_on = 0;
        sim::for_seeds(25, [&](sim::world& world) { went_on += crash_once(world, segments); },
                       {.failed = testing::Test::HasFailure});
        EXPECT_GT(went_on, 5'000'000U) << segments;
    }
}

/// Two at one path: the first one's file is what it was when it was finished.
io::task<> meet(std::string url, std::string path, io::event& is_under_way) {
    http::client asks;
    http::download_options how;
    how.progress = [&](std::uint64_t, http::content_size) { is_under_way.set(); };
    io::task<http::downloaded> first = http::download(asks, {.url = url}, path, how);
    const auto second = [](std::string where, std::string to, io::event& may) -> io::task<> {
        io::task<> waiting = may.wait();
        co_await std::move(waiting);
        http::client other;
        std::error_code why;
        try {
            io::task<http::downloaded> getting =
                http::download(other, {.url = std::move(where)}, std::move(to));
            (void)co_await std::move(getting);
        } catch (const std::system_error& error) {
            why = error.code();
        }
        EXPECT_EQ(why, std::errc::device_or_resource_busy);
    };
    auto both = io::all(std::move(first), second(url, path, is_under_way));
    (void)co_await std::move(both);
    asks.close_resting();
}

TEST(download_part, is_for_one_download_at_a_time) {
    const zocalo::tests::folder here;
    const std::string path = here.file("file");
    io::event is_under_way;
    http::site site;
    const std::string text = any_text(200'000);
    site.routes.get("/", [&](http::exchange& asked) -> io::task<> {
        asked.begin(text.size());
        io::task<> next = asked.write(std::string_view(text).substr(0, 100'000));
        co_await std::move(next);
        next = asked.flush();
        co_await std::move(next);
        co_await io::sleep(500ms);
        next = asked.write(std::string_view(text).substr(100'000));
        co_await std::move(next);
    });
    serve::server running(site.handler());
    io::loop loop;
    loop.run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
        return meet("http://" + where.to_string() + "/", path, is_under_way);
    }));
    EXPECT_TRUE(io::read_file(path, 1'000'000).get() == text);
    EXPECT_THROW((void)io::read_file(path + ".part", 1'000'000).get(), std::system_error);
}

}  // namespace
