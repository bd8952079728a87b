// SPDX-License-Identifier: MIT
// RFC 9113, what it says that an end must and must not send.
#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "http/http2_rules.hpp"

namespace {

using namespace zocalo::tests::http2;
namespace http = zocalo::http;

/// What an engine has to say now.
std::vector<wire_frame> said_by(http::http2_engine& engine) {
    std::string all;
    do {
        while (engine.next()) {
        }
        engine.produce(SIZE_MAX);
        all += std::exchange(engine.output(), {});
    } while (engine.wants_to_send());
    return frames_of(all);
}
std::vector<wire_frame> said_to(http::http2_engine& engine, const std::string& heard) {
    engine.receive(heard, start);
    return said_by(engine);
}

std::size_t content_in(const std::vector<wire_frame>& all) {
    return std::accumulate(all.begin(), all.end(), std::size_t{0},
                           [](std::size_t sum, const wire_frame& each) {
                               return sum + (each.type == data ? each.payload.size() : 0);
                           });
}
std::size_t count(const std::vector<wire_frame>& all, std::uint8_t type) {
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [&](const wire_frame& each) { return each.type == type; }));
}

std::uint32_t open(http::http2_client_engine& engine, http::content_size size = 0,
                   const std::string& value = "x") {
    http::request_head head;
    head.method = size == 0 ? http::method::get : http::method::post;
    head.fields.add("Host", "a").add("X-Name", value);
    return engine.send(head, size, "http");
}

// --- 3.4, 6.5

