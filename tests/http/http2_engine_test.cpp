// SPDX-License-Identifier: MIT
#include "zocalo/http/http2_engine.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

#include "http/http2_pair.hpp"

namespace zocalo::http {
namespace {

using kind = http2_event::kind;
using testing::HasSubstr;
using tests::http2_pair;
using tests::read_all;

request_head make_get(std::string target = "/") {
    request_head made;
    made.target = std::move(target);
    made.fields = {{"Host", "example.org"}, {"Accept", "*/*"}};
    return made;
}

request_head make_post() {
    request_head made = make_get("/in");
    made.method = method::post;
    return made;
}

TEST(http2_engine, a_request_and_its_response) {
    http2_pair both;
    const std::uint32_t stream = both.client.send(make_get("/a?b=c"), 0, "https");
    both.talk();
    ASSERT_TRUE(both.find(both.at_server, kind::head, stream));
    ASSERT_TRUE(both.find(both.at_server, kind::end, stream));
    const request_head& asked = both.server.request(stream);
    EXPECT_EQ(asked.method, method::get);
    EXPECT_EQ(asked.target, "/a?b=c");
    EXPECT_EQ(asked.version, version::http_2);
    EXPECT_EQ(asked.fields.get("Host"), "example.org");
    EXPECT_EQ(asked.fields.get("accept"), "*/*");

    both.server.send(stream, {.status = status::created, .fields = {{"X-Name", "Value"}}}, 5);
    both.server.send_data(stream, "hello");
    both.server.send_end(stream);
    both.talk();
    ASSERT_TRUE(both.find(both.at_client, kind::head, stream));
    const response_head& said = both.client.response(stream);
    EXPECT_EQ(said.status, status::created);
    EXPECT_EQ(said.version, version::http_2);
    EXPECT_EQ(said.fields.get("x-name"), "Value");
    EXPECT_EQ(both.client.announced(stream), 5U);
    EXPECT_EQ(read_all(both.client, stream), "hello");
    EXPECT_TRUE(both.client.has_received_all(stream));
    EXPECT_TRUE(both.find(both.at_server, kind::sent, stream));

    both.client.release(stream);
    both.server.release(stream);
    both.talk();
    EXPECT_EQ(both.client.streams(), 0U);
    EXPECT_EQ(both.server.streams(), 0U);
    EXPECT_FALSE(both.find(both.at_server, kind::reset));
    EXPECT_FALSE(both.find(both.at_client, kind::reset));
}

TEST(http2_engine, the_same_byte_by_byte) {
    http2_pair both;
    both.step = 1;
    const std::uint32_t stream = both.client.send(make_post(), std::nullopt, "http");
    both.client.send_data(stream, "one");
    both.client.send_end(stream, {{"x-sum", "3"}});
    both.talk();
    EXPECT_EQ(read_all(both.server, stream), "one");
    EXPECT_EQ(both.server.trailers(stream).get("X-Sum"), "3");
    both.server.send(stream, {}, std::nullopt);
    both.server.send_data(stream, "two");
    both.server.send_end(stream, {{"x-sum", "6"}});
    both.talk();
    EXPECT_EQ(read_all(both.client, stream), "two");
    EXPECT_EQ(both.client.trailers(stream).get("X-Sum"), "6");
}

TEST(http2_engine, interim_responses) {
    http2_pair both;
    request_head asked = make_post();
    asked.fields.add("Expect", "100-continue");
    const std::uint32_t stream = both.client.send(asked, 3, "http");
    both.talk();
    EXPECT_TRUE(both.server.expects_continue(stream));
    both.server.send(stream, {.status = status::continue_});
    both.server.send(stream, {.status = status::early_hints, .fields = {{"Link", "</a>"}}});
    both.server.send(stream, {.status = status::ok}, 0);
    both.server.send_end(stream);
    both.server.produce(65536);
    both.client.receive(both.server.output(), both.now);
    both.server.output().clear();
    std::vector<std::uint16_t> heads;
    while (const auto got = both.client.next()) {
        if (got->what == kind::interim || got->what == kind::head)
            heads.push_back(number(both.client.response(stream).status));
    }
    EXPECT_EQ(heads, (std::vector<std::uint16_t>{100, 103, 200}));
}

TEST(http2_engine, head_has_a_length_and_no_content) {
    http2_pair both;
    request_head asked = make_get();
    asked.method = method::head;
    const std::uint32_t stream = both.client.send(asked, 0, "http");
    both.talk();
    both.server.send(stream, {}, 1000);
    both.server.send_data(stream, std::string(1000, 'x'));
    both.server.send_end(stream);
    both.talk();
    EXPECT_EQ(both.client.announced(stream), 1000U);
    EXPECT_TRUE(both.client.has_received_all(stream));
    EXPECT_TRUE(both.client.content(stream).empty());
}

TEST(http2_engine, windows_open_as_content_is_read) {
    http2_limits also;
    also.stream_window = 1000;
    http2_pair both({}, also);
    const std::uint32_t stream = both.client.send(make_post(), std::nullopt, "http");
    both.talk();  // the client has to know the window first
    both.client.send_data(stream, std::string(5000, 'x'));
    both.client.send_end(stream);
    both.talk();
    EXPECT_EQ(both.server.content(stream).size(), 1000U);
    EXPECT_EQ(both.client.waiting(stream), 4000U);
    std::size_t all = 0;
    while (!both.server.has_received_all(stream) || !both.server.content(stream).empty()) {
        ASSERT_LE(both.server.content(stream).size(), 1000U);
        all += read_all(both.server, stream).size();
        both.talk();
    }
    EXPECT_EQ(all, 5000U);
}

TEST(http2_engine, a_stream_that_nobody_reads_stops_no_other) {
    http2_limits also;
    also.stream_window = 1000;
    http2_pair both({}, also);
    const std::uint32_t first = both.client.send(make_post(), std::nullopt, "http");
    const std::uint32_t second = both.client.send(make_post(), std::nullopt, "http");
    both.talk();
    both.client.send_data(first, std::string(5000, 'x'));
    both.client.send_data(second, std::string(500, 'y'));
    both.client.send_end(second);
    both.talk();
    EXPECT_EQ(read_all(both.server, second), std::string(500, 'y'));
    EXPECT_TRUE(both.server.has_received_all(second));
}

TEST(http2_engine, says_when_there_is_room) {
    http2_limits also;
    also.stream_queue = 10000;
    http2_pair both({}, also);
    const std::uint32_t stream = both.client.send(make_get(), 0, "http");
    both.talk();
    both.server.send(stream, {}, std::nullopt);
    EXPECT_TRUE(both.server.has_room(stream));
    both.server.send_data(stream, std::string(10000, 'x'));
    EXPECT_FALSE(both.server.has_room(stream));
    EXPECT_FALSE(both.find(both.at_server, kind::room));
    both.talk();
    EXPECT_TRUE(both.find(both.at_server, kind::room, stream));
    EXPECT_TRUE(both.server.has_room(stream));
    EXPECT_FALSE(both.server.has_sent_all(stream));
}

TEST(http2_engine, produces_no_more_than_it_is_asked) {
    http2_pair both;
    const std::uint32_t stream = both.client.send(make_get(), 0, "http");
    both.talk();
    both.server.send(stream, {}, std::nullopt);
    both.server.send_data(stream, std::string(1'000'000, 'x'));
    both.server.produce(30000);
    EXPECT_GE(both.server.output().size(), 30000U);
    EXPECT_LE(both.server.output().size(), 30000U + 16384 + 9);
}

TEST(http2_engine, a_reset_is_heard_at_the_other_end) {
    http2_pair both;
    const std::uint32_t stream = both.client.send(make_post(), std::nullopt, "http");
    both.talk();
    both.client.reset(stream, http2_error::cancel);
    both.client.release(stream);
    both.talk();
    const auto got = both.find(both.at_server, kind::reset, stream);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->why, http2_error::cancel);
    EXPECT_FALSE(both.server.is_open(stream));
    both.server.send(stream, {}, 3);  // goes nowhere
    both.server.send_data(stream, "abc");
    both.server.send_end(stream);
    both.server.release(stream);
    both.talk();
    EXPECT_FALSE(both.find(both.at_client, kind::closed));
}

TEST(http2_engine, a_server_that_has_said_all_needs_no_more_of_the_request) {
    http2_pair both;
    const std::uint32_t stream = both.client.send(make_post(), std::nullopt, "http");
    both.talk();
    both.server.send(stream, {.status = status::content_too_large}, 0);
    both.server.send_end(stream);
    both.talk();
    both.server.release(stream);
    both.talk();
    EXPECT_TRUE(both.find(both.at_client, kind::end, stream));
    const auto got = both.find(both.at_client, kind::reset, stream);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->why, http2_error::no_error);
}

