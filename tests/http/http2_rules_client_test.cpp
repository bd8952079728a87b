// SPDX-License-Identifier: MIT
// RFC 9113, what it says that must be, at a client: a row each. It has asked on the streams 1, 3, 5
// and 7 (GET, POST that goes on, HEAD, CONNECT).
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "http/http2_rules.hpp"

namespace {

using namespace zocalo::tests::http2;
namespace http = zocalo::http;

using fields = std::initializer_list<http::field>;

const std::string hello = frame(settings, 0, 0);
const std::string full_frame(16'384, 'x');

std::string head(const fields& all, std::uint32_t stream = of_get, std::uint8_t flags = 0) {
    return frame(headers, end_headers | flags, stream, block(all));
}
std::string ok(std::uint32_t stream = of_get, std::uint8_t flags = 0) {
    return head({{":status", "200"}}, stream, flags);
}
std::string content(const std::string& text, std::uint8_t flags = 0, std::uint32_t on = of_get) {
    return frame(data, flags, on, text);
}
/// A whole answer: its stream is closed then.
const std::string whole = ok() + content("ok", end_stream);
const char* const heard_whole = "response 1 200, content 1 ok, end 1";
const char* const lost = "lost 1 PROTOCOL_ERROR";
const char* const reset = "reset 1 PROTOCOL_ERROR";

std::vector<row> about_frames() {
    const std::string begun = frame(headers, 0, 1, block({{":status", "200"}}));
    const char* const ends = "ends PROTOCOL_ERROR";
    const char* const wrong_size = "ends FRAME_SIZE_ERROR";
    return {
        {"4.1 an unknown type", frame(unknown, 0xFF, 1, "abc") + whole, heard_whole, ""},
        {"4.1 the reserved bit", ok(0x80000001, end_stream), "response 1 200, end 1", ""},
        {"4.2 a frame as large as can be", ok() + content(full_frame),
         "response 1 200, content 1 " + full_frame, ""},
        {"4.2 content in one that is larger", ok() + content(full_frame + 'x'), "response 1 200",
         wrong_size, "reset 1 FRAME_SIZE_ERROR"},
        {"4.2 a head in one that is larger",
         frame(headers, end_headers, 1, block({{":status", "200"}}) + full_frame), "", wrong_size},
        {"4.3 no block", frame(headers, end_headers, 1, "\xFF\xFF\xFF"), "",
         "ends COMPRESSION_ERROR"},
        {"4.3 a priority within a block", begun + priority_of(1), "", ends},
        {"4.3 another's head within a block", begun + ok(of_post), "", ends},
        {"5.5 an unknown type within a block", begun + frame(unknown, 0, 1, "x"), "", ends},
        {"6.1 content of no stream", frame(data, 0, 0, "x"), "", ends},
        {"6.1 padding", ok() + content(std::string("\1ok\0", 4), padded | end_stream), heard_whole,
         ""},
        {"6.1 padding that is as long as the frame", ok() + content("\2a", padded),
         "response 1 200", ends},
        {"6.2 a head of no stream", ok(0), "", ends},
        {"6.2 padding that is longer than the frame",
         frame(headers, end_headers | padded, 1,
               "\xFF"
               "a"),
         "", ends},
        {"6.2 a priority",
         frame(headers, end_headers | end_stream | with_priority, 1,
               number(3, 4) + '\x0F' + block({{":status", "200"}})),
         "response 1 200, end 1", ""},
        {"6.3 of no stream", priority_of(0), "", ends},
        {"6.3 of 4 bytes", frame(priority, 0, 1, "1234"), "", wrong_size,
         "reset 1 FRAME_SIZE_ERROR"},
        {"6.4 of no stream", reset_of(0), "", ends},
        {"6.4 of an idle stream", reset_of(of_none), "", ends},
        {"6.4 of 3 bytes", frame(rst_stream, 0, 1, "123"), "", wrong_size},
    };
}

std::vector<row> about_the_connection() {
    const std::string begun = frame(headers, 0, 1, block({{":status", "200"}}));
    const char* const ends = "ends PROTOCOL_ERROR";
    const char* const wrong_size = "ends FRAME_SIZE_ERROR";
    return {
        {"6.5 an acknowledgement that says something", frame(settings, ack, 0, setting(1, 1)), "",
         wrong_size},
        {"6.5 of a stream", frame(settings, 0, 1), "", ends},
        {"6.5 of 5 bytes", frame(settings, 0, 0, "12345"), "", wrong_size},
        {"6.7 it is answered with the same", frame(ping, 0, 0, "12345678"), "", "pong 12345678"},
        {"6.7 an answer is not answered", frame(ping, ack, 0, "12345678"), "pong", ""},
        {"6.7 of a stream", frame(ping, 0, 1, "12345678"), "", ends},
        {"6.7 of 7 bytes", frame(ping, 0, 0, "1234567"), "", wrong_size},
        {"6.8 of a stream", frame(goaway, 0, 1, number(0, 8)), "", ends},
        {"6.8 of 7 bytes", frame(goaway, 0, 0, "1234567"), "", wrong_size},
        {"6.9 by nothing", window_of(0, 0), "", ends},
        {"6.9 by nothing, of a stream", window_of(of_post, 0), "", ends, "reset 3 PROTOCOL_ERROR"},
        {"6.9 of 3 bytes", frame(window_update, 0, 0, "123"), "", wrong_size},
        {"6.9.1 larger than can be", window_of(0, 0x7FFFFFFF - 65'534), "",
         "ends FLOW_CONTROL_ERROR"},
        {"6.9.1 larger, of a stream", window_of(of_post, 0x7FFFFFFF - 65'534),
         "lost 3 FLOW_CONTROL_ERROR", "reset 3 FLOW_CONTROL_ERROR"},
        {"6.9.2 larger, by settings", window_of(of_post, 100) + sets(4, 0x7FFFFFFF - 99), "",
         "ends FLOW_CONTROL_ERROR"},
        {"6.10 some",
         frame(headers, end_stream, 1, block({{":status", "200"}}).substr(0, 4)) +
             frame(continuation, 0, 1) +
             frame(continuation, end_headers, 1, block({{":status", "200"}}).substr(4)),
         "response 1 200, end 1", ""},
        {"6.10 content between", begun + content("x"), "", ends},
        {"6.10 one of another stream", begun + frame(continuation, end_headers, 3), "", ends},
        {"6.10 one of no stream", begun + frame(continuation, end_headers, 0), "", ends},
        {"6.10 one before any head", frame(continuation, end_headers, 1), "", ends},
        {"6.10 one behind the end of a head", ok() + frame(continuation, end_headers, 1),
         "response 1 200", ends},
        {"7 an unknown code in a reset", reset_of(of_get, 0x1234) + ok(of_post),
         "lost 1 error 4660, response 3 200", ""},
    };
}

std::vector<row> about_streams() {
    const char* const ends = "ends PROTOCOL_ERROR";
    const std::string promise = frame(push_promise, end_headers, 1, number(2, 4) + get_block());
    return {
        {"5.1 idle: content", content("x", 0, of_none), "", ends},
        {"5.1 idle: a window", window_of(of_none, 1), "", ends},
        {"5.1 idle: a head", ok(of_none), "", ends},
        {"5.1 idle: a priority", priority_of(of_none) + whole, heard_whole, ""},
        {"5.1 half-closed: a window", window_of(of_get, 1) + whole, heard_whole, ""},
        {"5.1 half-closed by the server: content",
         ok(of_post, end_stream) + content("x", 0, of_post), "response 3 200, end 3",
         "ends STREAM_CLOSED", "reset 3 STREAM_CLOSED"},
        {"5.1 half-closed by the server: a head", ok(of_post, end_stream) + ok(of_post),
         "response 3 200, end 3", "ends STREAM_CLOSED", "reset 3 STREAM_CLOSED"},
        {"5.1 half-closed by the server: a reset, in which nothing was wrong",
         ok(of_post, end_stream) + reset_of(of_post, 0), "response 3 200, end 3, lost 3 NO_ERROR",
         ""},
        {"5.1 closed: content", whole + content("x"), heard_whole, "", "reset 1 STREAM_CLOSED"},
        {"5.1 closed: a head", whole + ok(), heard_whole, "", "ends STREAM_CLOSED"},
        {"5.1 closed: a window", whole + window_of(of_get, 1), heard_whole, ""},
        {"5.1 closed: a reset", whole + reset_of(of_get), heard_whole, ""},
        {"5.1 closed: a priority", whole + priority_of(of_get), heard_whole, ""},
        {"5.1 closed by a reset: content", reset_of(of_get) + content("x"), "lost 1 CANCEL", "",
         "reset 1 STREAM_CLOSED"},
        {"5.1.1 a stream of the server's, with no promise", ok(2), "", ends},
        {"5.4.2 no reset answers a reset", reset_of(of_get, 1), lost, ""},
        {"6.5.2 push by the server", sets(2, 1), "", ends},
        {"6.5.2 no push by the server", sets(2, 0) + whole, heard_whole, ""},
        {"6.5.2 too large a window", sets(4, 0x80000000), "", "ends FLOW_CONTROL_ERROR"},
        {"6.5.2 too small frames", sets(5, 16'383), "", ends},
        {"6.5.2 too large frames", sets(5, 0x1000000), "", ends},
        {"6.5.2 an unknown one", sets(0xABCD, 5) + whole, heard_whole, ""},
        {"RFC 8441 3 neither yes nor no", sets(8, 2), "", ends},
        {"RFC 8441 3 yes, and then no", sets(8, 1) + sets(8, 0), "", ends},
        {"RFC 9218 2.1 neither yes nor no", sets(9, 2), "", ends},
        {"6.6 where it was refused", promise, "", ends},
        {"6.6 of no stream", frame(push_promise, end_headers, 0, number(2, 4) + get_block()), "",
         ends},
        {"6.6 of an idle stream",
         frame(push_promise, end_headers, of_none, number(2, 4) + get_block()), "", ends},
        {"8.4 in an answer", ok() + promise, "response 1 200", ends},
        {"6.8 streams behind the last are lost, the others are not",
         frame(goaway, 0, 0, number(3, 4) + number(0, 4)) + ok(of_post),
         "leaving 3 NO_ERROR, lost 7 REFUSED_STREAM, lost 5 REFUSED_STREAM, response 3 200", ""},
        {"6.8 with words", frame(goaway, 0, 0, number(7, 4) + number(0, 4) + "why") + whole,
         std::string("leaving 7 NO_ERROR, ") + heard_whole, ""},
        {"6.8 two, the second earlier",
         frame(goaway, 0, 0, number(0x7FFFFFFF, 4) + number(0, 4)) +
             frame(goaway, 0, 0, number(5, 4) + number(0, 4)),
         "leaving 2147483647 NO_ERROR, leaving 5 NO_ERROR, lost 7 REFUSED_STREAM", ""},
    };
}

std::vector<row> about_messages() {
    const auto sized = [](const char* size, const char* status, std::uint32_t on = of_get) {
        return head({{":status", status}, {"content-length", size}}, on);
    };
    const auto trailer = [](const fields& all, std::uint8_t flags = end_stream) {
        return head(all, of_get, flags);
    };
    const char* const cut = "response 1 200, content 1 ok, lost 1 PROTOCOL_ERROR";
    const char* const early = "response 1 200, lost 1 PROTOCOL_ERROR";
    return {
        {"8.1 any number of early heads",
         head({{":status", "100"}}) + head({{":status", "103"}}) + whole,
         std::string("interim 1 100, interim 1 103, ") + heard_whole, ""},
        {"8.1 an early head that is the end", head({{":status", "103"}}, of_get, end_stream), lost,
         reset},
        {"8.1 content behind an early head", head({{":status", "103"}}) + content("x"),
         "interim 1 103, lost 1 PROTOCOL_ERROR", reset},
        {"8.1 content before its head", content("x"), "", "ends PROTOCOL_ERROR", reset},
        {"8.1 a trailer", ok() + content("ok") + trailer({{"a", "b"}}), heard_whole, ""},
        {"8.1 a trailer that is not the end", ok() + content("ok") + trailer({{"a", "b"}}, 0), cut,
         reset},
        {"8.1 a trailer with a status", ok() + content("ok") + trailer({{":status", "200"}}), cut,
         reset},
        {"8.1 an answer before the request has ended", ok(of_post, end_stream),
         "response 3 200, end 3", ""},
        {"8.1.1 a length that is right", sized("2", "200") + content("ok", end_stream), heard_whole,
         ""},
        {"8.1.1 less", sized("3", "200") + content("ok", end_stream), cut, reset},
        {"8.1.1 more", sized("0", "200") + content("ok", end_stream), early, reset},
        {"8.1.1 some, and there is none",
         head({{":status", "200"}, {"content-length", "1"}}, of_get, end_stream), lost, reset},
        {"8.1.1 one of a HEAD", head({{":status", "200"}, {"content-length", "9"}}, of_head, 1),
         "response 5 200, end 5", ""},
        {"8.1.1 one of 304", head({{":status", "304"}, {"content-length", "9"}}, of_get, 1),
         "response 1 304, end 1", ""},
        {"8.1.1 content of a HEAD", ok(of_head) + content("x", 0, of_head),
         "response 5 200, lost 5 PROTOCOL_ERROR", "reset 5 PROTOCOL_ERROR"},
        {"8.1.1 content of 204", head({{":status", "204"}}) + content("x"),
         "response 1 204, lost 1 PROTOCOL_ERROR", reset},
        {"8.1.1 content of 304", head({{":status", "304"}}) + content("x"),
         "response 1 304, lost 1 PROTOCOL_ERROR", reset},
    };
}

std::vector<row> about_fields() {
    const auto one = [](std::string_view name, std::string_view value) {
        return head({{":status", "200"}, {name, value}}, of_get, end_stream);
    };
    return {
        {"8.2 a capital", one("Name", "x"), lost, reset},
        {"8.2.1 a space in a name", one("a b", "x"), lost, reset},
        {"8.2.1 a colon in a name", one("a:b", "x"), lost, reset},
        {"8.2.1 no name", one("", "x"), lost, reset},
        {"8.2.1 a line feed", one("a", "b\nc"), lost, reset},
        {"8.2.1 a carriage return", one("a", "b\rc"), lost, reset},
        {"8.2.1 a NUL", one("a", std::string_view("b\0c", 3)), lost, reset},
        {"8.2.1 a space before", one("a", " b"), lost, reset},
        {"8.2.1 a tab behind", one("a", "b\t"), lost, reset},
        {"8.2.2 Connection", one("connection", "x"), lost, reset},
        {"8.2.2 Proxy-Connection", one("proxy-connection", "x"), lost, reset},
        {"8.2.2 Keep-Alive", one("keep-alive", "x"), lost, reset},
        {"8.2.2 Transfer-Encoding", one("transfer-encoding", "chunked"), lost, reset},
        {"8.2.2 Upgrade", one("upgrade", "x"), lost, reset},
        {"8.2.2 TE, which is of requests", one("te", "trailers"), lost, reset},
        {"8.3 one that is unknown", one(":test", "x"), lost, reset},
        {"8.3 one of requests", one(":path", "/"), lost, reset},
        {"8.3 one behind a field", head({{"a", "b"}, {":status", "200"}}), lost, reset},
        {"8.3 the status, twice", one(":status", "200"), lost, reset},
        {"8.3.2 no status", head({{"a", "b"}}), lost, reset},
        {"8.3.2 a status that is none", head({{":status", "2x0"}}), lost, reset},
        {"8.3.2 an early head without one", head({{":status", "103"}}) + head({{"a", "b"}}),
         "interim 1 103, lost 1 PROTOCOL_ERROR", reset},
        {"8.5 a tunnel", ok(of_connect) + content("x", 0, of_connect),
         "response 7 200, content 7 x", ""},
        {"8.5 a head within", ok(of_connect) + head({{"a", "b"}}, of_connect, end_stream),
         "response 7 200, lost 7 PROTOCOL_ERROR", "reset 7 PROTOCOL_ERROR"},
        {"8.6 another protocol", head({{":status", "101"}}), lost, reset},
        {"8.1.1 what is broken breaks nothing else", head({{"a", "b"}}) + ok(of_post, end_stream),
         "lost 1 PROTOCOL_ERROR, response 3 200, end 3", reset},
    };
}

void try_all(const std::vector<row>& all, const std::string& before = hello,
             const http::http2_limits& also = http::client_http2_limits()) {
    for (const row& each : all)
        expect_rule<http::http2_client_engine>(each, before, also);
}

TEST(http2_rules, beginnings_at_a_client) {
    const char* const ends = "ends PROTOCOL_ERROR";
    try_all(
        {
            {"3.4 settings that are empty", hello + whole, heard_whole, ""},
            {"3.4 a ping before the settings", frame(ping, 0, 0, "12345678"), "", ends},
            {"3.4 an answer before the settings", whole, "", ends},
            {"3.4 settings that only acknowledge", frame(settings, ack, 0), "", ends},
            {"3.4 another version", "HTTP/1.1 400 Bad Request\r\n\r\n", "", ends},
        },
        "");
}
TEST(http2_rules, frames_at_a_client) {
    try_all(about_frames());
    try_all(about_the_connection());
}
TEST(http2_rules, streams_at_a_client) {
    try_all(about_streams());
}
TEST(http2_rules, messages_at_a_client) {
    try_all(about_messages());
    try_all(about_fields());
}

/// 32 KiB of a stream, 64 KiB of all; nobody takes what comes for stream 3.
TEST(http2_rules, windows_of_a_client) {
    http::http2_limits small = http::client_http2_limits();
    small.stream_window = 32'768;
    small.connection_window = 65'536;
    const std::string full =
        ok(of_post) + content(full_frame, 0, of_post) + content(full_frame, 0, of_post);
    try_all(
        {
            {"6.9.1 as much as may come", full, "response 3 200", ""},
            {"6.9.1 nothing, when no more may", full + content("", end_stream, of_post),
             "response 3 200, end 3", ""},
            {"6.9.1 more", full + content("x", 0, of_post),
             "response 3 200, lost 3 FLOW_CONTROL_ERROR", "reset 3 FLOW_CONTROL_ERROR"},
        },
        hello + frame(settings, ack, 0), small);
}

}  // namespace
