// SPDX-License-Identifier: MIT
// RFC 9113 §8, what it says that must be, at a server: a row each.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "http/http2_rules.hpp"

namespace {

using namespace zocalo::tests::http2;
namespace http = zocalo::http;

using fields = std::initializer_list<http::field>;

/// A request without content.
std::string of(const fields& all) {
    return frame(headers, end_headers | end_stream, 1, block(all));
}
/// The usual one, and that beside.
std::string with(const fields& more) {
    return frame(headers, end_headers | end_stream, 1, get_block() + block(more));
}
/// One that says how long its content is.
std::string sized(const char* length, std::uint8_t flags = 0) {
    return frame(headers, end_headers | flags, 1,
                 get_block() + block({{"content-length", length}}));
}
std::string content(const char* text, std::uint8_t flags = 0) {
    return frame(data, flags, 1, text);
}
std::string trailer(const fields& all, std::uint8_t flags = end_stream) {
    return frame(headers, end_headers | flags, 1, block(all));
}

const char* const taken = "request 1, end 1";
const char* const reset = "reset 1 PROTOCOL_ERROR";
const char* const bad = "refused 1 400, end 1";  // answered, and all of it has come

std::vector<row> about_framing() {
    const char* const cut = "request 1, content 1 ok, lost 1 PROTOCOL_ERROR";
    return {
        {"8.1 a head, content, a trailer",
         ask(1, 0) + content("o") + content("k") + trailer({{"x-sum", "1"}}),
         "request 1, content 1 ok, end 1", ""},
        {"8.1 no content, a trailer", ask(1, 0) + trailer({{"x-sum", "1"}}), taken, ""},
        {"8.1 an end with nothing but padding",
         ask(1, 0) + frame(data, padded | end_stream, 1, std::string("\1\0", 2)), taken, ""},
        {"8.1 an end without content", ask(1, 0) + content("", end_stream), taken, ""},
        {"8.1 a trailer that is not the end", ask(1, 0) + content("ok") + trailer({{"a", "b"}}, 0),
         cut, reset},
        {"8.1 a second head", ask(1, 0) + ask(1, 0), "request 1, lost 1 PROTOCOL_ERROR", reset},
        {"8.1 a trailer with a path", ask(1, 0) + content("ok") + trailer({{":path", "/"}}), cut,
         reset},
        {"8.1 one with a status", ask(1, 0) + content("ok") + trailer({{":status", "200"}}), cut,
         reset},
        {"8.1 an end between head and continuation",
         frame(headers, end_stream, 1, get_block()) + frame(continuation, end_headers, 1), taken,
         ""},
        {"8.1.1 a length that is right", sized("2") + content("ok", end_stream),
         "request 1, content 1 ok, end 1", ""},
        {"8.1.1 less", sized("3") + content("ok", end_stream), cut, reset},
        {"8.1.1 less, and a trailer", sized("3") + content("ok") + trailer({{"a", "b"}}), cut,
         reset},
        {"8.1.1 more", sized("0") + content("ok", end_stream), "request 1, lost 1 PROTOCOL_ERROR",
         reset},
        {"8.1.1 more, in two frames", sized("2") + content("ok") + content("k", end_stream), cut,
         reset},
        {"8.1.1 some, and there is none", sized("5", end_stream), "", reset},
        {"8.1.1 none", sized("0", end_stream), taken, ""},
        {"8.1.1 padding is no content",
         sized("2") + frame(data, padded | end_stream, 1, std::string("\2ok\0\0", 5)),
         "request 1, content 1 ok, end 1", ""},
        {"8.1.1 no number", sized("x", end_stream), "", reset},
        {"8.1.1 two that differ",
         frame(headers, end_headers, 1,
               get_block() + block({{"content-length", "1"}, {"content-length", "2"}})),
         "", reset},
        {"8.1.1 what is broken breaks nothing else",
         sized("3") + content("ok", end_stream) + ask(3), std::string(cut) + ", request 3, end 3",
         reset},
    };
}

std::vector<row> about_fields() {
    std::vector<row> all = {
        {"8.2 a capital", with({{"Name", "x"}}), "", reset},
        {"8.2.1 a value may be empty", with({{"name", ""}}), "request 1 name=, end 1", ""},
        {"8.2.1 a tab within a value", with({{"name", "a\tb"}}), "request 1 name=a\tb, end 1", ""},
        {"8.2.1 a colon in a name", with({{"a:b", "x"}}), bad, ""},
        {"8.2.1 no name", with({{"", "x"}}), bad, ""},
        {"8.2.1 a line feed", with({{"a", "b\nc: d"}}), bad, ""},
        {"8.2.1 a carriage return", with({{"a", "b\rc"}}), bad, ""},
        {"8.2.1 a NUL", with({{"a", std::string_view("b\0c", 3)}}), bad, ""},
        {"8.2.1 a space before", with({{"a", " b"}}), bad, ""},
        {"8.2.1 a space behind", with({{"a", "b "}}), bad, ""},
        {"8.2.1 a tab before", with({{"a", "\tb"}}), bad, ""},
        {"8.2.1 a tab behind", with({{"a", "b\t"}}), bad, ""},
        {"8.2.1 in a trailer, too", ask(1, 0) + trailer({{"a", "b "}}),
         "request 1, lost 1 PROTOCOL_ERROR", reset},
        {"8.2.2 Connection", with({{"connection", "x"}}), "", reset},
        {"8.2.2 Proxy-Connection", with({{"proxy-connection", "x"}}), "", reset},
        {"8.2.2 Keep-Alive", with({{"keep-alive", "x"}}), "", reset},
        {"8.2.2 Transfer-Encoding", with({{"transfer-encoding", "chunked"}}), "", reset},
        {"8.2.2 Upgrade", with({{"upgrade", "x"}}), "", reset},
        {"8.2.2 TE of trailers", with({{"te", "trailers"}}), "request 1 te=trailers, end 1", ""},
        {"8.1 content of a request that is refused",
         frame(headers, end_headers, 1, get_block() + block({{"a", " b"}})) + content("some"),
         "refused 1 400", reset},
        {"8.2.2 TE of more", with({{"te", "trailers, deflate;q=0.5"}}), "", reset},
        {"8.2.3 cookies are put together",
         with({{"cookie", "a=b"}, {"cookie", "c=d"}, {"cookie", "e=f"}}),
         "request 1 Cookie=a=b; c=d; e=f, end 1", ""},
    };
    for (unsigned c = 0; c < 256; ++c) {  // what may not be in a name (8.2.1)
        const bool is_wrong = c <= 0x20 || (c >= 'A' && c <= 'Z') || c >= 0x7F;
        if (!is_wrong) continue;
        const std::string name{'a', static_cast<char>(c), 'b'};
        const bool is_capital = c >= 'A' && c <= 'Z';
        all.push_back({"8.2.1 a character in a name", with({{name, "x"}}), is_capital ? "" : bad,
                       is_capital ? reset : ""});
    }
    return all;
}

std::vector<row> about_control_data() {
    const http::field method{":method", "GET"};
    const http::field scheme{":scheme", "http"};
    const http::field path{":path", "/"};
    const http::field host{":authority", "a"};
    const std::string long_name(100, 'M');
    const auto path_of = [&](const char* text) {
        return of({method, scheme, {":path", text}, host});
    };
    return {
        {"8.3 in any order", of({host, path, scheme, method}), taken, ""},
        {"8.3 one that is unknown", of({method, scheme, path, host, {":test", "x"}}), "", reset},
        {"8.3 one of responses", of({method, scheme, path, host, {":status", "200"}}), "", reset},
        {"8.3 one behind a field", of({method, scheme, path, {"a", "b"}, host}), "", reset},
        {"8.3 the method, twice", of({method, method, scheme, path, host}), "", reset},
        {"8.3 the scheme, twice", of({method, scheme, scheme, path, host}), "", reset},
        {"8.3 the path, twice", of({method, scheme, path, path, host}), "", reset},
        {"8.3 the host, twice", of({method, scheme, path, host, host}), "", reset},
        {"8.3.1 no method", of({scheme, path, host}), "", reset},
        {"8.3.1 no scheme", of({method, path, host}), "", reset},
        {"8.3.1 no path", of({method, scheme, host}), "", reset},
        {"8.3.1 an empty path", path_of(""), "", reset},
        {"8.3.1 a path that is none", path_of("a"), "", reset},
        {"8.3.1 an asterisk", path_of("*"), "", reset},
        {"8.3.1 OPTIONS *", of({{":method", "OPTIONS"}, scheme, {":path", "*"}, host}), taken, ""},
        {"8.3.1 a method that is far too long",
         of({{":method", std::string_view(long_name)}, scheme, path, host}), "refused 1 501, end 1",
         ""},
        {"8.3.1 neither Host nor authority", of({method, scheme, path}), "", reset},
        {"8.3.1 Host alone", of({method, scheme, path, {"host", "a"}}), taken, ""},
        {"8.3.1 Host, the same", of({method, scheme, path, host, {"host", "A"}}), taken, ""},
        {"8.3.1 Host, another", of({method, scheme, path, host, {"host", "b"}}), bad, ""},
        {"8.3.1 a user", of({method, scheme, path, {":authority", "u@a"}}), bad, ""},
        {"8.3.1 another scheme", of({method, {":scheme", "ftp"}, path, host}), bad, ""},
        {"8.5 CONNECT",
         frame(headers, end_headers, 1, block({{":method", "CONNECT"}, {":authority", "a:1"}})) +
             content("x"),
         "request 1, content 1 x", ""},
        {"8.5 with a scheme", of({{":method", "CONNECT"}, scheme, {":authority", "a:1"}}), "",
         reset},
        {"8.5 with a path", of({{":method", "CONNECT"}, path, {":authority", "a:1"}}), "", reset},
        {"8.5 without a place", of({{":method", "CONNECT"}}), "", reset},
        {"8.5 a head within",
         frame(headers, end_headers, 1, block({{":method", "CONNECT"}, {":authority", "a:1"}})) +
             trailer({{"a", "b"}}),
         "request 1, lost 1 PROTOCOL_ERROR", reset},
        {"RFC 8441 4 a protocol that was not offered",
         frame(headers, end_headers, 1,
               block({{":method", "CONNECT"}, scheme, path, host, {":protocol", "x"}})),
         "", reset},
    };
}

void try_all(const std::vector<row>& all) {
    for (const row& each : all)
        expect_rule<http::http2_server_engine>(each, preface(), {});
}

TEST(http2_rules, framing_of_messages_at_a_server) {
    try_all(about_framing());
}
TEST(http2_rules, fields_at_a_server) {
    try_all(about_fields());
}
TEST(http2_rules, control_data_at_a_server) {
    try_all(about_control_data());
}

/// RFC 8441, where it was offered.
TEST(http2_rules, other_protocols_at_a_server) {
    http::http2_limits also;
    also.other_protocols = true;
    const auto asks = [](const fields& all) { return frame(headers, end_headers, 1, block(all)); };
    const http::field how{":method", "CONNECT"};
    const http::field scheme{":scheme", "http"};
    const http::field path{":path", "/"};
    const http::field host{":authority", "a"};
    const http::field protocol{":protocol", "x"};
    const row rows[] = {
        {"RFC 8441 4 all of it", asks({how, scheme, path, host, protocol}), "request 1", ""},
        {"RFC 8441 4 no scheme", asks({how, path, host, protocol}), "", reset},
        {"RFC 8441 4 no path", asks({how, scheme, host, protocol}), "", reset},
        {"RFC 8441 4 no host", asks({how, scheme, path, protocol}), "", reset},
        {"RFC 8441 4 twice", asks({how, scheme, path, host, protocol, protocol}), "", reset},
        {"RFC 8441 4 another method", asks({{":method", "GET"}, scheme, path, host, protocol}), "",
         reset},
    };
    for (const row& each : rows)
        expect_rule<http::http2_server_engine>(each, preface(), also);
}

}  // namespace
