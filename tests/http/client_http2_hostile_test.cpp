// SPDX-License-Identifier: MIT
// Servers of HTTP/2 that break its rules: each ends soon, with little heard, and no part of a
// response is taken for the whole.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "http/http2_frames.hpp"
#include "serve/dialogue.hpp"
#include "support/resident_peak.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests::http2;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

constexpr std::uint8_t padded = 8;
constexpr auto stall = 2s;
/// Of the client, the server and the network between them: content of a megabyte is allowed.
constexpr std::size_t most_memory = std::size_t{16} << 20;

enum class verdict { whole, fails, stalls };
enum class ending { waits, closes };

/// What a server says to the first request of a connection, and then again and again.
struct script {
    const char* name;
    verdict expected;
    std::string said;
    std::string again = {};
    ending then = ending::waits;
    std::size_t connections = 1;
};

const std::string hello = frame(settings, 0, 0) + frame(settings, 1, 0);

std::string head(std::initializer_list<http::field> all, std::uint8_t flags = 0) {
    return hello + frame(headers, end_headers | flags, 1, block(all));
}
const std::string good_head = head({{":status", "200"}});
const std::string part = good_head + frame(data, 0, 1, "par");
const std::string rest = frame(data, end_stream, 1, "ok");
const std::string good = good_head + rest;

std::string announcing(const char* size) {
    return head({{":status", "200"}, {"content-length", size}});
}
std::string sets(std::uint16_t which, std::uint32_t value) {
    return frame(settings, 0, 0, setting(which, value)) + good.substr(9);
}
std::string many(std::size_t count, const std::string& what) {
    std::string all;
    for (; count > 0; --count)
        all += what;
    return all;
}

// RFC 9113 §6.5.2
enum : std::uint16_t { table_size = 1, push = 2, streams = 3, window = 4, frame_size = 5 };

