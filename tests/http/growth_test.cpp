// SPDX-License-Identifier: MIT
// Twice as much to read takes twice as long, whatever it is.
#include "support/growth.hpp"

#include "http/transcript.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/challenge.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/http/conditional.hpp"
#include "zocalo/http/content_disposition.hpp"
#include "zocalo/http/cookie_file.hpp"
#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/event_stream.hpp"
#include "zocalo/http/form.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/http/multipart.hpp"
#include "zocalo/http/negotiate.hpp"
#include "zocalo/http/range.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
using zocalo::tests::burden;
using zocalo::tests::repeated;

constexpr std::chrono::sys_seconds now{};

http::limits unlimited() {
    http::limits most;
    most.line = most.head = most.fields = most.chunk_extensions = SIZE_MAX / 4;
    return most;
}

/// Content that is not kept, in pieces as small as given: the rest is offered again with more.
template <class Engine>
void hear(Engine& engine, const std::string& text, std::size_t piece) {
    std::size_t done = 0;
    for (std::size_t come = std::min(piece, text.size());;
         come = std::min(come + piece, text.size())) {
        for (;;) {
            const http::incoming got =
                engine.next(std::string_view(text).substr(done, come - done));
            done += got.used;
            if (got.what == http::event::need_data) break;
            if (got.what == http::event::paused || got.what == http::event::closed) return;
        }
        if (come == text.size()) return;
    }
}
template <std::size_t Piece>
void hear_request(const std::string& text) {
    http::server_engine engine(unlimited());
    try {
        hear(engine, text, Piece);
    } catch (const http::bad_message&) {
        return;
    }
}
void hear_response(const std::string& text) {
    http::client_engine engine(unlimited());
    engine.send({.method = http::method::get, .target = "/", .fields = {{"Host", "a"}}});
    engine.send_end();
    try {
        hear(engine, text, 100);
    } catch (const http::bad_message&) {
        return;
    }
}

void read_parts(const std::string& text) {
    http::multipart_limits most{
        .parts = SIZE_MAX / 2, .head = unlimited(), .preamble = SIZE_MAX / 2};
    http::multipart_reader reader("edge", most);
    std::size_t done = 0;
    try {
        for (std::size_t come = 0; come < text.size(); come = std::min(come + 100, text.size())) {
            for (;;) {
                const auto step = reader.next(std::string_view(text).substr(done, come - done));
                done += step.used;
                if (step.what == http::part_event::finished) return;
                if (step.what == http::part_event::need_data) break;
            }
        }
    } catch (const http::bad_message&) {
        return;
    }
}
void read_events(const std::string& text) {
    http::event_stream_reader reader(SIZE_MAX / 2);
    for (std::size_t at = 0; at < text.size(); at += 100) {
        std::string_view rest = std::string_view(text).substr(at, 100);
        while (!rest.empty()) {
            const auto step = reader.next(rest);
            rest.remove_prefix(step.used);
        }
    }
}
void read_cookie(const std::string& text) {
    (void)http::set_cookie::try_parse(text);
}
void read_cookie_file(const std::string& text) {
    http::cookie_jar jar;
    http::read_cookie_file(jar, text, now);
}
void take_cookies(const std::string& text) {
    http::cookie_jar jar({.total = 100, .per_domain = 20});
    const auto by = http::cookie_target::of(zocalo::url::uri::parse("http://h.example/"));
    for (std::size_t at = 0; at + 10 <= text.size(); at += 10)
        jar.set(by, {{"Set-Cookie", std::to_string(at) + "=v"}}, now);
    (void)jar.get(by, now);
}
void read_challenges(const std::string& text) {
    (void)http::challenge::try_parse_all(text);
    (void)http::credentials::try_parse(text);
}
void read_type(const std::string& text) {
    (void)http::media_type::try_parse(text);
}
void negotiate(const std::string& text) {
    constexpr std::array<std::string_view, 2> offered{"text/html", "text/plain"};
    (void)http::choose_media_type(text, offered);
}

const std::string chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\n";

