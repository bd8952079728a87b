// SPDX-License-Identifier: MIT
// Servers of HTTP/1.1 that never come to an end: the client does, and keeps little of it. Those of
// HTTP/2 are in client_http2_hostile_test.cpp.
#include <gtest/gtest.h>

#include <string>

#include "serve/dialogue.hpp"
#include "support/resident_peak.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/io/loop.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

constexpr std::size_t most_said = 64'000'000;              // of what would go on for ever
constexpr std::size_t most_memory = std::size_t{8} << 20;  // content of a megabyte is allowed

struct script {
    const char* name;
    std::string begin;
    std::string again;
};

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";

const script scripts[] = {
    {"a status", "HTTP/1.1 200 ", "x"},
    {"a version", "HTTP/1.1", "1"},
    {"empty lines", "", "\r\n"},
    {"a name", ok, "x"},
    {"a value", ok + "A: ", "x"},
    {"fields", ok, "A: b\r\n"},
    {"folded lines", ok + "A: b\r\n", " c\r\n"},
    {"cookies", ok, "Set-Cookie: a=b\r\n"},
    {"early heads", "", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"},
    {"content", ok + "\r\n", "xxxxxxxxxxxxxxxx"},
    {"content of a size", ok + "Content-Length: 9000000000000000000\r\n\r\n", "xxxxxxxxxxxxxxxx"},
    {"chunks of a byte", chunked, "1\r\nx\r\n"},
    {"one chunk", chunked + "fffffffffff\r\n", "xxxxxxxxxxxxxxxx"},
    {"the size of a chunk", chunked, "0"},
    {"an extension of a chunk", chunked + "1;", "a=b;"},
    {"extensions of chunks", chunked, "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=b\r\nx\r\n"},
    {"a trailer", chunked + "0\r\n", "A: b\r\n"},
    {"a value of a trailer", chunked + "0\r\nA: ", "x"},
};

/// Says the script to whoever asks, as fast as it is taken.
io::task<> go_on(serve::connection& client, const script& plays, std::size_t& said) {
    const io::chunk asked = co_await client.stream().read();
    if (asked.empty()) co_return;
    std::string piece;
    while (piece.size() < 16'000)
        piece += plays.again;
    co_await client.stream().write(plays.begin);
    while (said < most_said) {
        co_await client.stream().write(piece);
        said += piece.size();
    }
}

io::task<> hear_out(std::string url) {
    http::client_options options;
    options.content = 1'000'000;
    options.within = 20s;
    http::client asks(options);
    bool failed = false;
    try {
        io::task<http::response> asking = asks.get(std::move(url));
        (void)co_await std::move(asking);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::exception&) {
        failed = true;
    }
    EXPECT_TRUE(failed);
}

TEST(client_memory, has_a_bound_whatever_never_ends) {
    for (const script& each : scripts) {
        SCOPED_TRACE(each.name);
        std::size_t said = 0;
        serve::server running([&](serve::connection& client) { return go_on(client, each, said); });
        const zocalo::tests::resident_peak memory;
        io::loop loop;
        loop.run(zocalo::tests::with_server(running, [](serve::server&, net::endpoint where) {
            return hear_out("http://" + where.to_string() + "/");
        }));
        EXPECT_LT(memory.grown(), most_memory);
        EXPECT_LT(said, most_said / 2) << "it was heard out";
    }
}

}  // namespace