TEST(http2_engine, drains_in_two_steps) {
    http2_pair both;
    const std::uint32_t first = both.client.send(make_get(), 0, "http");
    both.talk();
    both.server.drain();
    both.server.produce(65536);
    const std::uint32_t late = both.client.send(make_get(), 0, "http");  // on its way already
    both.talk();
    EXPECT_TRUE(both.find(both.at_server, kind::head, late));
    EXPECT_FALSE(both.client.can_open());
    EXPECT_FALSE(both.server.is_over());
    for (const std::uint32_t stream : {first, late}) {
        both.server.send(stream, {}, 0);
        both.server.send_end(stream);
    }
    both.talk();
    EXPECT_TRUE(both.client.has_received_all(first));
    EXPECT_TRUE(both.client.has_received_all(late));
    EXPECT_TRUE(both.server.is_over());
    EXPECT_TRUE(both.client.is_over());
}

TEST(http2_engine, closes_at_once) {
    http2_pair both;
    const std::uint32_t stream = both.client.send(make_get(), 0, "http");
    both.talk();
    both.server.close(http2_error::no_error);
    both.talk();
    EXPECT_TRUE(both.server.is_over());
    EXPECT_TRUE(both.find(both.at_client, kind::leaving));
    EXPECT_TRUE(both.client.is_open(stream));  // the peer has seen it: it is not refused
}