const burden engines[] = {
    {"fields", repeated("Accept: text/html, text/plain\r\n", "GET / HTTP/1.1\r\n"),
     hear_request<100>},
    {"fields at once", repeated("Accept: text/html, text/plain\r\n", "GET / HTTP/1.1\r\n"),
     hear_request<SIZE_MAX / 2>},
    {"a long field", repeated("b", "GET / HTTP/1.1\r\nA: "), hear_request<100>},
    {"a long name", repeated("b", "GET / HTTP/1.1\r\n"), hear_request<100>},
    {"a long target", repeated("b", "GET /"), hear_request<100>},
    {"a long method", repeated("b"), hear_request<100>},
    {"spaces of a field", repeated(" ", "GET / HTTP/1.1\r\nA:"), hear_request<100>},
    {"carriage returns", repeated("\r", "GET / HTTP/1.1\r\nA: b"), hear_request<100>},
    {"hosts", repeated("Host: a\r\n", "GET / HTTP/1.1\r\n", "\r\n"), hear_request<100>},
    {"lengths", repeated("Content-Length: 5\r\n", "GET / HTTP/1.1\r\n", "\r\n"), hear_request<100>},
    {"options of the connection",
     repeated("a,", "GET / HTTP/1.1\r\nHost: a\r\nConnection: ", "\r\n\r\n"), hear_request<100>},
    {"codings", repeated("a,", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ", "\r\n\r\n"),
     hear_request<100>},
    {"chunks", repeated("1\r\na\r\n", chunked), hear_request<100>},
    {"chunks at once", repeated("1\r\na\r\n", chunked), hear_request<SIZE_MAX / 2>},
    {"an extension", repeated(";a=b", chunked + "1"), hear_request<100>},
    {"extensions", repeated("1;a\r\na\r\n", chunked), hear_request<100>},
    {"trailers", repeated("Accept: text/html, text/plain\r\n", chunked + "0\r\n"),
     hear_request<100>},
    {"a body",
     repeated("0123456789",
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
              "9999999999\r\n\r\n"),
     hear_request<100>},
    {"fields of a response", repeated("Accept: text/html, text/plain\r\n", ok), hear_response},
    {"a long reason", repeated("x", "HTTP/1.1 200 "), hear_response},
    {"chunks of a response", repeated("1\r\na\r\n", ok + "Transfer-Encoding: chunked\r\n\r\n"),
     hear_response},
};

const burden contents[] = {
    {"parts", repeated("--edge\r\nA: b\r\n\r\nx\r\n"), read_parts},
    {"near boundaries", repeated("\r\n--edg", "--edge\r\n\r\n"), read_parts},
    {"line ends of a part", repeated("\r\n", "--edge\r\n\r\n"), read_parts},
    {"hyphens of a part", repeated("\r\n-", "--edge\r\n\r\n"), read_parts},
    {"fields of a part", repeated("Accept: text/html, text/plain\r\n", "--edge\r\n"), read_parts},
    {"a preamble", repeated("--edg\r\n"), read_parts},
    {"events", repeated("data: x\n\n"), read_events},
    {"lines of an event", repeated("data: x\n"), read_events},
    {"empty lines of an event", repeated("data\n"), read_events},
    {"a long line of an event", repeated("x", "data: "), read_events},
    {"carriage returns between events", repeated("\r"), read_events},
    {"names of events", repeated("id: x\nevent: y\n"), read_events},
};

const burden values[] = {
    {"attributes of a cookie", repeated("; x=y", "a=b"), read_cookie},
    {"a cookie's dates", repeated("; Expires=Wed, 09 Jun 2021 10:18:14 GMT", "a=b"), read_cookie},
    {"cookies", repeated("a=b; "), [](const std::string& text) { (void)http::read_cookies(text); }},
    {"no cookies", repeated(";"), [](const std::string& text) { (void)http::read_cookies(text); }},
    {"a cookie's date", repeated("9 "),
     [](const std::string& text) { (void)http::parse_cookie_date(text); }},
    {"a date", repeated("9", "Wed, "),
     [](const std::string& text) { (void)http::parse_date(text, now); }},
    {"a file of cookies", repeated("h.example\tFALSE\t/\tFALSE\t0\ta\tb\n", "# HTTP Cookie File\n"),
     read_cookie_file},
    {"a jar that runs over", repeated("0123456789"), take_cookies},
    {"parameters of a challenge", repeated("a=b, ", "Basic "), read_challenges},
    {"commas of a challenge", repeated(", ", "Basic a=b"), read_challenges},
    {"a token of a challenge", repeated("a", "Basic "), read_challenges},
    {"spaces of a challenge", repeated(" ", "Basic ", "="), read_challenges},
    {"a realm", repeated("\\\"", "Basic realm=\"", "\""), read_challenges},
    {"names of challenges", repeated("Basic a, "), read_challenges},
    {"parameters of a type", repeated("; a=b", "text/plain"), read_type},
    {"semicolons of a type", repeated(";", "text/plain"), read_type},
    {"a quoted parameter", repeated("\\a", "text/plain; a=\"", "\""), read_type},
    {"accepted types", repeated("text/html;q=0.5, "), negotiate},
    {"accepted parameters", repeated(";a=\"b\"", "text/html"), negotiate},
    {"a disposition", repeated("; a=b", "form-data"),
     [](const std::string& text) { (void)http::content_disposition::try_parse(text); }},
    {"a tag", repeated("a", "\"", "\""),
     [](const std::string& text) { (void)http::entity_tag::try_parse(text); }},
    {"a content range", repeated("1", "bytes "),
     [](const std::string& text) { (void)http::content_range::try_parse(text); }},
    {"codings of content", repeated("gzip, "),
     [](const std::string& text) { (void)http::try_parse_codings(text); }},
};

TEST(growth, of_the_engines_time_is_that_of_the_text) {
    for (const burden& each : engines)
        zocalo::tests::expect_linear(each);
}
TEST(growth, of_the_time_of_contents_is_that_of_the_text) {
    for (const burden& each : contents)
        zocalo::tests::expect_linear(each);
}
TEST(growth, of_the_time_of_values_is_that_of_the_text) {
    for (const burden& each : values)
        zocalo::tests::expect_linear(each);
}

}  // namespace
