// SPDX-License-Identifier: MIT
// Streams and connections that end in the middle of something: what still comes for them, and what
// still waits to be sent.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "http/http2_frames.hpp"
#include "http/http2_outcome.hpp"
#include "http/http2_pair.hpp"

namespace {

using namespace zocalo::tests::http2;
namespace http = zocalo::http;
using http::http2_error;
using zocalo::tests::http2_pair;
using zocalo::tests::read_all;

http::request_head make_get() {
    return {.target = "/", .fields = {{"Host", "example.org"}}};
}

/// What a client hears when it ends its stream while the last of these frames has half come.
outcome end_within(const std::string& before, const std::string& last, bool is_released) {
    http::http2_client_engine engine;
    const std::uint32_t stream = engine.send(make_get(), 0, "http");
    outcome seen;
    note(engine, seen);
    engine.receive(frame(settings, 0, 0) + before, start);
    engine.receive(last.substr(0, last.size() / 2), start);
    note(engine, seen);
    EXPECT_EQ(seen.has(kind::head), !before.empty());
    seen.events.clear();
    const std::size_t come = engine.content(stream).size();
    if (is_released) {
        engine.release(stream);
    } else {
        engine.reset(stream, http2_error::cancel);
    }
    engine.receive(last.substr(last.size() / 2), start);
    if (!is_released) {
        EXPECT_EQ(engine.content(stream).size(), come);
    }
    note(engine, seen);
    return seen;
}

TEST(http2_endings, the_rest_of_a_frame_is_passed_over) {
    const std::string ok = block({{":status", "200"}, {"a", std::string(50, 'x')}, {"b", "y"}});
    const std::string head = frame(headers, end_headers, 1, ok);
    const std::string last = frame(headers, end_headers | end_stream, 1, block({{"c", "z"}}));
    const std::string whole = frame(headers, end_headers | end_stream, 1, ok);
    const std::string content = frame(data, 0, 1, std::string(100, 'x'));
    const std::string end = frame(data, end_stream, 1, std::string(100, 'x'));
    for (const bool is_released : {false, true}) {
        for (const std::string& half : {head, whole})
            EXPECT_TRUE(end_within("", half, is_released).events.empty()) << is_released;
        for (const std::string& half : {content, end, last})
            EXPECT_TRUE(end_within(head, half, is_released).events.empty()) << is_released;
    }
}

TEST(http2_endings, content_of_what_is_refused_is_passed_over) {
    http::http2_server_engine engine;
    outcome seen;
    const std::string wrong = get_block() + block({{"a", " b"}});
    engine.receive(preface() + frame(headers, end_headers, 1, wrong), start);
    note(engine, seen);
    ASSERT_TRUE(seen.has(kind::refused));
    engine.receive(frame(data, end_stream, 1, "content"), start);
    note(engine, seen);
    EXPECT_FALSE(seen.has(kind::data));
    EXPECT_TRUE(engine.content(1).empty());
    EXPECT_TRUE(engine.has_received_all(1));
}

TEST(http2_endings, a_request_that_waits_can_be_taken_back) {
    http::http2_limits also;
    also.streams = 1;
    http2_pair both({}, also);
    both.talk();
    const std::uint32_t first = both.client.send(make_get(), 0, "http");
    const std::uint32_t second = both.client.send(make_get(), 0, "http");
    both.client.reset(second, http2_error::cancel);
    both.talk();
    both.server.send(first, {}, 0);
    both.server.send_end(first);
    both.talk();
    EXPECT_TRUE(both.find(both.at_server, kind::head, first));
    EXPECT_FALSE(both.find(both.at_server, kind::head, second));
    EXPECT_FALSE(both.find(both.at_client, kind::reset));
}

TEST(http2_endings, a_request_that_waits_while_the_server_leaves_is_refused) {
    http::http2_limits also;
    also.streams = 1;
    http2_pair both({}, also);
    both.talk();
    const std::uint32_t first = both.client.send(make_get(), 0, "http");
    const std::uint32_t second = both.client.send(make_get(), 0, "http");
    both.talk();
    both.server.drain();
    both.talk();
    both.server.send(first, {}, 0);
    both.server.send_end(first);
    both.talk();
    const auto got = both.find(both.at_client, kind::reset, second);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->why, http2_error::refused_stream);
}