TEST(http2_engine, cookie_crumbs_are_one_field) {
    http2_pair both;
    request_head asked = make_get();
    asked.fields.add("Cookie", "a=1").add("Cookie", "b=2");
    const std::uint32_t stream = both.client.send(asked, 0, "http");
    both.talk();
    EXPECT_EQ(both.server.request(stream).fields.get("Cookie"), "a=1; b=2");
    EXPECT_EQ(both.server.request(stream).fields.count("Cookie"), 1U);
}

TEST(http2_engine, a_response_may_have_cookies_of_that_kind) {
    http2_pair both;
    const std::uint32_t stream = both.client.send(make_get(), 0, "http");
    both.talk();
    both.server.send(stream, {.fields = {{"Cookie", "a=1"}, {"Cookie", "b=2"}}}, 0);
    both.server.send_end(stream);
    both.talk();
    EXPECT_EQ(both.client.response(stream).fields.get("Cookie"), "a=1; b=2");
}

/// Literals that are never indexed (RFC 7541 §6.2.3), with names of the static table.
TEST(http2_engine, compression_keeps_no_secrets) {
    http2_pair both;
    request_head asked = make_get();
    asked.fields.add("Authorization", "Basic c2VjcmV0").add("Proxy-Authorization", "Basic YQ==");
    (void)both.client.send(asked, 0, "http");
    both.client.produce(65536);
    EXPECT_THAT(both.client.output(), HasSubstr("\x1f\x08"));
    EXPECT_THAT(both.client.output(), HasSubstr("\x1f\x22"));
}

