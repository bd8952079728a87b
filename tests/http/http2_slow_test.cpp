// SPDX-License-Identifier: MIT
// Clients of HTTP/2 that take little or nothing, and those that say nothing.
#include <gtest/gtest.h>

#include <string>

#include "http/http2_talk.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
using http::http2_error;
using zocalo::tests::http2_answer;
using zocalo::tests::http2_caller;
using zocalo::tests::witness;

class http2_slow : public zocalo::tests::http2_talk {};

io::task<> write_for_ever(http::exchange& asked, bool& has_ended) {
    const witness end{has_ended};
    asked.begin();
    const std::string piece(10'000, 'x');
    for (;;)
        co_await asked.write(piece);
}

/// Takes nothing of one stream (threat H6), and works on others.
io::task<> take_nothing(http2_caller& to) {
    to.reads = false;
    const std::uint32_t stalled = to.get("/endless");
    const std::uint32_t whole = to.get("/whole");
    for (int i = 0; i < 8; ++i) {
        const std::uint32_t other = to.get("/other");
        co_await to.wait_for(other);
        co_await io::sleep(100ms);
    }
    EXPECT_TRUE(to.answers[stalled].was_reset);
    EXPECT_EQ(to.answers[stalled].why, http2_error::cancel);
    EXPECT_TRUE(to.answers[whole].was_reset);
}

TEST_P(http2_slow, a_stream_that_nobody_takes_is_given_up) {
    bool has_ended = false;
    site.stalled_stream = 300ms;
    within.stream_window = 1000;
    site.routes.get("/endless",
                    [&](http::exchange& asked) { return write_for_ever(asked, has_ended); });
    site.routes.get("/whole", [](http::exchange& asked) { asked.reply(std::string(5000, 'x')); });
    site.routes.get("/other", [](http::exchange& asked) { asked.reply("other"); });
    talk(take_nothing);
    EXPECT_TRUE(has_ended);
}

/// 10,000 bytes at a time.
io::task<> take_slowly(http2_caller& to) {
    const std::uint32_t stream = to.get("/large");
    http2_answer& answer = to.answers[stream];
    while (!answer.has_ended && !answer.was_reset) {
        co_await to.turn();
        co_await io::sleep(20ms);
    }
    EXPECT_FALSE(answer.was_reset);
    EXPECT_EQ(answer.content.size(), 200'000);
}

TEST_P(http2_slow, a_stream_that_is_taken_slowly_is_not_given_up) {
    site.stalled_stream = 300ms;
    within.stream_window = 10'000;
    site.routes.get("/large",
                    [](http::exchange& asked) { asked.reply(std::string(200'000, 'x')); });
    talk(take_slowly);
}

io::task<> send_nothing(http2_caller& to) {
    const std::uint32_t stream = to.post("/echo-all", 10);
    co_await to.wait_for(stream);
    EXPECT_EQ(to.answers[stream].head.status, http::status::request_timeout);
}
io::task<> take_all(http::exchange& asked) {
    const std::string all = co_await asked.content(100);
    asked.reply(all);
}

TEST_P(http2_slow, content_that_does_not_come_is_not_waited_for) {
    site.stalled_stream = 200ms;
    site.routes.post("/echo-all", take_all);
    talk(send_nothing);
}

ZOCALO_IN_EVERY_WORLD(http2_slow);

}  // namespace