/// A frame of content that found no room in the output any more.
TEST(http2_endings, content_that_waits_for_room_goes_with_its_stream) {
    for (const bool is_released : {false, true}) {
        http2_pair both;
        const std::uint32_t large = both.client.send(make_get(), 0, "http");
        const std::uint32_t small = both.client.send(make_get(), 0, "http");
        both.talk();
        both.server.send(large, {}, 1'000'000);
        both.server.send_data(large, std::string(1'000'000, 'x'));
        both.server.produce(20'000);
        both.server.reset(large, http2_error::cancel);
        if (is_released) both.server.release(large);
        both.server.send(small, {}, 2);
        both.server.send_data(small, "ok");
        both.server.send_end(small);
        both.talk();
        EXPECT_TRUE(both.find(both.at_client, kind::reset, large));
        EXPECT_LT(both.client.content(large).size(), 50'000U);
        EXPECT_EQ(read_all(both.client, small), "ok");
        EXPECT_TRUE(both.client.has_received_all(small));
        EXPECT_FALSE(both.find(both.at_client, kind::closed));
    }
}

TEST(http2_endings, a_response_goes_with_its_stream) {
    http2_pair both;
    const std::uint32_t stream = both.client.send(make_get(), 0, "http");
    both.talk();
    both.server.send(stream, {.status = http::status::no_content}, 0);
    both.server.send_end(stream);
    both.server.release(stream);
    both.talk();
    EXPECT_FALSE(both.find(both.at_client, kind::head, stream));
    EXPECT_TRUE(both.find(both.at_client, kind::reset, stream));
    EXPECT_EQ(both.server.streams(), 0U);
}

TEST(http2_endings, a_reset_counts_once) {
    http2_pair both;
    const std::uint32_t broken = both.client.send(make_get(), std::nullopt, "http");
    const std::uint32_t whole = both.client.send(make_get(), 0, "http");
    both.talk();
    both.server.reset(broken, http2_error::cancel);
    both.server.reset(broken, http2_error::internal_error);
    both.server.send(broken, {.status = http::status::early_hints});  // goes nowhere
    EXPECT_TRUE(both.server.has_room(broken));
    both.server.send(whole, {}, 0);
    both.server.send_end(whole);
    both.talk();
    both.server.reset(whole, http2_error::internal_error);  // all was said
    EXPECT_FALSE(both.server.wants_to_send());
    both.talk();
    EXPECT_FALSE(both.find(both.at_client, kind::interim));
    const auto got = both.find(both.at_client, kind::reset);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->stream, broken);
    EXPECT_EQ(got->why, http2_error::cancel);
    EXPECT_FALSE(both.find(both.at_client, kind::reset, whole));
    both.server.release(whole);
    EXPECT_FALSE(both.server.wants_to_send());
}

/// nghttp2 sends no head of more than a mebibyte.
TEST(http2_endings, a_head_that_is_too_large_to_be_sent_ends_its_stream) {
    const std::string large(4 * 1024 * 1024, 'x');
    http2_pair both;
    const std::uint32_t ended = both.client.send(make_get(), {}, "http");
    const std::uint32_t asked = both.client.send(make_get(), 0, "http");
    both.client.send_end(ended, {{"a", large}});
    both.talk();
    both.server.send(asked, {.fields = {{"a", large}}}, 0);
    both.server.send_end(asked);
    both.talk();
    for (const std::uint32_t each : {ended, asked}) {
        EXPECT_TRUE(both.find(both.at_client, kind::reset, each)) << each;
        EXPECT_TRUE(both.find(both.at_server, kind::reset, each)) << each;
    }
    both.client.release(ended);
    both.server.release(asked);
    both.talk();
    const std::uint32_t never =
        both.client.send({.fields = {{"Host", "a"}, {"a", large}}}, 0, "http");
    const std::uint32_t whole = both.client.send(make_get(), 0, "http");
    both.talk();
    const auto got = both.find(both.at_client, kind::reset, never);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->why, http2_error::internal_error);  // another try would be as vain
    EXPECT_TRUE(both.find(both.at_server, kind::head, whole));
    EXPECT_FALSE(both.find(both.at_server, kind::reset, never));
    EXPECT_FALSE(both.find(both.at_client, kind::closed));
}