TEST(http2_engine, what_is_about_the_connection_stays_here) {
    http2_pair both;
    request_head asked = make_get();
    asked.fields.add("Connection", "keep-alive, x").add("Keep-Alive", "5").add("TE", "gzip");
    asked.fields.add("Upgrade", "h2c");
    const std::uint32_t stream = both.client.send(asked, 0, "http");
    both.talk();
    ASSERT_TRUE(both.find(both.at_server, kind::head, stream));
    EXPECT_FALSE(both.server.request(stream).fields.contains("Connection"));
    EXPECT_FALSE(both.server.request(stream).fields.contains("Keep-Alive"));
    EXPECT_FALSE(both.server.request(stream).fields.contains("TE"));
    EXPECT_FALSE(both.server.request(stream).fields.contains("Upgrade"));
}

TEST(http2_engine, what_may_not_be_sent_changes_nothing) {
    http2_pair both;
    const auto send = [&](const request_head& head, std::string_view scheme = "http") {
        (void)both.client.send(head, 0, scheme);
    };
    EXPECT_THROW(send(make_get("nowhere")), std::invalid_argument);
    EXPECT_THROW(send(make_get("http://example.org/")), std::invalid_argument);
    EXPECT_THROW(send(make_get("/a b")), std::invalid_argument);
    EXPECT_THROW(send(make_get(), "ftp"), std::invalid_argument);
    request_head without = make_get();
    without.fields.remove("Host");
    EXPECT_THROW(send(without), std::invalid_argument);
    EXPECT_EQ(both.client.streams(), 0U);

    const std::uint32_t stream = both.client.send(make_get(), 0, "http");
    both.talk();
    EXPECT_THROW(both.server.send_data(stream, "early"), std::logic_error);
    EXPECT_THROW(both.server.send(stream, {.status = status::switching_protocols}),
                 std::invalid_argument);
    for (const status wrong : {status{99}, status{600}})
        EXPECT_THROW(both.server.send(stream, {.status = wrong}), std::invalid_argument);
    EXPECT_THROW(both.server.send(stream, {.status = status::no_content}, 3),
                 std::invalid_argument);
    EXPECT_THROW(both.server.send(stream, {.fields = {{"Content-Length", "3"}}}, 3),
                 std::invalid_argument);
    both.server.send(stream, {}, 3);
    EXPECT_THROW(both.server.send(stream, {}, 3), std::logic_error);
    EXPECT_THROW(both.server.send_data(stream, "four"), std::logic_error);
    EXPECT_THROW(both.server.send_end(stream), std::logic_error);
    both.server.send_data(stream, "abc");
    both.server.send_end(stream);
    EXPECT_THROW(both.server.send_end(stream), std::logic_error);
    EXPECT_THROW((void)both.server.request(99), std::logic_error);
    EXPECT_THROW(both.server.consume(stream, 1), std::logic_error);
}

TEST(http2_engine, requests_beyond_the_allowed_streams_wait_their_turn) {
    http2_limits also;
    also.streams = 2;
    http2_pair both({}, also);
    both.talk();
    EXPECT_EQ(both.client.allowed_streams(), 2U);
    std::vector<std::uint32_t> all;
    for (int i = 0; i < 5; ++i)
        all.push_back(both.client.send(make_get(), 0, "http"));
    std::size_t answered = 0;
    while (answered < all.size()) {
        both.talk();
        ASSERT_EQ(both.server.streams(), std::min<std::size_t>(2, all.size() - answered));
        const std::uint32_t stream = all[answered++];
        both.server.send(stream, {}, 0);
        both.server.send_end(stream);
        both.talk();
        both.server.release(stream);
    }
    EXPECT_FALSE(both.find(both.at_client, kind::reset));
}

TEST(http2_engine, names_of_errors) {
    EXPECT_EQ(to_text(http2_error::refused_stream), "REFUSED_STREAM");
    EXPECT_EQ(to_text(http2_error::http_1_1_required), "HTTP_1_1_REQUIRED");
    EXPECT_EQ(to_text(static_cast<http2_error>(99)), "error 99");
}

}  // namespace
}  // namespace zocalo::http
