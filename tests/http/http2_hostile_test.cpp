// SPDX-License-Identifier: MIT
// Peers that break the rules, or keep them and mean harm. Each script goes on until the connection
// has ended, which has to be soon, with little memory.
#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <vector>

#include "http/http2_frames.hpp"
#include "http/http2_outcome.hpp"
#include "zocalo/http/http2_engine.hpp"

namespace {

using namespace zocalo::tests::http2;
namespace http = zocalo::http;
using http::http2_error;

/// A server that answers nobody and releases what is reset; so many times the same, counted from 0.
outcome hear(const std::function<std::string(std::uint32_t)>& script, std::size_t most,
             std::string before = preface()) {
    http::http2_server_engine engine;
    outcome seen;
    engine.receive(before, start);
    note(engine, seen);
    while (seen.frames < most && !seen.closed && !engine.is_over()) {
        const std::size_t known = seen.events.size();
        engine.receive(script(static_cast<std::uint32_t>(seen.frames++)), start);
        note(engine, seen);
        for (std::size_t i = known; i < seen.events.size(); ++i) {
            if (seen.events[i].what == kind::reset) engine.release(seen.events[i].stream);
        }
    }
    return seen;
}

std::uint32_t odd(std::uint32_t i) {
    return 2 * i + 1;
}

// --- H1, H2: work that is begun and dropped

TEST(http2_hostile, rapid_reset_ends_soon) {
    const outcome seen = hear(
        [](std::uint32_t i) {
            return frame(headers, end_headers | end_stream, odd(i), get_block()) +
                   frame(rst_stream, 0, odd(i), number(8, 4));
        },
        100'000);
    EXPECT_EQ(seen.closed, http2_error::enhance_your_calm);
    EXPECT_LE(seen.frames, 1100U);
    EXPECT_LE(seen.streams, 1U);
}

/// Where a stream is kept depends on its number, which the peer chooses.
TEST(http2_hostile, streams_whose_numbers_want_the_same_place_are_told_apart) {
    constexpr std::uint32_t count = 60;
    const auto number_of = [](std::uint32_t i) {
        return 1 + (i / 3) * 2048 + (i % 3) * 2;  // three neighbours at a time
    };
    http::http2_server_engine engine;
    engine.receive(preface(), start);
    const auto path_of = [](std::uint32_t i) { return "/" + std::to_string(i); };
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::string asked = block(
            {{":method", "GET"}, {":scheme", "http"}, {":path", path_of(i)}, {":authority", "a"}});
        engine.receive(frame(headers, end_headers | end_stream, number_of(i), asked), start);
    }
    ASSERT_EQ(engine.streams(), count);
    std::vector<bool> is_there(count, true);
    for (std::uint32_t step = 0; step < count; ++step) {
        const std::uint32_t gone = step * 7 % count;  // each once
        engine.release(number_of(gone));
        is_there[gone] = false;
        for (std::uint32_t i = 0; i < count; ++i) {
            ASSERT_EQ(engine.is_open(number_of(i)), is_there[i]) << gone << ' ' << i;
            if (!is_there[i]) continue;
            ASSERT_EQ(engine.request(number_of(i)).target, path_of(i));
        }
    }
    EXPECT_EQ(engine.streams(), 0U);
}

TEST(http2_hostile, handlers_that_have_not_ended_count_though_their_streams_have) {
    http::http2_server_engine engine;
    outcome seen;
    engine.receive(preface(), start);
    for (std::uint32_t i = 0; i < 900; ++i) {
        engine.receive(frame(headers, end_headers | end_stream, odd(i), get_block()) +
                           frame(rst_stream, 0, odd(i), number(8, 4)),
                       start);
        note(engine, seen);
    }
    EXPECT_EQ(seen.count(kind::head), 200U);
    EXPECT_EQ(engine.streams(), 200U);
    for (std::uint32_t i = 0; i < 200; ++i)
        engine.release(odd(i));
    engine.receive(frame(headers, end_headers | end_stream, odd(900), get_block()), start);
    note(engine, seen);
    EXPECT_EQ(seen.count(kind::head), 201U);
    EXPECT_EQ(engine.streams(), 1U);
}

TEST(http2_hostile, a_budget_comes_back_with_time) {
    http::http2_server_engine engine;
    outcome seen;
    engine.receive(preface(), start);
    for (std::uint32_t i = 0; i < 5000; ++i) {
        engine.receive(frame(ping, 0, 0, "12345678"), start + std::chrono::milliseconds(10 * i));
        note(engine, seen);
    }
    EXPECT_FALSE(seen.closed);
}

TEST(http2_hostile, a_server_that_is_made_to_reset_ends_soon) {
    const std::string wrongs[] = {
        frame(window_update, 0, 0x7FFFFFF, number(0, 4)),  // by nothing
        frame(data, 0, 0x7FFFFFF, "x"),                    // after the end
    };
    for (const std::string& wrong : wrongs) {
        const outcome seen = hear(
            [&](std::uint32_t i) {
                std::string mine = wrong;
                mine.replace(5, 4, number(odd(i), 4));
                return frame(headers, end_headers | end_stream, odd(i), get_block()) + mine;
            },
            100'000);
        EXPECT_TRUE(seen.closed);
        EXPECT_LE(seen.frames, 200U);
    }
}

// --- H3: heads without an end

TEST(http2_hostile, continuations_end_soon) {
    const std::string more = block({{"a", std::string(100, 'b')}});
    const std::string begin = preface() + frame(headers, 0, 1, get_block());
    for (const std::string& piece : {more, std::string()}) {
        const outcome seen =
            hear([&](std::uint32_t) { return frame(continuation, 0, 1, piece); }, 100'000, begin);
        EXPECT_TRUE(seen.closed);
        EXPECT_LE(seen.frames, 10U);
        EXPECT_FALSE(seen.has(kind::head));
    }
}

// --- H4: frames that bring nothing

TEST(http2_hostile, frames_that_bring_nothing_end_soon) {
    const std::string open = preface() + frame(headers, end_headers, 1, get_block());
    const std::string floods[] = {
        frame(ping, 0, 0, "12345678"),
        frame(settings, 0, 0),
        frame(settings, 0, 0, setting(4, 1000) + setting(4, 2000)),
        frame(data, 0, 1),
        frame(priority, 0, 1, number(0, 4) + "x"),
        frame(priority, 0, 99, number(1, 4) + "x"),
        frame(window_update, 0, 0, number(1, 4)),
        frame(window_update, 0, 1, number(1, 4)),
        frame(unknown, 0, 0, "whatever"),
        frame(unknown, 0, 1, std::string(1000, 'x')),
    };
    for (const std::string& flood : floods) {
        const outcome seen = hear([&](std::uint32_t) { return flood; }, 1'000'000, open);
        EXPECT_TRUE(seen.closed) << testing::PrintToString(flood);
        EXPECT_LE(seen.frames, 2100U);
        EXPECT_LE(seen.output, 65536U);
    }
}

/// Nothing of what the engine has to say is taken.
TEST(http2_hostile, acknowledgements_do_not_pile_up) {
    http::http2_server_engine engine;
    engine.receive(preface(), start);
    std::string many;
    for (int i = 0; i < 100'000; ++i)
        many += frame(ping, 0, 0, "12345678");
    engine.receive(many, start);
    const auto got = engine.next();
    ASSERT_TRUE(got);
    while (const auto more = engine.next()) {
        if (more->what == kind::closed) {
            EXPECT_EQ(more->why, http2_error::enhance_your_calm);
        }
    }
    EXPECT_TRUE(engine.is_over());
    EXPECT_LE(engine.output().size(), 65536U);
}

TEST(http2_hostile, resets_do_not_pile_up) {
    const std::string blocks[] = {
        block({{":method", "GET"}, {":scheme", "http"}, {":path", "a"}, {":authority", "a"}}),
        block({{":method", "GET"}}),
        get_block(),
    };
    for (const std::string& each : blocks) {
        http::http2_server_engine engine;
        engine.receive(preface(), start);
        std::uint32_t asked = 0;
        for (; asked < 10'000 && !engine.is_over(); ++asked)
            engine.receive(frame(headers, end_headers | end_stream, odd(asked), each), start);
        std::optional<http2_error> closed;
        std::size_t said = 0;
        for (; const auto got = engine.next(); ++said) {
            if (got->what == kind::closed) closed = got->why;
        }
        EXPECT_EQ(closed, http2_error::enhance_your_calm);
        EXPECT_LE(asked, 2300U);  // 200 are in work, and 2000 frames may wait
        EXPECT_LE(said, 500U);
        EXPECT_LE(engine.streams(), 200U);
    }
}

// --- H5: heads that are larger than they look

/// One long field is kept in the table, and named again with a byte each.
std::string references(std::size_t count) {
    std::string bomb = get_block();
    bomb += '\x40';
    bomb += packed(0, 7, 1) + "x" + packed(0, 7, 4000) + std::string(4000, 'y');
    return bomb += std::string(count, '\xBE');
}

TEST(http2_hostile, a_head_of_references_is_refused) {
    http::http2_server_engine engine;
    outcome seen;
    const std::string bomb = references(30);
    engine.receive(preface() + frame(headers, end_headers | end_stream, 1, bomb), start);
    note(engine, seen);
    ASSERT_TRUE(seen.has(kind::refused));
    EXPECT_EQ(engine.problem(1), http::status::request_header_fields_too_large);
    EXPECT_LE(engine.request(1).fields.size(), 128U);

    std::string small = get_block();  // the same with fields that are next to nothing
    small += std::string(2'000, '\x90');
    engine.receive(frame(headers, end_headers | end_stream, 3, small), start);
    note(engine, seen);
    EXPECT_EQ(engine.problem(3), http::status::request_header_fields_too_large);
    EXPECT_FALSE(seen.closed);
}

TEST(http2_hostile, a_head_that_is_far_too_large_ends_the_connection) {
    const std::string small(10'000, '\x90');
    for (const std::string& bomb : {references(10'000), get_block() + small}) {
        http::http2_server_engine engine;
        outcome seen;
        engine.receive(preface() + frame(headers, end_headers | end_stream, 1, bomb), start);
        note(engine, seen);
        EXPECT_EQ(seen.closed, http2_error::enhance_your_calm);
        EXPECT_FALSE(seen.has(kind::head));
    }
}

TEST(http2_hostile, crumbs_of_cookies_count) {
    http::http2_server_engine engine;
    outcome seen;
    std::string crumbs = get_block();
    for (int i = 0; i < 500; ++i)
        crumbs += block({{"cookie", "a=b"}});
    engine.receive(preface() + frame(headers, end_headers | end_stream, 1, crumbs), start);
    note(engine, seen);
    EXPECT_TRUE(seen.has(kind::refused));
}

// --- H7: servers that mean harm to our client

outcome answer_client(const std::string& bytes) {
    http::http2_client_engine engine;
    outcome seen;
    http::request_head head;
    head.fields.add("Host", "a");
    (void)engine.send(head, 0, "http");
    note(engine, seen);
    engine.receive(bytes, start);
    note(engine, seen);
    return seen;
}

TEST(http2_hostile, a_client_puts_up_with_no_server_like_that) {
    const std::string begin = frame(settings, 0, 0);
    const std::string ok = block({{":status", "200"}});
    const std::string closes[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        frame(ping, 0, 0, "12345678"),
        frame(settings, 0, 0, setting(5, 0)),
        frame(settings, 0, 0, setting(5, 0x1000000)),
        frame(settings, 0, 0, setting(4, 0xFFFFFFFF)),
        frame(settings, 0, 0, setting(2, 1)),
        frame(settings, 0, 0, setting(2, 7)),
        frame(settings, 0, 0, std::string(33 * 6, '\x09')),
        begin + frame(push_promise, end_headers, 1, number(2, 4) + get_block()),
        begin + frame(headers, end_headers, 2, ok),
        begin + frame(headers, end_headers, 3, ok),
        begin + frame(goaway, 0, 0, "short"),
    };
    for (const std::string& each : closes) {
        const outcome seen = answer_client(each);
        EXPECT_TRUE(seen.closed) << testing::PrintToString(each.substr(0, 60));
        EXPECT_FALSE(seen.has(kind::head));
    }
    const std::string resets[] = {
        begin + frame(data, 0, 1, "x"),
        begin + frame(headers, end_headers, 1, block({{":status", "20"}})),
        begin + frame(headers, end_headers, 1, block({{":status", "099"}})),
        begin + frame(headers, end_headers, 1, block({{":status", "101"}})),
        begin + frame(headers, end_headers, 1, block({{"a", "b"}})),
        begin + frame(headers, end_headers, 1, ok + block({{"a", "b\r\nc"}})),
        begin + frame(headers, end_headers, 1, ok + block({{"transfer-encoding", "chunked"}})),
        begin + frame(headers, end_headers, 1, ok + block({{"content-length", "x"}})),
    };
    for (const std::string& each : resets) {
        const outcome seen = answer_client(each);
        EXPECT_TRUE(seen.has(kind::reset) || seen.closed)
            << testing::PrintToString(each.substr(0, 60));
        EXPECT_FALSE(seen.has(kind::head));
    }
}

/// Thousands of small requests in no time, to a server that opens both windows again for each.
TEST(http2_hostile, a_server_that_is_asked_much_may_say_much) {
    http::http2_client_engine engine;
    engine.receive(frame(settings, 0, 0), start);
    http::request_head head;
    head.method = http::method::post;
    head.fields.add("Host", "a");
    const std::string ok = block({{":status", "200"}});
    for (int i = 0; i < 5000; ++i) {
        const std::uint32_t stream = engine.send(head, 1, "http");
        engine.send_data(stream, std::string_view("x"));
        engine.send_end(stream);
        engine.produce(SIZE_MAX);
        engine.output().clear();
        engine.receive(frame(window_update, 0, 0, number(1, 4)) +
                           frame(window_update, 0, stream, number(1, 4)) +
                           frame(headers, end_headers | end_stream, stream, ok),
                       start);
        while (engine.next()) {
        }
        ASSERT_FALSE(engine.is_over()) << engine.failure() << " after " << i;
        engine.release(stream);
    }
}

TEST(http2_hostile, interim_responses_are_counted) {
    std::string many = frame(settings, 0, 0);
    for (int i = 0; i < 100; ++i)
        many += frame(headers, end_headers, 1, block({{":status", "103"}}));
    const outcome seen = answer_client(many);
    EXPECT_TRUE(seen.has(kind::reset));
    EXPECT_LE(seen.count(kind::interim), 16U);
}

}  // namespace
