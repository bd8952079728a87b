// SPDX-License-Identifier: MIT
#include "zocalo/serve/connection.hpp"

#include <gtest/gtest.h>

#include <string>
#include <system_error>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace zocalo::tests;

class connections : public in_every_world {};

/// Until the socket takes no more for now; then somebody else wants to write, too, and to read.
io::task<> write_much(io::stream& to, bool& is_done) {
    const std::string block(50'000, 'x');
    for (int i = 0; i < 400; ++i)
        co_await to.write(block);
    is_done = true;
    co_await to.finish();
}
io::task<> expect_busy(io::stream& peer) {
    co_await io::sleep(20ms);
    std::error_code why;
    try {
        co_await peer.write("y");
    } catch (const std::system_error& error) {
        why = error.code();
    }
    EXPECT_EQ(why, std::errc::device_or_resource_busy);
    why.clear();
    try {
        co_await peer.read();
    } catch (const std::system_error& error) {
        why = error.code();
    }
    EXPECT_EQ(why, std::errc::device_or_resource_busy);
}
io::task<> read_word(io::stream& from) {
    const io::chunk got = co_await from.read();
    EXPECT_EQ(got.text(), "go on");
}
io::task<> write_and_read_twice(serve::connection& client) {
    bool is_done = false;
    co_await io::all(write_much(client.stream(), is_done), read_word(client.stream()),
                     expect_busy(client.stream()));
    EXPECT_TRUE(is_done);
}

io::task<> read_late(serve::server& /*server*/, net::endpoint where) {
    io::stream peer = co_await io::connect(where);
    co_await io::sleep(60ms);
    co_await peer.write("go on");
    const std::string all = co_await read_all(peer);
    EXPECT_EQ(all.size(), 20'000'000);
    EXPECT_EQ(all.find_first_not_of('x'), std::string::npos);
}

TEST_P(connections, have_one_read_and_one_write_at_once) {
    serve::server server(write_and_read_twice);
    run(with_server(server, read_late));
    EXPECT_EQ(server.counters().handled, 1);
    EXPECT_EQ(server.counters().bytes_sent, 20'000'000);
    EXPECT_EQ(server.counters().bytes_received, 5);
}

ZOCALO_IN_EVERY_WORLD(connections);

}  // namespace