TEST(http2_rules, a_client_begins_with_its_preface) {
    http::http2_client_engine engine;
    (void)open(engine);
    engine.produce(SIZE_MAX);
    EXPECT_TRUE(engine.output().starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    const auto all = frames_of(engine.output());
    ASSERT_GE(all.size(), 2U);
    EXPECT_EQ(all[0].type, settings);
    EXPECT_EQ(all[0].flags, 0);
    EXPECT_EQ(all[0].stream, 0U);
    EXPECT_NE(all[0].payload.find(setting(2, 0)), std::string::npos);  // no push
}

TEST(http2_rules, a_server_begins_with_settings_and_answers_each_of_the_client) {
    http::http2_server_engine engine;
    const auto all = said_to(engine, preface() + sets(4, 5) + sets(4, 6));
    ASSERT_FALSE(all.empty());
    EXPECT_EQ(all[0].type, settings);
    EXPECT_EQ(all[0].flags, 0);
    EXPECT_EQ(all[0].payload.find(setting(2, 1)), std::string::npos);
    std::size_t answers = 0;
    for (const wire_frame& each : all) {
        if (each.type != settings || each.flags == 0) continue;
        ++answers;
        EXPECT_EQ(each.flags, ack);
        EXPECT_EQ(each.payload, "");
    }
    EXPECT_EQ(answers, 3U);
}

// --- 4.2, 6.10

TEST(http2_rules, frames_are_no_larger_than_the_peer_wants) {
    for (const std::size_t most : {16'384U, 40'000U}) {
        http::http2_client_engine engine;
        const std::uint32_t stream = open(engine, std::nullopt);
        const std::string more = window_of(0, 1'000'000) + sets(4, 1'000'000);
        (void)said_to(engine, sets(5, static_cast<std::uint32_t>(most)) + more);
        engine.send_data(stream, std::string(100'000, 'x'));
        const auto all = said_by(engine);
        EXPECT_EQ(content_in(all), 100'000U);
        std::size_t largest = 0;
        for (const wire_frame& each : all)
            largest = std::max(largest, each.payload.size());
        EXPECT_LE(largest, most);
        EXPECT_GE(largest, 16'000U);
    }
}

TEST(http2_rules, a_long_head_is_continued_at_once) {
    http::http2_client_engine engine;
    (void)said_to(engine, frame(settings, 0, 0));
    for (const char c : {'#', '$', '%'})  // which Huffman's code makes longer, so it is not used
        (void)open(engine, 0, std::string(40'000, c));
    std::uint32_t within = 0;
    std::size_t heads = 0;
    for (const wire_frame& each : said_by(engine)) {
        EXPECT_LE(each.payload.size(), 16'384U);
        EXPECT_EQ(each.type == continuation, within != 0);
        if (within != 0) {
            EXPECT_EQ(each.stream, within);
        }
        within = (each.flags & end_headers) == 0 ? each.stream : 0;
        heads += each.type == headers ? 1 : 0;
    }
    EXPECT_EQ(within, 0U);
    EXPECT_EQ(heads, 3U);
}

// --- 4.3.1

TEST(http2_rules, a_table_that_is_made_smaller_is_said_to_be) {
    http::http2_client_engine engine;
    (void)said_to(engine, frame(settings, 0, 0));
    (void)open(engine);
    (void)said_by(engine);
    (void)said_to(engine, sets(1, 0));
    (void)open(engine);
    const auto all = said_by(engine);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].type, headers);
    EXPECT_TRUE(all[0].payload.starts_with('\x20')) << "a size of 0";
}

// --- 5.1.1, 5.1.2

TEST(http2_rules, numbers_of_streams_are_odd_and_go_up) {
    http::http2_client_engine engine;
    (void)said_to(engine, frame(settings, 0, 0));
    for (int i = 0; i < 10; ++i)
        (void)open(engine);
    std::uint32_t next = 1;
    for (const wire_frame& each : said_by(engine)) {
        EXPECT_EQ(each.stream, next);
        next += 2;
    }
    EXPECT_EQ(next, 21U);
}

TEST(http2_rules, no_more_streams_are_open_than_the_server_wants) {
    http::http2_client_engine engine;
    (void)said_to(engine, sets(3, 2));
    for (int i = 0; i < 5; ++i)
        (void)open(engine);
    EXPECT_EQ(count(said_by(engine), headers), 2U);
    const std::string ok = block({{":status", "200"}});
    const auto all = said_to(engine, frame(headers, end_headers | end_stream, 1, ok));
    EXPECT_EQ(count(all, headers), 1U);
    EXPECT_EQ(count(said_to(engine, sets(3, 0)), headers), 0U);
}

// --- 6.4, 6.7, 6.8, 5.4.1

TEST(http2_rules, nothing_is_sent_on_a_stream_that_was_reset) {
    http::http2_client_engine engine;
    const std::uint32_t stream = open(engine, std::nullopt);
    (void)said_to(engine, frame(settings, 0, 0));
    engine.send_data(stream, "abc");
    const auto all = said_to(engine, reset_of(stream));
    engine.send_data(stream, "def");
    engine.send_end(stream);
    EXPECT_EQ(said_by(engine).size(), 0U);
    EXPECT_EQ(content_in(all), 0U);
    EXPECT_EQ(count(all, rst_stream), 0U);
}

TEST(http2_rules, a_server_that_leaves_names_the_last_stream_and_never_a_later_one) {
    http::http2_server_engine engine;
    const std::string begun = frame(headers, end_headers, 1, get_block());
    (void)said_to(engine, preface() + begun + ask(3));
    engine.drain();
    auto all = said_by(engine);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].type, goaway);
    EXPECT_EQ(all[0].payload, number(0x7FFFFFFF, 4) + number(0, 4));
    ASSERT_EQ(all[1].type, ping);
    all = said_to(engine, ask(5) + frame(ping, ack, 0, all[1].payload));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].payload, number(5, 4) + number(0, 4));
    // What comes behind the last is passed over, but for what it does to the table.
    all = said_to(engine,
                  frame(headers, end_headers | end_stream, 7, get_block() + "\x40\x01x\x01y") +
                      frame(headers, end_headers | end_stream, 1, "\xBE"));
    EXPECT_TRUE(engine.has_received_all(1));
    EXPECT_EQ(engine.trailers(1).get("x"), "y");
    EXPECT_EQ(engine.streams(), 3U);
    // And an error afterwards names no later one either.
    all = said_to(engine, frame(ping, 0, 0, "short"));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].type, goaway);
    EXPECT_LE(number_at(all[0].payload, 0, 4), 5U);
    EXPECT_EQ(number_at(all[0].payload, 4, 4), 6U);
    EXPECT_TRUE(said_to(engine, ask(9)).empty());
}