std::vector<script> about_settings() {
    using enum verdict;
    return {
        {"nothing", stalls, ""},
        {"settings only", stalls, hello},
        {"settings and the end", fails, hello, "", ending::closes},
        {"no settings", fails, good.substr(18)},
        {"HTTP/1.1", fails, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"},
        {"zeros", fails, std::string(100, '\0')},
        {"settings of 5 bytes", fails, frame(settings, 0, 0, "12345")},
        {"settings of a stream", fails, frame(settings, 0, 1)},
        {"settings not acknowledged but said", fails, hello + frame(settings, 1, 0, setting(1, 1))},
        {"frames of 0 bytes", fails, sets(frame_size, 0)},
        {"frames of too few bytes", fails, sets(frame_size, 16'383)},
        {"frames of too many bytes", fails, sets(frame_size, 16'777'216)},
        {"window of 2 GiB", fails, sets(window, 0x80000000)},
        {"window of 4 GiB", fails, sets(window, 0xFFFFFFFF)},
        {"push, twice", fails, sets(push, 2)},
        {"push by the server", fails, sets(push, 1)},
        {"a table of 4 GiB", whole, sets(table_size, 0xFFFFFFFF)},
        {"no table", whole, sets(table_size, 0)},
        {"an unknown setting", whole, sets(0x1234, 5)},
        {"no window", whole, sets(window, 0)},
        {"no streams", whole, sets(streams, 0)},
        {"1,000 settings", fails, frame(settings, 0, 0, many(1000, setting(0x99, 1)))},
        {"endless settings", fails, hello, frame(settings, 0, 0)},
    };
}

std::vector<script> about_streams() {
    using enum verdict;
    const std::string promise = number(2, 4) + get_block();
    const std::string head_block = block({{":status", "200"}});
    return {
        {"a push", fails, hello + frame(push_promise, end_headers, 1, promise)},
        {"a push in an answer", fails, part + frame(push_promise, end_headers, 1, promise)},
        {"an answer to nobody", fails, hello + frame(headers, end_headers, 2, head_block)},
        {"an answer to a later one", fails, hello + frame(headers, end_headers, 5, head_block)},
        {"content of nobody", fails, hello + frame(data, 0, 2, "x")},
        {"content of the connection", fails, hello + frame(data, 0, 0, "x")},
        {"a head of the connection", fails, hello + frame(headers, end_headers, 0, head_block)},
        {"a reset of the connection", fails, hello + frame(rst_stream, 0, 0, number(8, 4))},
        {"a reset of nobody", fails, hello + frame(rst_stream, 0, 7, number(8, 4))},
        {"a reset of 3 bytes", fails, hello + frame(rst_stream, 0, 1, number(8, 3))},
        {"a continuation of nothing", fails, hello + frame(continuation, 4, 1, head_block)},
        {"content in a head", fails, hello + frame(headers, 0, 1, head_block) + rest},
        {"another's head in a head", fails,
         hello + frame(headers, 0, 1, head_block) + frame(continuation, 4, 3, head_block)},
        {"a head without an end", fails, hello + frame(headers, 0, 1, head_block),
         frame(continuation, 0, 1, block({{"a", std::string(100, 'b')}}))},
        {"a head of empty frames", fails, hello + frame(headers, 0, 1, head_block),
         frame(continuation, 0, 1)},
        {"a priority of 4 bytes", fails, hello + frame(priority, 0, 1, "1234")},
        {"endless priorities", fails, hello, frame(priority, 0, 1, number(3, 4) + "x")},
        {"a ping of 7 bytes", fails, hello + frame(ping, 0, 0, "1234567")},
        {"a ping of a stream", fails, hello + frame(ping, 0, 1, "12345678")},
        {"endless pings", fails, hello, frame(ping, 0, 0, "12345678")},
        {"a goodbye of 7 bytes", fails, hello + frame(goaway, 0, 0, "1234567")},
        {"a goodbye of a stream", fails, hello + frame(goaway, 0, 1, number(0, 8))},
        {"a goodbye to all", fails, hello + frame(goaway, 0, 0, number(0, 8)), "", ending::closes,
         4},
        {"a refusal", fails, hello + frame(rst_stream, 0, 1, number(7, 4)), "", ending::waits, 4},
        {"another version", fails, hello + frame(rst_stream, 0, 1, number(13, 4))},
        {"a window of a stream by 0", fails, hello + frame(window_update, 0, 1, number(0, 4))},
        {"a window by 0", fails, hello + frame(window_update, 0, 0, number(0, 4))},
        {"a window of 3 bytes", fails, hello + frame(window_update, 0, 0, "123")},
        {"a window too large", fails, hello + frame(window_update, 0, 0, number(0x7FFFFFFF, 4))},
        {"endless windows", fails, hello, frame(window_update, 0, 0, number(1, 4))},
        {"endless unknown frames", fails, hello, frame(unknown, 0, 1, "x")},
        {"unknown frames", whole, hello + frame(unknown, 0, 1, "x") + good.substr(18)},
        {"a frame too large", fails, good_head + frame(data, 0, 1, std::string(16'385, 'x'))},
        {"more padding than frame", fails, good_head + frame(data, padded, 1, "\x09ok")},
        {"more padding than head", fails,
         hello + frame(headers, padded | end_headers, 1,
                       "\xFF"
                       "a")},
    };
}

std::vector<script> about_heads() {
    using enum verdict;
    const auto one = [](const char* name, std::string value) {
        return head({{":status", "200"}, {name, std::move(value)}}) + rest;
    };
    const auto raw = [](std::string what) {
        return hello + frame(headers, end_headers, 1, what) + rest;
    };
    const std::string status = block({{":status", "200"}});
    const std::string stored =
        '\x40' + packed(0, 7, 1) + "a" + packed(0, 7, 3000).append(3000, 'b');
    return {
        {"no status", fails, head({{"a", "b"}}) + rest},
        {"two", fails, one(":status", "200")},
        {"a word", fails, head({{":status", "abc"}}) + rest},
        {"four digits", fails, head({{":status", "2000"}}) + rest},
        {"a protocol is changed", fails, head({{":status", "101"}}) + rest},
        {"a field of requests", fails, one(":path", "/")},
        {"an unknown one", fails, one(":other", "x")},
        {"the status behind a field", fails, head({{"a", "b"}, {":status", "200"}}) + rest},
        {"a large letter", fails, one("Name", "x")},
        {"a space in a name", fails, one("a b", "x")},
        {"no name", fails, one("", "x")},
        {"a line end", fails, one("a", "b\r\nc: d")},
        {"a null", fails, one("a", std::string("b\0c", 3))},
        {"Connection", fails, one("connection", "close")},
        {"Transfer-Encoding", fails, one("transfer-encoding", "chunked")},
        {"two lengths", fails,
         head({{":status", "200"}, {"content-length", "2"}, {"content-length", "3"}}) + rest},
        {"a length that is none", fails, announcing("2x") + rest},
        {"a length below nothing", fails, announcing("-2") + rest},
        {"an enormous length", fails, announcing("99999999999999999999999") + rest},
        {"an index of nothing", fails, raw(packed(0x80, 7, 100))},
        {"the index 0", fails, raw("\x80")},
        {"an index without end", fails, raw(std::string(20, '\xFF'))},
        {"a string that is longer than its head", fails, raw("\x40\x7F\xFF\xFF\x01")},
        {"a table beyond ours", fails, raw(packed(0x20, 5, 1 << 20) + status)},
        {"a bomb", fails, raw(status + stored + many(10'000, "\xBE"))},
        {"an early head without more", fails, head({{":status", "103"}}, end_stream)},
        {"endless early heads", fails, hello,
         frame(headers, end_headers, 1, block({{":status", "103"}}))},
    };
}

std::vector<script> about_content() {
    using enum verdict;
    using enum ending;
    const auto trailer = [](std::initializer_list<http::field> all, std::uint8_t flags) {
        return good_head + frame(data, 0, 1, "ok") +
               frame(headers, end_headers | flags, 1, block(all));
    };
    const std::string reset = frame(rst_stream, 0, 1, number(8, 4));
    const std::string no_error = frame(rst_stream, 0, 1, number(0, 4));
    return {
        {"good", whole, good},
        {"good, then reset", whole, good + no_error},
        {"good, then ended", whole, good, "", closes},
        {"good, with padding", whole,
         good_head + frame(data, padded | end_stream, 1, std::string("\x02ok\0\0", 5))},
        {"good, and a goodbye", whole,
         good_head + frame(goaway, 0, 0, number(1, 4) + number(0, 4)) + rest},
        {"content before its head", fails, hello + frame(data, 0, 1, "x") + good.substr(18)},
        {"too much", fails, announcing("1") + rest},
        {"too little", fails, announcing("3") + rest},
        {"less, and a trailer", fails,
         announcing("3") + frame(data, 0, 1, "ok") +
             frame(headers, end_headers | end_stream, 1, block({{"a", "b"}}))},
        {"no content but some", fails, head({{":status", "204"}}) + rest},
        {"a part", stalls, part},
        {"a part and the end", fails, part, "", closes},
        {"a part and half a frame", fails, part + rest.substr(0, 5), "", closes},
        {"a part and all but a byte", fails, part + rest.substr(0, 10), "", closes},
        {"a part and a reset", fails, part + reset},
        {"a part and no error", fails, part + no_error},
        {"a part and a goodbye", fails, part + frame(goaway, 0, 0, number(1, 4) + number(0, 4)), "",
         closes},
        {"a part and a goodbye before it", fails, part + frame(goaway, 0, 0, number(0, 8))},
        {"a head and the end", fails, good_head, "", closes},
        {"half a head and the end", fails, good_head.substr(0, 30), "", closes},
        {"a status in a trailer", fails, trailer({{":status", "200"}}, end_stream)},
        {"a trailer that is not the end", fails, trailer({{"a", "b"}}, 0)},
        {"a trailer with a line end", fails, trailer({{"a", "b\nc"}}, end_stream)},
        {"endless nothing", fails, good_head, frame(data, 0, 1)},
        {"endless padding", fails, good_head, frame(data, padded, 1, std::string("\x01\0", 2))},
        {"endless content", fails, good_head, frame(data, 0, 1, std::string(16'384, 'x'))},
    };
}

/// Plays a script to whoever connects.
struct server_of {
    explicit server_of(const script& from) : plays(from) {}

    const script& plays;
    std::size_t connections = 0;
    std::size_t said = 0;  ///< bytes of `again`

    io::task<> talk(serve::connection& client) {
        ++connections;
        io::stream& line = client.stream();
        std::string heard;
        while (!has_request(heard)) {
            const io::chunk got = co_await line.read();
            if (got.empty()) co_return;
            heard += got.text();
        }
        if (!plays.said.empty()) co_await line.write(plays.said);
        if (!plays.again.empty()) {
            io::task<> going_on = go_on(line);
            co_await std::move(going_on);
        }
        while (plays.then == ending::waits) {
            const io::chunk got = co_await line.read();
            if (got.empty()) break;
        }
    }

 private:
    io::task<> go_on(io::stream& line) {
        const std::string piece = many(1 + 2000 / plays.again.size(), plays.again);
        while (said < 20'000'000) {
            co_await line.write(piece);
            said += piece.size();
        }
    }
    /// Frames behind the preface, until there is a head.
    static bool has_request(std::string_view heard) {
        constexpr std::size_t preface_size = 24;
        constexpr std::size_t head_size = 9;
        std::size_t at = preface_size;
        while (at + head_size <= heard.size()) {
            const auto byte = [&](std::size_t i) {
                return std::size_t{static_cast<unsigned char>(heard[at + i])};
            };
            if (byte(3) == headers) return true;
            at += head_size + byte(0) * 65536 + byte(1) * 256 + byte(2);
        }
        return false;
    }
};

io::task<> hear_out(const script& plays, std::string url) {
    http::client_options options;
    options.versions = http::versions::http_2;
    options.stall = stall;
    options.within = 10s;
    options.content = 1'000'000;
    http::client asks(options);
    const io::time_point began = co_await io::now();
    std::string came;
    std::string why;
    try {
        io::task<http::response> asking = asks.get(std::move(url));
        const http::response got = co_await std::move(asking);
        came = got.content;
    } catch (const net::stopped&) {
        throw;
    } catch (const std::exception& error) {
        why = error.what();
    }
    const io::time_point ended = co_await io::now();
    asks.close_resting();
    EXPECT_EQ(came, plays.expected == verdict::whole ? "ok" : "") << why;
    EXPECT_EQ(why.empty(), plays.expected == verdict::whole);
    if (plays.expected == verdict::stalls) {
        EXPECT_GE(ended - began, stall);
        EXPECT_LT(ended - began, 2 * stall);
    } else {
        EXPECT_LT(ended - began, stall) << why;
    }
}

void play(const std::vector<script>& all) {
    for (const script& each : all) {
        SCOPED_TRACE(each.name);
        server_of plays(each);
        serve::server running([&](serve::connection& client) { return plays.talk(client); });
        const zocalo::tests::resident_peak memory;
        sim::world world(1);
        world.host("here").run(
            zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
                return hear_out(each, "http://" + where.to_string() + "/");
            }));
        EXPECT_EQ(plays.connections, each.connections);
        EXPECT_LT(plays.said, 6'000'000U);
        EXPECT_LT(memory.grown(), most_memory);
    }
}

// --- A server that says nothing

io::task<> wait_in_vain(http::client& by, std::string url) {
    bool failed = false;
    try {
        io::task<http::response> asking = by.get(std::move(url));
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.content, "");
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        failed = true;
    }
    EXPECT_TRUE(failed);
}

io::task<> wait_together(std::string url) {
    http::client_options options;
    options.versions = http::versions::http_2;
    options.stall = stall;
    http::client asks(options);
    const io::time_point began = co_await io::now();
    std::vector<io::task<>> all;
    for (int i = 0; i < 5; ++i)
        all.push_back(wait_in_vain(asks, url));
    io::task<> waiting = io::all(std::move(all));
    co_await std::move(waiting);
    const io::time_point ended = co_await io::now();
    EXPECT_LT(ended - began, 2 * stall + 1s);
}

TEST(hostile_http2, nobody_waits_one_after_the_other_for_a_server_that_says_nothing) {
    const script silence{"nothing", verdict::stalls, ""};
    server_of plays(silence);
    serve::server running([&](serve::connection& client) { return plays.talk(client); });
    sim::world world(1);
    world.host("here").run(
        zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return wait_together("http://" + where.to_string() + "/");
        }));
}

TEST(hostile_http2, settings_are_looked_at) {
    play(about_settings());
}
TEST(hostile_http2, frames_belong_to_their_streams) {
    play(about_streams());
}
TEST(hostile_http2, heads_are_held_to_the_rules) {
    play(about_heads());
}
TEST(hostile_http2, no_part_of_content_is_taken_for_the_whole) {
    play(about_content());
}

}  // namespace
