// SPDX-License-Identifier: MIT
#include "zocalo/serve/access_log.hpp"

#include <gtest/gtest.h>

#include <string>

#include "serve/dialogue.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/sim/world.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using namespace zocalo::tests;

TEST(log_lines, show_plain_values_as_they_are) {
    serve::log_line line;
    line.add("path", "/index.html").add("status", 200).add("peer", "[2001:db8::1]:80");
    EXPECT_EQ(line.text(), "path=/index.html status=200 peer=[2001:db8::1]:80");
}

TEST(log_lines, cannot_be_forged) {
    serve::log_line line;
    line.add("path", "/ status=200").add("agent", "a\r\nb").add("quote", "\"x\"").add("none", "");
    EXPECT_EQ(line.text(), R"(path="/ status=200" agent="a\r\nb" quote="\"x\"" none="")");
}

TEST(log_lines, stay_short) {
    serve::log_line line;
    line.add("path", std::string(100'000, 'x'));
    EXPECT_LT(line.text().size(), 300);
}

io::task<> greet(serve::server& /*server*/, net::endpoint where) {
    io::stream peer = co_await io::connect(where);
    EXPECT_EQ(co_await ask(peer, "hello"), "hello");
}

TEST(log_lines, begin_with_time_and_peer) {
    std::string text;
    const auto log = [&text](const serve::connection& client) {
        using namespace std::chrono;
        const sys_time<milliseconds> when(milliseconds(1'795'253'400'123));
        text = serve::log_line(when, client).add("in", client.bytes_received()).text();
    };
    serve::server server(echo, {.hooks = {.ended = log}});
    zocalo::sim::world world(1);
    world.host("here").run(with_server(server, greet));
    EXPECT_EQ(text.find("time=2026-11-21T09:30:00.123Z connection=1 peer=127.0.0.1:"), 0) << text;
    EXPECT_TRUE(text.ends_with(" in=5")) << text;
}

}  // namespace