// --- Connections

TEST(http2_endings, what_is_said_after_the_end_goes_nowhere) {
    http::http2_client_engine engine;
    const std::uint32_t stream = engine.send(make_get(), 0, "http");
    outcome seen;
    note(engine, seen);
    engine.receive(frame(settings, 0, 1), start);
    EXPECT_FALSE(engine.can_open());  // it has to end, and has not said so yet
    note(engine, seen);
    ASSERT_EQ(seen.closed, http2_error::protocol_error);
    engine.ping();
    engine.close(http2_error::no_error);
    engine.reset(stream, http2_error::cancel);
    engine.release(stream);
    engine.receive(frame(ping, 0, 0, "12345678"), start);
    engine.produce(SIZE_MAX);
    EXPECT_EQ(engine.output(), "");
    EXPECT_TRUE(engine.is_over());
}

TEST(http2_endings, a_connection_that_is_closed_with_an_error_is_no_fault_of_the_peer) {
    http2_pair both;
    both.talk();
    both.server.close(http2_error::internal_error);
    both.talk();
    const auto got = both.find(both.at_client, kind::leaving);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->why, http2_error::internal_error);
    EXPECT_TRUE(both.server.is_over());
    EXPECT_FALSE(both.find(both.at_server, kind::closed));
}

TEST(http2_endings, a_client_can_leave_too) {
    http2_pair both;
    const std::uint32_t stream = both.client.send(make_get(), 0, "http");
    both.client.drain();
    EXPECT_FALSE(both.client.can_open());
    both.talk();
    EXPECT_TRUE(both.find(both.at_server, kind::leaving));
    both.server.send(stream, {}, 0);
    both.server.send_end(stream);
    both.talk();
    EXPECT_TRUE(both.client.has_received_all(stream));
    EXPECT_TRUE(both.client.is_over());
}

/// Which has a ping of its own.
TEST(http2_endings, a_server_that_drains_hears_the_answers_to_others_pings) {
    http::http2_server_engine engine;
    engine.receive(preface(), start);
    engine.drain();
    outcome seen;
    note(engine, seen);
    const std::size_t said = seen.output;
    engine.receive(frame(ping, 1, 0, "12345678"), start);
    note(engine, seen);
    EXPECT_TRUE(seen.has(kind::pong));
    EXPECT_EQ(seen.output, said);
    engine.receive(frame(ping, 1, 0, "draining"), start);
    note(engine, seen);
    EXPECT_EQ(seen.count(kind::pong), 1U);
    EXPECT_GT(seen.output, said);
}

TEST(http2_endings, a_server_that_is_asked_what_it_must_reset_ends_soon) {
    const std::string wrong = block({{":method", "GET"}, {"Name", "x"}});
    http::http2_server_engine engine;
    engine.receive(preface(), start);
    outcome seen;
    for (std::uint32_t i = 0; i < 10'000 && !seen.closed; ++i, ++seen.frames) {
        engine.receive(frame(headers, end_headers | end_stream, 2 * i + 1, wrong), start);
        note(engine, seen);
    }
    EXPECT_EQ(seen.closed, http2_error::enhance_your_calm);
    EXPECT_LE(seen.frames, 110U);
}

TEST(http2_endings, limits_that_cannot_be_said_are_refused_at_the_beginning) {
    http::http2_limits wide;
    wide.stream_window = 0x80000000;
    EXPECT_THROW(http::http2_server_engine({}, wide), std::logic_error);
    EXPECT_THROW(http::http2_client_engine({}, wide), std::logic_error);
}

}  // namespace
