// SPDX-License-Identifier: MIT
// Who leaves ends its request, whatever it has said before.
#include <gtest/gtest.h>

#include <string>

#include "http/proxy_under_test.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

/// Whether the upstream sees the end of a request whose client says this and leaves.
bool ends_when_left(const std::string& request) {
    bool has_ended = false;
    const auto never = [&](serve::connection& client) -> io::task<> {
        for (;;) {
            const io::chunk piece = co_await client.stream().read();
            if (piece.empty()) break;
        }
        has_ended = true;
    };
    zocalo::tests::proxy_world world({never});
    world.run([&](net::endpoint where) -> io::task<> {
        {
            io::stream peer = co_await io::connect(where);
            co_await peer.write(request);
            co_await io::sleep(100ms);
        }
        for (int i = 0; i < 100 && !has_ended; ++i)
            co_await io::sleep(50ms);
    });
    return has_ended;
}

TEST(reverse_proxy_gone, ends_a_request_whose_client_has_left) {
    EXPECT_TRUE(ends_when_left("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_TRUE(ends_when_left("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
}

/// Not those alone who want a protocol that is not passed on, as `curl --http2` does.
TEST(reverse_proxy_gone, ends_a_request_that_asks_for_a_protocol_in_vain) {
    EXPECT_TRUE(ends_when_left("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\n"));
    EXPECT_TRUE(ends_when_left(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"));
    EXPECT_TRUE(
        ends_when_left("POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Content-Length: 1\r\n\r\nx"));
}

}  // namespace