TEST(http2_rules, a_client_that_was_told_to_leave_opens_nothing) {
    http::http2_client_engine engine;
    (void)open(engine);
    (void)said_by(engine);
    (void)said_to(engine, frame(settings, 0, 0) + frame(goaway, 0, 0, number(1, 4) + number(0, 4)));
    EXPECT_FALSE(engine.can_open());
    EXPECT_THROW((void)open(engine), std::logic_error);
    EXPECT_TRUE(engine.is_open(1));
}

// --- 6.9

TEST(http2_rules, content_keeps_to_both_windows) {
    http::http2_client_engine engine;
    const std::uint32_t first = open(engine, std::nullopt);
    const std::uint32_t second = open(engine, std::nullopt);
    (void)said_to(engine, sets(4, 50'000));
    for (const std::uint32_t each : {first, second})
        engine.send_data(each, std::string(100'000, 'x'));
    EXPECT_EQ(content_in(said_by(engine)), 65'535U);  // of all
    EXPECT_EQ(content_in(said_to(engine, window_of(first, 10'000))), 0U);
    EXPECT_EQ(content_in(said_to(engine, window_of(0, 1))), 1U);
    EXPECT_EQ(content_in(said_to(engine, window_of(0, 1'000'000))), 44'464U);  // of each
}

TEST(http2_rules, a_window_below_nothing_has_to_come_up_first) {
    http::http2_client_engine engine;
    const std::uint32_t stream = open(engine, std::nullopt);
    (void)said_to(engine, frame(settings, 0, 0) + window_of(0, 1'000'000));
    engine.send_data(stream, std::string(100'000, 'x'));
    EXPECT_EQ(content_in(said_by(engine)), 65'535U);
    EXPECT_EQ(content_in(said_to(engine, sets(4, 16'000))), 0U);  // it is at -49535
    EXPECT_EQ(content_in(said_to(engine, window_of(stream, 49'535))), 0U);
    EXPECT_EQ(content_in(said_to(engine, window_of(stream, 10))), 10U);
    EXPECT_EQ(content_in(said_to(engine, sets(4, 16'005))), 5U);
    const auto two = said_to(engine, frame(settings, 0, 0, setting(4, 0) + setting(4, 16'006)));
    EXPECT_EQ(content_in(two), 1U);  // the last one counts
}

/// What is dropped, with its padding, counts as taken.
TEST(http2_rules, content_of_no_use_gives_its_window_back) {
    http::http2_limits also;
    also.connection_window = 65'536;
    http::http2_server_engine engine({}, also);
    (void)said_to(engine, preface() + ask(1, 0));
    engine.reset(1, http::http2_error::cancel);
    engine.release(1);
    (void)said_by(engine);
    std::size_t given = 0;
    for (int i = 0; i < 40; ++i) {
        const std::string waste = '\xFF' + std::string(16'383, '\0');
        for (const wire_frame& each : said_to(engine, frame(data, padded, 1, waste))) {
            ASSERT_EQ(each.type, window_update);
            EXPECT_EQ(each.stream, 0U);
            given += number_at(each.payload, 0, 4);
        }
    }
    EXPECT_GE(given, 39U * 16'384);
    EXPECT_FALSE(engine.is_over());
}

// --- 8.1

TEST(http2_rules, trailers_are_the_end) {
    http::http2_server_engine engine;
    (void)said_to(engine, preface() + ask(1));
    engine.send(1, {}, std::nullopt);
    engine.send_data(1, "abc");
    engine.send_end(1, {{"X-Sum", "1"}});
    const auto all = said_by(engine);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].type, headers);
    EXPECT_EQ(all[1].type, data);
    EXPECT_EQ(all[1].flags, 0);
    EXPECT_EQ(all[2].type, headers);
    EXPECT_EQ(all[2].flags, end_headers | end_stream);
}

}  // namespace
