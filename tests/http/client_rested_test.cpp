// SPDX-License-Identifier: MIT
// A connection that ended while it rested, and while nobody ran a loop that could have heard of it.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "zocalo/http/client.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/socket.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace net = zocalo::net;

/// Answers one request on each connection, says nothing of its end, and ends it: as servers do
/// whose patience was shorter than the client's.
class short_of_patience {
 public:
    explicit short_of_patience(int connections)
        : door_(net::create_server({"127.0.0.1", 0})), answering_([this, connections] {
              for (int i = 0; i < connections; ++i)
                  answer(door_.accept().client);
          }) {}

    [[nodiscard]] std::string url() const {
        return "http://" + door_.local_endpoint().to_string() + "/";
    }

 private:
    static void answer(net::socket client) {
        std::string seen;
        while (!seen.ends_with("\r\n\r\n") && !seen.ends_with("hello")) {
            char room[4096];
            const std::size_t got = client.recv(zocalo::mutable_buffer(room));
            if (got == 0) return;
            seen.append(room, got);
        }
        client.send_all("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }

    net::socket door_;
    std::jthread answering_;
};

class client_rested : public testing::TestWithParam<std::chrono::milliseconds> {};

TEST_P(client_rested, sees_the_end_of_it_before_it_sends_what_may_be_sent_once) {
    constexpr int rounds = 5;
    const short_of_patience server(2 * rounds);
    http::client client;
    for (int i = 0; i < rounds; ++i) {
        EXPECT_EQ(client.get(server.url()).get().status, http::status::ok);
        std::this_thread::sleep_for(GetParam());
        EXPECT_EQ(client.post(server.url(), http::body("hello", "text/plain")).get().status,
                  http::status::ok);
        std::this_thread::sleep_for(GetParam());
    }
}

INSTANTIATE_TEST_SUITE_P(after, client_rested, testing::Values(1ms, 20ms, 100ms));

}  // namespace
