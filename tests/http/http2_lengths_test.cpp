// SPDX-License-Identifier: MIT
// Content-Length in heads of HTTP/2: when it is said, and what it may be.
#include <gtest/gtest.h>

#include <string>

#include "http/http2_frames.hpp"
#include "http/http2_pair.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
using kind = http::http2_event::kind;
using zocalo::tests::http2_pair;

std::uint32_t ask(http2_pair& both, http::method how, http::content_size size,
                  std::string target = "/") {
    http::request_head head{.method = how, .target = std::move(target)};
    head.fields.add("Host", "a:80");
    const std::uint32_t stream = both.client.send(head, size, "http");
    both.talk();
    return stream;
}

TEST(http2_lengths, of_requests_that_could_have_content) {
    http2_pair both;
    for (const http::method& how : {http::method::post, http::method::put, http::method::patch})
        EXPECT_EQ(both.server.announced(ask(both, how, 0)), 0U) << how;
    EXPECT_EQ(both.server.announced(ask(both, http::method::get, 0)), std::nullopt);
    const std::uint32_t whole = ask(both, http::method::options, 0, "*");
    EXPECT_EQ(both.server.request(whole).target, "*");
    EXPECT_EQ(both.server.announced(whole), std::nullopt);
}

TEST(http2_lengths, of_responses_that_have_no_content) {
    http2_pair both;
    const auto answer = [&](http::method how, http::status code, http::content_size size) {
        const std::uint32_t stream =
            ask(both, how, how == http::method::connect ? http::content_size() : 0,
                how == http::method::connect ? "a:80" : "/");
        both.server.send(stream, {.status = code}, size);
        both.talk();
        return both.client.announced(stream);
    };
    EXPECT_EQ(answer(http::method::get, http::status::no_content, 0), std::nullopt);
    EXPECT_EQ(answer(http::method::get, http::status::not_modified, 5), 5U);
    EXPECT_EQ(answer(http::method::get, http::status::not_modified, 0), std::nullopt);
    EXPECT_EQ(answer(http::method::connect, http::status::ok, 5), std::nullopt);
}

TEST(http2_lengths, more_than_may_come_is_refused_before_it_comes) {
    http2_pair both({.content = 100});
    const std::uint32_t large = ask(both, http::method::post, 101);
    ASSERT_TRUE(both.find(both.at_server, kind::refused, large));
    EXPECT_EQ(both.server.problem(large), http::status::content_too_large);
    const std::uint32_t good = ask(both, http::method::post, 100);
    EXPECT_TRUE(both.find(both.at_server, kind::head, good));
}

TEST(http2_lengths, what_was_wrong_before_is_what_is_answered) {
    using namespace zocalo::tests::http2;
    http::http2_server_engine engine({.content = 100});
    const std::string wrong = get_block() + block({{"content-length", "101"}, {"a", " b"}});
    engine.receive(preface() + frame(headers, end_headers, 1, wrong), io::time_point());
    EXPECT_EQ(engine.problem(1), http::status::bad_request);
}

}  // namespace
