// SPDX-License-Identifier: MIT
// RFC 9113 §3 to §7, what it says that must be, at a server: a row each.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "http/http2_rules.hpp"

namespace {

using namespace zocalo::tests::http2;
namespace http = zocalo::http;

const std::string magic = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const std::string hello = frame(settings, 0, 0);
const std::string index_of_1 = "\x40\x01x\x01y";  // a field that goes into the table
const std::string full_frame(16'384, 'x');

std::string many(std::size_t count, const std::string& what) {
    std::string all;
    for (; count > 0; --count)
        all += what;
    return all;
}

/// Requests that nobody answers, one more than are allowed at a time.
std::string too_many() {
    std::string all;
    for (std::uint32_t i = 0; i <= 100; ++i)
        all += ask(2 * i + 1);
    return all;
}
std::string heard_of(std::uint32_t count) {
    std::string all;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(2 * i + 1);
        add(all, "request " + number);
        add(all, "end " + number);
    }
    return all;
}

std::vector<row> about_beginnings() {
    return {
        {"3.4 settings that are empty", magic + hello, "", ""},
        {"3.4 settings that say something", magic + sets(4, 1000), "", ""},
        {"3.4 a request at once", magic + hello + ask(1), "request 1, end 1", ""},
        {"3.4 another version", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "", "ends PROTOCOL_ERROR"},
        {"3.4 a wrong last line", "PRI * HTTP/2.0\r\n\r\nSN\r\n\r\n" + hello, "",
         "ends PROTOCOL_ERROR"},
        {"3.4 a ping before the settings", magic + frame(ping, 0, 0, "12345678"), "",
         "ends PROTOCOL_ERROR"},
        {"3.4 a request before the settings", magic + ask(1), "", "ends PROTOCOL_ERROR"},
        {"3.4 settings that only acknowledge", magic + frame(settings, ack, 0), "",
         "ends PROTOCOL_ERROR"},
    };
}

std::vector<row> about_frames() {
    return {
        {"3.4 the same again", magic + hello, "", "ends FRAME_SIZE_ERROR"},
        {"4.1 an unknown type", frame(unknown, 0xFF, 0, "abc") + ask(1), "request 1, end 1", ""},
        {"4.1 of a stream", ask(1, 0) + frame(unknown, 1, 1, "abc"), "request 1", ""},
        {"4.1 of an idle stream", frame(unknown, 1, 7, "abc") + ask(1), "request 1, end 1", ""},
        {"4.1 unknown flags", frame(ping, 0xFE, 0, "12345678"), "", "pong 12345678"},
        {"4.1 unknown flags of a request", ask(1, end_stream | 0x52), "request 1, end 1", ""},
        {"4.1 the reserved bit", frame(ping, 0, 0x80000000, "12345678") + ask(0x80000001),
         "request 1, end 1", "pong 12345678"},
        {"4.2 a frame as large as can be", ask(1, 0) + frame(data, 0, 1, full_frame),
         "request 1, content 1 " + full_frame, ""},
        {"4.2 content in one that is larger", ask(1, 0) + frame(data, 0, 1, full_frame + 'x'),
         "request 1", "ends FRAME_SIZE_ERROR", "reset 1 FRAME_SIZE_ERROR"},
        {"4.2 a head in one that is larger",
         frame(headers, end_headers, 1, get_block() + full_frame), "", "ends FRAME_SIZE_ERROR"},
        {"4.2 settings in one that is larger", frame(settings, 0, 0, many(2731, setting(99, 1))),
         "", "ends FRAME_SIZE_ERROR"},
        {"4.2 an unknown type in one that is larger", frame(unknown, 0, 0, full_frame + 'x'), "",
         "ends FRAME_SIZE_ERROR"},
        {"4.2 a ping that is too small", frame(ping, 0, 0, "1234567"), "", "ends FRAME_SIZE_ERROR"},
        {"4.3 no block", frame(headers, end_headers | end_stream, 1, "\xFF\xFF\xFF"), "",
         "ends COMPRESSION_ERROR"},
        {"4.3 a block that breaks off",
         frame(headers, end_headers | end_stream, 1, get_block() + "\x40\x05x"), "",
         "ends COMPRESSION_ERROR"},
        {"4.3 a trailer that is no block",
         ask(1, 0) + frame(headers, end_headers | end_stream, 1, "\x80"), "request 1",
         "ends COMPRESSION_ERROR"},
        {"4.3 the table knows what a refused request has brought",
         frame(headers, end_headers | end_stream, 1, index_of_1) +
             frame(headers, end_headers | end_stream, 3, get_block() + '\xBE'),
         "request 3 x=y, end 3", "reset 1 PROTOCOL_ERROR"},
        {"4.3 a priority within a block", frame(headers, 0, 1, get_block()) + priority_of(1), "",
         "ends PROTOCOL_ERROR"},
        {"4.3 a request within a block", frame(headers, 0, 1, get_block()) + ask(3), "",
         "ends PROTOCOL_ERROR"},
    };
}

std::vector<row> about_states() {
    const std::string more = frame(data, 0, 1, "x");
    const std::string again = ask(1);
    const std::string cut = ask(1, 0) + reset_of(1);
    const char* const all = "request 1, end 1";
    const char* const lost = "request 1, lost 1 CANCEL";
    return {
        {"5.1 idle: content", more, "", "ends PROTOCOL_ERROR"},
        {"5.1 idle: a reset", reset_of(1), "", "ends PROTOCOL_ERROR"},
        {"5.1 idle: a window", window_of(1, 100), "", "ends PROTOCOL_ERROR"},
        {"5.1 idle: a continuation", frame(continuation, 4, 1, get_block()), "",
         "ends PROTOCOL_ERROR"},
        {"5.1 idle: a priority", priority_of(1) + ask(1), all, ""},
        {"5.1 idle, and ours: content", frame(data, 0, 2, "x"), "", "ends PROTOCOL_ERROR"},
        {"5.1 idle, and ours: a reset", reset_of(2), "", "ends PROTOCOL_ERROR"},
        {"5.1 idle, and ours: a window", window_of(2, 1), "", "ends PROTOCOL_ERROR"},
        {"5.1 half-closed: content", ask(1) + more, all, "ends STREAM_CLOSED",
         "reset 1 STREAM_CLOSED"},
        {"5.1 half-closed: a head", ask(1) + again, all, "ends STREAM_CLOSED",
         "reset 1 STREAM_CLOSED"},
        {"5.1 half-closed: a continuation", ask(1) + frame(continuation, 4, 1, get_block()), all,
         "ends PROTOCOL_ERROR", "reset 1 STREAM_CLOSED"},
        {"5.1 half-closed: a window", ask(1) + window_of(1, 100), all, ""},
        {"5.1 half-closed: a priority", ask(1) + priority_of(1), all, ""},
        {"5.1 half-closed: a reset", ask(1) + reset_of(1), "request 1, end 1, lost 1 CANCEL", ""},
        {"5.1 closed by a reset: content", cut + more, lost, "", "reset 1 STREAM_CLOSED"},
        {"5.1 closed by a reset: a head", cut + again, lost, "", "ends STREAM_CLOSED"},
        {"5.1 closed by a reset: a continuation", cut + frame(continuation, 4, 1, get_block()),
         lost, "ends PROTOCOL_ERROR"},
        {"5.1 closed by a reset: a priority", cut + priority_of(1), lost, ""},
        {"5.1 closed by a reset: a window", cut + window_of(1, 1), lost, ""},
        {"5.1 closed by a reset: another", cut + reset_of(1), lost, ""},
        {"5.1 closed by its end: content", answered(1) + more, all, "", "reset 1 STREAM_CLOSED"},
        {"5.1 closed by its end: a head", answered(1) + again, all, "", "ends STREAM_CLOSED"},
        {"5.1 closed by its end: a priority", answered(1) + priority_of(1), all, ""},
        {"5.1 closed by its end: a window", answered(1) + window_of(1, 1), all, ""},
        {"5.1 closed by its end: a reset", answered(1) + reset_of(1), all, ""},
        {"5.1 closed by another's number: content", ask(5) + more, "request 5, end 5", "",
         "reset 1 STREAM_CLOSED"},
    };
}

std::vector<row> about_numbers() {
    return {
        {"5.1.1 an even number", ask(2), "", "ends PROTOCOL_ERROR"},
        {"5.1.1 the number 0", ask(0), "", "ends PROTOCOL_ERROR"},
        {"5.1.1 a number that goes down", ask(5) + ask(3), "request 5, end 5",
         "ends PROTOCOL_ERROR"},
        {"5.1.1 a number that was used", answered(1) + answered(3) + ask(1),
         "request 1, end 1, request 3, end 3", "", "ends PROTOCOL_ERROR"},
        {"5.1.1 a number behind one that was passed over goes on",
         ask(1, 0) + ask(7, 0) + frame(data, end_stream, 1) +
             frame(headers, end_headers | end_stream, 7, block({{"x-sum", "1"}})),
         "request 1, request 7, end 1, end 7", ""},
        {"5.1.1 one before it does, too",
         ask(1, 0) + ask(7) + frame(headers, end_headers | end_stream, 1, block({{"x-sum", "1"}})),
         "request 1, request 7, end 7, end 1", ""},
        {"5.1.1 the largest number", ask(0x7FFFFFFF), "request 2147483647, end 2147483647", ""},
        {"5.1.2 one more than is allowed", too_many(), heard_of(100), "reset 201 REFUSED_STREAM"},
        {"5.1.2 and that is known", frame(settings, ack, 0) + too_many(), heard_of(100),
         "ends PROTOCOL_ERROR", "reset 201 PROTOCOL_ERROR"},
        {"5.3.2 a stream that depends on itself", ask(1, 0) + priority_of(1, 1), "request 1", ""},
        {"5.3.2 a request that does",
         frame(headers, end_headers | end_stream | with_priority, 1,
               number(1, 4) + '\x0F' + get_block()),
         "", "ends PROTOCOL_ERROR", "accepted"},
        {"5.4.2 no reset answers a reset", ask(1, 0) + reset_of(1, 1) + reset_of(1, 1),
         "request 1, lost 1 PROTOCOL_ERROR", ""},
        {"5.5 an unknown type within a block",
         frame(headers, 0, 1, get_block()) + frame(unknown, 0, 1, "x"), "", "ends PROTOCOL_ERROR"},
        {"5.5 and before a continuation",
         frame(headers, 0, 1, get_block()) + frame(unknown, 0, 1, "x") +
             frame(continuation, end_headers, 1),
         "", "ends PROTOCOL_ERROR"},
    };
}

std::vector<row> about_content_and_heads() {
    const std::string head = frame(headers, 0, 1, get_block());
    const std::string pad3(
        "\3"
        "abc\0\0\0",
        7);
    return {
        {"6.1 content of no stream", frame(data, 0, 0, "x"), "", "ends PROTOCOL_ERROR"},
        {"6.1 padding", ask(1, 0) + frame(data, padded | end_stream, 1, pad3),
         "request 1, content 1 abc, end 1", ""},
        {"6.1 nothing but padding", ask(1, 0) + frame(data, padded, 1, std::string("\2\0\0", 3)),
         "request 1", ""},
        {"6.1 padding that is as long as the frame", ask(1, 0) + frame(data, padded, 1, "\3ab"),
         "request 1", "ends PROTOCOL_ERROR"},
        {"6.1 longer",
         ask(1, 0) + frame(data, padded, 1,
                           "\xFF"
                           "ab"),
         "request 1", "ends PROTOCOL_ERROR"},
        {"6.1 no word how long", ask(1, 0) + frame(data, padded, 1), "request 1",
         "ends PROTOCOL_ERROR", "reset 1 FRAME_SIZE_ERROR"},
        {"6.2 a head of no stream", frame(headers, end_headers, 0, get_block()), "",
         "ends PROTOCOL_ERROR"},
        {"6.2 padding",
         frame(headers, end_headers | end_stream | padded, 1, '\2' + get_block() + "\1\1"),
         "request 1, end 1", ""},
        {"6.2 padding that is as long as the frame",
         frame(headers, end_headers | padded, 1,
               static_cast<char>(get_block().size() + 1) + get_block()),
         "", "ends PROTOCOL_ERROR"},
        {"6.2 no word how long", frame(headers, end_headers | padded, 1), "", "ends PROTOCOL_ERROR",
         "ends FRAME_SIZE_ERROR"},
        {"6.2 a priority",
         frame(headers, end_headers | end_stream | with_priority, 1,
               number(0x80000003, 4) + '\x0F' + get_block()),
         "request 1, end 1", ""},
        {"6.2 a priority and padding",
         frame(headers, end_headers | end_stream | with_priority | padded, 1,
               '\1' + number(3, 4) + '\x0F' + get_block() + '\0'),
         "request 1, end 1", ""},
        {"6.2 half a priority", frame(headers, end_headers | with_priority, 1, "1234"), "",
         "ends FRAME_SIZE_ERROR"},
        {"6.2 content within a head", head + frame(data, 0, 1, "x"), "", "ends PROTOCOL_ERROR"},
        {"6.2 a ping within a head", head + frame(ping, 0, 0, "12345678"), "",
         "ends PROTOCOL_ERROR"},
        {"6.2 settings within a head", head + hello, "", "ends PROTOCOL_ERROR"},
    };
}

std::vector<row> about_continuations() {
    const std::string head = frame(headers, 0, 1, get_block());
    return {
        {"6.10 one", head + frame(continuation, end_headers, 1), "request 1", ""},
        {"6.10 some",
         frame(headers, end_stream, 1, get_block().substr(0, 5)) +
             frame(continuation, 0, 1, get_block().substr(5, 20)) + frame(continuation, 0, 1) +
             frame(continuation, end_headers, 1, get_block().substr(25)),
         "request 1, end 1", ""},
        {"6.10 content between", head + frame(continuation, 0, 1) + frame(data, 0, 1, "x"), "",
         "ends PROTOCOL_ERROR"},
        {"6.10 one of no stream", head + frame(continuation, end_headers, 0), "",
         "ends PROTOCOL_ERROR"},
        {"6.10 one of another stream", head + frame(continuation, end_headers, 3), "",
         "ends PROTOCOL_ERROR"},
        {"6.10 one before any head", frame(continuation, end_headers, 1, get_block()), "",
         "ends PROTOCOL_ERROR"},
        {"6.10 one behind the end of a head", ask(1, 0) + frame(continuation, end_headers, 1),
         "request 1", "ends PROTOCOL_ERROR"},
        {"6.10 one behind the end of another",
         head + frame(continuation, end_headers, 1) + frame(continuation, end_headers, 1),
         "request 1", "ends PROTOCOL_ERROR"},
        {"6.10 one behind content",
         ask(1, 0) + frame(data, 0, 1, "x") + frame(continuation, end_headers, 1),
         "request 1, content 1 x", "ends PROTOCOL_ERROR"},
    };
}

std::vector<row> about_priorities_and_resets() {
    return {
        {"6.3 of no stream", priority_of(0), "", "ends PROTOCOL_ERROR"},
        {"6.3 of 4 bytes", ask(1, 0) + frame(priority, 0, 1, "1234"), "request 1",
         "ends FRAME_SIZE_ERROR", "reset 1 FRAME_SIZE_ERROR"},
        {"6.3 of 6 bytes", ask(1, 0) + frame(priority, 0, 1, "123456"), "request 1",
         "ends FRAME_SIZE_ERROR", "reset 1 FRAME_SIZE_ERROR"},
        {"6.4 of no stream", reset_of(0), "", "ends PROTOCOL_ERROR"},
        {"6.4 of an idle stream", ask(1) + reset_of(3), "request 1, end 1", "ends PROTOCOL_ERROR"},
        {"6.4 of 3 bytes", ask(1, 0) + frame(rst_stream, 0, 1, "123"), "request 1",
         "ends FRAME_SIZE_ERROR"},
        {"6.4 of 5 bytes", ask(1, 0) + frame(rst_stream, 0, 1, "12345"), "request 1",
         "ends FRAME_SIZE_ERROR"},
        {"7 an unknown code in a reset", ask(1, 0) + reset_of(1, 0x1234) + ask(3),
         "request 1, lost 1 error 4660, request 3, end 3", ""},
        {"7 an unknown code in a goodbye", ask(1, 0) + frame(goaway, 0, 0, number(0, 4) + "abcd"),
         "request 1, leaving 0 error 1633837924", ""},
    };
}

std::vector<row> about_settings() {
    return {
        {"6.5 an acknowledgement", frame(settings, ack, 0), "", ""},
        {"6.5 one that says something", frame(settings, ack, 0, setting(1, 1)), "",
         "ends FRAME_SIZE_ERROR"},
        {"6.5 of a stream", ask(1, 0) + frame(settings, 0, 1), "request 1", "ends PROTOCOL_ERROR"},
        {"6.5 of 5 bytes", frame(settings, 0, 0, "12345"), "", "ends FRAME_SIZE_ERROR"},
        {"6.5 of 7 bytes", frame(settings, 0, 0, "1234567"), "", "ends FRAME_SIZE_ERROR"},
        {"6.5 at any time", ask(1, 0) + sets(4, 5) + frame(data, end_stream, 1, "x"),
         "request 1, content 1 x, end 1", ""},
        {"6.5.2 push, or not", sets(2, 1) + sets(2, 0), "", ""},
        {"6.5.2 push, twice", sets(2, 2), "", "ends PROTOCOL_ERROR"},
        {"6.5.2 any table", sets(1, 0xFFFFFFFF) + sets(1, 0), "", ""},
        {"6.5.2 any number of streams", sets(3, 0xFFFFFFFF) + sets(3, 0), "", ""},
        {"6.5.2 the largest window", sets(4, 0x7FFFFFFF), "", ""},
        {"6.5.2 one more", sets(4, 0x80000000), "", "ends FLOW_CONTROL_ERROR"},
        {"6.5.2 the smallest frames", sets(5, 16'384), "", ""},
        {"6.5.2 smaller ones", sets(5, 16'383), "", "ends PROTOCOL_ERROR"},
        {"6.5.2 the largest frames", sets(5, 0xFFFFFF), "", ""},
        {"6.5.2 larger ones", sets(5, 0x1000000), "", "ends PROTOCOL_ERROR"},
        {"6.5.2 any size of heads", sets(6, 0xFFFFFFFF) + sets(6, 0), "", ""},
        {"6.5.2 an unknown one", sets(0xABCD, 5) + sets(0, 7), "", ""},
        {"6.5.3 a good one and a bad one", frame(settings, 0, 0, setting(4, 5) + setting(5, 1)), "",
         "ends PROTOCOL_ERROR"},
        {"RFC 8441 3 what only a server may say", sets(8, 1), "", ""},
        {"RFC 8441 3 neither yes nor no", sets(8, 2), "", "ends PROTOCOL_ERROR"},
        {"RFC 9218 2.1 neither yes nor no", sets(9, 2), "", "ends PROTOCOL_ERROR"},
    };
}

std::vector<row> about_the_connection() {
    return {
        {"6.6 of a client",
         ask(1, 0) + frame(push_promise, end_headers, 1, number(2, 4) + get_block()), "request 1",
         "ends PROTOCOL_ERROR"},
        {"6.7 it is answered with the same", frame(ping, 0, 0, std::string("\0\1\2\3\4\5\6\7", 8)),
         "", "pong " + std::string("\0\1\2\3\4\5\6\7", 8)},
        {"6.7 an answer is not answered", frame(ping, ack, 0, "12345678"), "pong", ""},
        {"6.7 of a stream", frame(ping, 0, 1, "12345678"), "", "ends PROTOCOL_ERROR"},
        {"6.7 of 6 bytes", frame(ping, 0, 0, "123456"), "", "ends FRAME_SIZE_ERROR"},
        {"6.7 of 9 bytes", frame(ping, 0, 0, "123456789"), "", "ends FRAME_SIZE_ERROR"},
        {"6.7 an answer of 6 bytes", frame(ping, ack, 0, "123456"), "", "ends FRAME_SIZE_ERROR"},
        {"6.8 of a stream", ask(1, 0) + frame(goaway, 0, 1, number(0, 8)), "request 1",
         "ends PROTOCOL_ERROR"},
        {"6.8 of 7 bytes", frame(goaway, 0, 0, "1234567"), "", "ends FRAME_SIZE_ERROR"},
        {"6.8 what goes on ends well",
         ask(1, 0) + frame(goaway, 0, 0, number(0, 8) + "why") + frame(data, end_stream, 1, "x"),
         "request 1, leaving 0 NO_ERROR, content 1 x, end 1", ""},
        {"6.9 by nothing, of a stream", ask(1, 0) + window_of(1, 0), "request 1",
         "ends PROTOCOL_ERROR", "reset 1 PROTOCOL_ERROR"},
        {"6.9 by nothing", window_of(0, 0), "", "ends PROTOCOL_ERROR"},
        {"6.9 the reserved bit", window_of(0, 0x80000001), "", ""},
        {"6.9 of 3 bytes", frame(window_update, 0, 0, "123"), "", "ends FRAME_SIZE_ERROR"},
        {"6.9 of 5 bytes, of a stream", ask(1, 0) + frame(window_update, 0, 1, "12345"),
         "request 1", "ends FRAME_SIZE_ERROR"},
        {"6.9.1 as large as can be",
         ask(1, 0) + window_of(0, 0x7FFFFFFF - 65'535) + window_of(1, 0x7FFFFFFF - 65'535),
         "request 1", ""},
        {"6.9.1 larger", window_of(0, 0x7FFFFFFF - 65'534), "", "ends FLOW_CONTROL_ERROR"},
        {"6.9.1 larger, of a stream", ask(1, 0) + window_of(1, 0x7FFFFFFF - 65'534),
         "request 1, lost 1 FLOW_CONTROL_ERROR", "reset 1 FLOW_CONTROL_ERROR"},
        {"6.9.2 larger, by settings", ask(1, 0) + window_of(1, 100) + sets(4, 0x7FFFFFFF - 99),
         "request 1", "ends FLOW_CONTROL_ERROR"},
    };
}

/// Nobody takes what comes: 32 KiB of a stream, 64 KiB of all.
std::vector<row> about_windows() {
    const auto begin = [](std::uint32_t stream) {
        return frame(headers, end_headers, stream, block_for("/held"));
    };
    const auto fill = [&](std::uint32_t stream) {
        return begin(stream) + frame(data, 0, stream, full_frame) +
               frame(data, 0, stream, full_frame);
    };
    return {
        {"6.9.1 as much as may come", fill(1) + fill(3), "request 1, request 3", ""},
        {"6.9.1 nothing, when no more may", fill(1) + frame(data, end_stream, 1),
         "request 1, end 1", ""},
        {"6.9.1 more of a stream", fill(1) + frame(data, 0, 1, "x"),
         "request 1, lost 1 FLOW_CONTROL_ERROR", "reset 1 FLOW_CONTROL_ERROR"},
        {"6.9.1 padding counts",
         begin(1) + frame(data, 0, 1, full_frame) +
             frame(data, padded, 1, '\xFF' + full_frame.substr(1)) + frame(data, 0, 1, "x"),
         "request 1, lost 1 FLOW_CONTROL_ERROR", "reset 1 FLOW_CONTROL_ERROR"},
        {"6.9.1 more of all", fill(1) + fill(3) + begin(5) + frame(data, 0, 5, "x"),
         "request 1, request 3, request 5", "ends FLOW_CONTROL_ERROR"},
    };
}

void try_all(const std::vector<row>& all, const std::string& before = magic + hello,
             const http::http2_limits& also = {}) {
    for (const row& each : all)
        expect_rule<http::http2_server_engine>(each, before, also);
}

TEST(http2_rules, beginnings_at_a_server) {
    try_all(about_beginnings(), "");
}
TEST(http2_rules, frames_at_a_server) {
    try_all(about_frames());
    try_all(about_content_and_heads());
    try_all(about_continuations());
    try_all(about_priorities_and_resets());
    try_all(about_settings());
    try_all(about_the_connection());
}
TEST(http2_rules, streams_at_a_server) {
    try_all(about_states());
    try_all(about_numbers());
}
TEST(http2_rules, windows_of_a_server) {
    http::http2_limits small;
    small.stream_window = 32'768;
    small.connection_window = 65'536;
    try_all(about_windows(), magic + hello + frame(settings, ack, 0), small);
}

}  // namespace
